"""What `travel learn` makes of tables with some entries wrong, after a week of the trial."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.travel.learn import SUBSCRIBERS_MIN

from .scores import Tally
from .tables import WINDOW_MS, proposed, wrong

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clonewatch.travel.table import TravelTimes

    from .trial import Trial

SHARE: Final = 0.02  # of entries that are wrong, half of them too high
TABLES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """Of all tables together."""

    found: Tally  # entries proposed, of those too high that enough honest subscribers beat
    right: int  # entries proposed that were right


def learn(trial: Trial, table: TravelTimes, seed: int) -> dict[str, Learnt]:
    """With coordinates and without; *table* is right."""
    known = {"with coordinates": True, "without": False}
    found = dict.fromkeys(known, 0)
    right = dict.fromkeys(known, 0)
    wanted_of_all = 0
    pairs = _honest_pairs(trial)
    for number in range(TABLES):
        spoilt = wrong(table, np.random.default_rng(seed * TABLES + number), SHARE)
        entries_ms = spoilt.by_msc()
        too_high = entries_ms > table.by_msc()
        wanted = too_high & (_beaten_by(pairs, entries_ms) >= SUBSCRIBERS_MIN)
        wanted_of_all += int(wanted.sum())
        for name, has_coordinates in known.items():
            given = spoilt if has_coordinates else _without_coordinates(spoilt)
            got = np.zeros_like(too_high)
            for proposal in proposed(given, trial):
                got[proposal.first, proposal.second] = True
            found[name] += int((got & wanted).sum())
            right[name] += int((got & ~too_high).sum())
    return {
        name: Learnt(found=Tally(count=found[name], of=wanted_of_all), right=right[name])
        for name in known
    }


def _without_coordinates(table: TravelTimes) -> TravelTimes:
    """The same, of MSCs that nobody knows where they are."""
    rows = [replace(row, latitude=None, longitude=None) for row in table.mscs.rows]
    return replace(table, mscs=type(table.mscs)(rows))


def _honest_pairs(trial: Trial) -> NDArray[np.int64]:
    """First and second MSC, subscriber and ms, of honest registrations that follow one another."""
    is_cloned = trial.is_cloned[trial.subscriber[trial.phone]]
    rows = np.flatnonzero(~trial.is_copy & ~is_cloned)
    rows = rows[np.lexsort((trial.batch.time[rows], trial.phone[rows]))]
    first, second = rows[:-1], rows[1:]
    elapsed_ms = trial.batch.time[second] - trial.batch.time[first]
    same = (trial.phone[first] == trial.phone[second]) & (elapsed_ms <= WINDOW_MS)
    msc = trial.mscs.msc_of[trial.batch.msc]
    same &= msc[first] != msc[second]
    columns = (msc[first], msc[second], trial.phone[first].astype(np.int64), elapsed_ms)
    return np.stack([column[same] for column in columns])


def _beaten_by(pairs: NDArray[np.int64], entries_ms: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many subscribers were quicker than each entry."""
    first, second, subscriber, elapsed_ms = pairs
    quicker = elapsed_ms < entries_ms[first, second]
    once = np.unique(np.stack((first, second, subscriber))[:, quicker], axis=1)
    counts = np.zeros_like(entries_ms)
    np.add.at(counts, (once[0], once[1]), 1)
    return counts
