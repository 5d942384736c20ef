"""A town's people on the move for a week, and clones among them, to learn travel times from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.lab.town import Town
from clonewatch.registrations import Batch, Flags
from clonewatch.travel.table import TravelTimes

if TYPE_CHECKING:
    from numpy.typing import NDArray

START_MS: Final = 1_795_305_600_000  # 2026-11-22T00:00:00Z
HOUR_MS: Final = 3_600_000
WEEK_MS: Final = 7 * 24 * HOUR_MS
MSID_FIRST: Final = 2_005_550_000


class Movement:
    """Registrations of a week. Honest people never beat the town's travel times.

    Most stay, or go next door and back; some go to one of the MSCs they know, some anywhere.
    """

    def __init__(self, town: Town, seed: int) -> None:
        self.town = town
        self._rng = np.random.default_rng(seed)

    def honest(self, people: int, *, stays: float = 0.7) -> Batch:
        """*people* with numbers from MSID_FIRST on."""
        msid = MSID_FIRST + np.arange(people)
        home = self._rng.integers(0, len(self.town.indices), people)
        return self._week(msid, home, stays=stays)

    def clones(self, originals: NDArray[np.int64], *, stays: float, at: int | None = None) -> Batch:
        """Second phones with the numbers and ESNs of *originals*, at home anywhere, or all *at*."""
        home = self._rng.integers(0, len(self.town.indices), len(originals))
        if at is not None:
            home[:] = at
        return self._week(originals, home, stays=stays)

    def _week(self, msid: NDArray[np.int64], here: NDArray[np.intp], *, stays: float) -> Batch:
        rng, town = self._rng, self.town
        known = rng.integers(0, len(town.indices), (len(msid), 2))  # where some go again and again
        now = START_MS + rng.exponential(HOUR_MS, len(msid))
        parts = []
        while (now < START_MS + WEEK_MS).any():
            awake = now < START_MS + WEEK_MS
            parts.append(self._registered(msid[awake], here[awake], now[awake]))
            choice = rng.random(len(msid))
            which = (rng.random(len(msid)) * town.neighbours_count[here]).astype(np.intp)
            there = np.where(choice < stays, here, town.neighbours[here, which])
            far = (choice > 1 - (1 - stays) / 3).nonzero()[0]
            there[far] = known[far, rng.integers(0, 2, len(far))]
            further = (choice > 1 - (1 - stays) / 10).nonzero()[0]
            there[further] = rng.integers(0, len(town.indices), len(further))
            needed = town.travel_ms[here, there] * rng.uniform(1.01, 1.4, len(msid))
            gap = 10_000 + rng.exponential(1.2 * HOUR_MS, len(msid))
            now = now + np.ceil(np.where(there == here, gap, np.maximum(needed, gap / 4)))
            here = there
        together = Batch.joined(parts)
        return together[np.argsort(together.time, kind="stable")]

    def _registered(
        self, msid: NDArray[np.int64], here: NDArray[np.intp], now: NDArray[np.float64]
    ) -> Batch:
        batch = Batch.empty(len(msid))
        batch.time[:] = now
        batch.msid[:] = msid
        batch.esn[:] = msid * 7919 % (1 << 31)
        batch.msc[:] = self.town.indices[here, msid & 1]
        batch.mscid[:] = self.town.mscs.mscid_of[batch.msc]
        batch.flags.fill(Flags.NO_TRANSACTION_ID)
        return batch


def town_of(mscs: int, seed: int) -> Town:
    return Town.build(mscs, np.random.default_rng(seed))


def without_coordinates(travel: TravelTimes) -> TravelTimes:
    """The same table, of MSCs that nobody knows where they are."""
    rows = [replace(row, latitude=None, longitude=None) for row in travel.mscs.rows]
    return replace(travel, mscs=type(travel.mscs)(rows))


def spoiled(
    town: Town, share: float, seed: int
) -> tuple[TravelTimes, NDArray[np.bool_], NDArray[np.bool_]]:
    """The town's table with a share of its entries wrong; which are too high, which too low."""
    rng = np.random.default_rng(seed)
    true_ms = town.travel_ms
    others = ~np.eye(len(true_ms), dtype=bool)
    wrong = (rng.random(true_ms.shape) < share) & others
    high = wrong & (rng.random(true_ms.shape) < 0.7)
    minutes = true_ms / 60_000
    minutes[high] = np.ceil(minutes[high] * rng.uniform(1.3, 4, int(high.sum())) + 30)
    low = wrong & ~high & (true_ms > 0)
    minutes[low] = np.floor(minutes[low] * 0.5)
    return TravelTimes.of_minutes(town.mscs, minutes), high, low


def joined(*batches: Batch) -> Batch:
    """All in order of time."""
    together = Batch.joined(batches)
    return together[np.argsort(together.time, kind="stable")]


def contradicted_by(batch: Batch, travel: TravelTimes, window_ms: int) -> NDArray[np.int64]:
    """How many different MSIDs beat each entry, [first, second] by MSC: plainly counted."""
    order = np.lexsort((batch.time, batch.msid))
    msid, time = batch.msid[order], batch.time[order]
    msc = travel.mscs.msc_of[batch.msc[order]]
    same = msid[1:] == msid[:-1]
    elapsed = time[1:] - time[:-1]
    quick = same & (elapsed < travel.by_msc()[msc[:-1], msc[1:]]) & (elapsed <= window_ms)
    who = np.stack((msc[:-1][quick], msc[1:][quick], msid[1:][quick].astype(np.int64)), axis=1)
    counts = np.zeros((len(travel.mscs.names),) * 2, np.int64)
    for first, second, _ in np.unique(who, axis=0):
        counts[first, second] += 1
    return counts
