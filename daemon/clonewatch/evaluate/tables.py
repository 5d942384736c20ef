"""Travel times of every quality, for one set of MSCs."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.travel.build import built_minutes, minutes_between
from clonewatch.travel.coordinates import radii_of
from clonewatch.travel.learn import Learner
from clonewatch.travel.speeds import Speeds
from clonewatch.travel.table import MINUTE_MS, TravelTimes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clonewatch.mscs import Mscs
    from clonewatch.travel.cells import Cells
    from clonewatch.travel.learn import Proposal

    from .trial import Trial

WRONG_SHARE: Final = 0.10
TOO_HIGH: Final = (1.5, 3.0)  # a wrong entry is so many times what it was built as, or
TOO_LOW: Final = (0.2, 0.7)
NEVER_ADJACENT_MINUTES: Final = (20.0, 90.0)  # what is written for MSCs that touch
LEARN_DAYS: Final = 7.0
LATENESS_MS: Final = 2_700_000
WINDOW_MS: Final = 23_400_000
CHUNK: Final = 1 << 20  # registrations looked at together


class Quality(StrEnum):
    """Where a table comes from."""

    EXACT = "exact"  # the areas as they really are
    CELLS = "cells"  # `travel build --cells`
    BUILT = "built"  # `travel build` with its defaults
    WRONG = "wrong"  # built, and 10 % of its entries wrong
    LEARNED = "learned"  # that, after `travel learn` on a week of traffic


def built(mscs: Mscs) -> TravelTimes:
    """What `travel build` makes of coordinates and radii."""
    return TravelTimes.of_minutes(mscs, built_minutes(mscs, radii_of(mscs), Speeds()))


def celled(mscs: Mscs, cells: Cells) -> TravelTimes:
    """What `travel build --cells` makes of them."""
    return TravelTimes.of_minutes(mscs, minutes_between(mscs, cells, Speeds()))


def wrong(table: TravelTimes, rng: np.random.Generator, share: float = WRONG_SHARE) -> TravelTimes:
    """Give *table* with a *share* of its entries wrong, half of them too high."""
    minutes = table.by_msc() / MINUTE_MS
    chosen = (rng.random(minutes.shape) < share) & ~np.eye(len(minutes), dtype=bool)
    factor = np.where(
        rng.random(minutes.shape) < 0.5,
        rng.uniform(*TOO_HIGH, minutes.shape),
        rng.uniform(*TOO_LOW, minutes.shape),
    )
    spoilt = np.where(
        minutes > 0, minutes * factor, rng.uniform(*NEVER_ADJACENT_MINUTES, minutes.shape)
    )
    return TravelTimes.of_minutes(table.mscs, np.where(chosen, spoilt, minutes))


def learned(table: TravelTimes, trial: Trial) -> TravelTimes:
    """Give *table* with all that `travel learn` proposes after some days of traffic."""
    ms = table.by_msc().copy()
    for proposal in proposed(table, trial):
        ms[proposal.first, proposal.second] = proposal.proposed_ms
    return TravelTimes.of_minutes(table.mscs, ms / MINUTE_MS)


def proposed(table: TravelTimes, trial: Trial) -> list[Proposal]:
    """What `travel learn` proposes after LEARN_DAYS of traffic."""
    learner = Learner(table, window_ms=WINDOW_MS, lateness_ms=LATENESS_MS)
    end = np.searchsorted(
        np.maximum.accumulate(trial.true_ms), trial.true_ms[0] + int(LEARN_DAYS * 86_400_000)
    )
    for start in range(0, int(end), CHUNK):
        learner.take(trial.batch[start : min(start + CHUNK, int(end))])
    return learner.proposals()


def scaled(travel_ms: NDArray[np.int64], factor: float) -> NDArray[np.int64]:
    """Travel times with slack: less than 1 is more lenient, more than 1 stricter."""
    return np.where(travel_ms > 0, np.rint(travel_ms * factor).astype(np.int64), travel_ms)
