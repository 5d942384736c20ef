"""A trial: registrations as they arrive, and the truth about each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.evidence.homes import Homes
from clonewatch.lab.cloning import CloneKind
from clonewatch.lab.country import Country
from clonewatch.lab.phones import Habits
from clonewatch.lab.populace import Populace
from clonewatch.lab.simulate import START_MS
from clonewatch.lab.traffic import Mishaps, Traffic
from clonewatch.registrations import Batch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clonewatch.mscs import Mscs
    from clonewatch.travel.cells import Cells
    from clonewatch.travel.table import TravelTimes

DAY_MS: Final = 86_400_000
PER_HOUR: Final = 0.25
HISTORY_DAYS: Final = 2.0  # clones begin after so many, so that habits can be learned


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Traffic with its truth. Phones by number: subscribers, then clones."""

    mscs: Mscs
    exact: TravelTimes  # what nobody can outrun
    homes: Homes
    batch: Batch  # in order of arrival, copies included, what was lost left out
    true_ms: NDArray[np.int64]  # when each was sent, by a right clock
    phone: NDArray[np.uint32]  # that sent it
    is_copy: NDArray[np.bool_]
    subscriber: NDArray[np.uint32]  # by phone
    subscribers: int
    days: float
    kind: NDArray[np.int64]  # by clone: place in CloneKind
    activity: NDArray[np.float64]  # by clone: registrations beside a subscriber's
    cells: Cells | None = None  # of the areas, where they are known

    @property
    def is_cloned(self) -> NDArray[np.bool_]:
        """By subscriber: whether there is a clone."""
        cloned = np.zeros(self.subscribers, np.bool_)
        cloned[self.subscriber[self.subscribers :]] = True
        return cloned

    def visible(
        self, window_ms: int, travel_ms: NDArray[np.int64]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Pairs of rows that are there to see, by travel times: the exact ones, or others.

        They follow one another in true time, come from two phones of one number, and nobody could
        have gone from one to the other.
        """
        rows = np.flatnonzero(~self.is_copy & self.is_cloned[self.subscriber[self.phone]])
        batch, phone = self.batch, self.phone[rows]
        order = np.lexsort((batch.mscid[rows], self.true_ms[rows], self.subscriber[phone]))
        rows = rows[order]
        first, second = rows[:-1], rows[1:]
        elapsed_ms = self.true_ms[second] - self.true_ms[first]
        phone_1, phone_2 = self.phone[first], self.phone[second]
        seen = (self.subscriber[phone_1] == self.subscriber[phone_2]) & (phone_1 != phone_2)
        seen &= elapsed_ms < travel_ms[batch.msc[first], batch.msc[second]]
        seen &= elapsed_ms <= window_ms
        return first[seen], second[seen]


ORDINARY: Final = Mishaps(relayed=0.03, late=0.01, lost=0.005)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What is simulated."""

    subscribers: int
    days: float
    cloned: int  # subscribers
    mscs: int = 600
    mishaps: Mishaps = ORDINARY
    seed: int = 1


def simulated(settings: Settings) -> Trial:
    """A country's traffic. Raises ValueError for numbers out of bounds."""
    rng = np.random.default_rng(settings.seed)
    country = Country.build(settings.mscs)
    habits = Habits(start_ms=START_MS, per_hour=PER_HOUR, tick_ms=1, imsi=0)
    first = min(HISTORY_DAYS, settings.days / 3)
    span_ms = (START_MS + int(first * DAY_MS), START_MS + int(settings.days / 2 * DAY_MS))
    phones = Populace(
        country, settings.subscribers, settings.cloned, habits, rng, clones_begin_ms=span_ms
    )
    traffic = Traffic(country, phones, settings.mishaps, 4, rng)
    blocks = list(traffic.blocks(settings.days * 24))
    indices = country.indices[:, 0].tolist()
    return Trial(
        mscs=country.mscs,
        exact=country.travel,
        homes=Homes({prefix: (indices[msc],) for prefix, msc in phones.homes}),
        batch=Batch.joined([block.invokes.registrations for block in blocks]),
        true_ms=np.concatenate([block.times_us // 1000 for block in blocks]),
        phone=np.concatenate([block.phone for block in blocks]),
        is_copy=np.concatenate([block.is_copy for block in blocks]),
        subscriber=phones.subscriber,
        subscribers=settings.subscribers,
        days=settings.days,
        kind=phones.clones.kind,
        activity=phones.clones.activity,
        cells=country.cells(),
    )


KINDS: Final = tuple(CloneKind)
