"""Clocks of sources: the same REGNOT, seen by two of them, bears two times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.registrations import SOURCES_MAX, Flags

from .offsets import Offset

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clonewatch.registrations import Batch

APART_MS_MAX: Final = 43_200_000  # 12 h: beyond that a transaction ID may have come round
SUBSCRIBERS_MIN: Final = 10
SIGMAS: Final = 1.96  # 95 %
EITHER_WAY_MS_MIN: Final = 1_000


def source_offsets(batch: Batch) -> dict[int, Offset]:
    """By how much each source is ahead of the middle of all; those that share nothing lack."""
    first, second, ahead, msid = _copies(batch)
    pairs, number = np.unique(first * SOURCES_MAX + second, return_inverse=True)
    apart: dict[int, dict[int, tuple[float, int, int]]] = {}
    for at, pair in enumerate(pairs.tolist()):
        rows = number == at
        subscribers = len(np.unique(msid[rows]))
        if subscribers < SUBSCRIBERS_MIN:
            continue
        one, other = divmod(pair, SOURCES_MAX)
        median, either_way = _median(ahead[rows])
        apart.setdefault(one, {})[other] = (median, either_way, subscribers)
        apart.setdefault(other, {})[one] = (-median, either_way, subscribers)
    return _levelled(apart)


def _copies(
    batch: Batch,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.uint64]]:
    """Pairs in columns: the two sources, by how much the second is ahead, and whose REGNOT."""
    if not len(batch) or (batch.source == batch.source[0]).all():
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, nothing, batch.msid[:0]
    batch = batch[batch.flags & np.uint8(Flags.NO_TRANSACTION_ID) == 0]
    order = np.lexsort((batch.source, batch.transaction_id, batch.mscid, batch.esn, batch.msid))
    before, behind = order[:-1], order[1:]
    same = batch.source[before] != batch.source[behind]
    for column in (batch.msid, batch.esn, batch.mscid, batch.transaction_id):
        same &= column[before] == column[behind]
    same &= np.abs(batch.time[behind] - batch.time[before]) <= APART_MS_MAX
    before, behind = before[same], behind[same]
    return (
        batch.source[before].astype(np.int64),
        batch.source[behind].astype(np.int64),
        batch.time[behind] - batch.time[before],
        batch.msid[before],
    )


def _median(values: NDArray[np.int64]) -> tuple[float, int]:
    """The median, and half of its interval of 95 %."""
    ordered = np.sort(values)
    spread = int(np.ceil(SIGMAS * np.sqrt(len(ordered)) / 2))
    middle = len(ordered) // 2
    low = ordered[max(0, middle - spread)]
    high = ordered[min(len(ordered) - 1, middle + spread)]
    return float(np.median(ordered)), max(EITHER_WAY_MS_MIN, int(high - low) // 2)


def _levelled(apart: dict[int, dict[int, tuple[float, int, int]]]) -> dict[int, Offset]:
    """Single clocks from pairs: walked from the first of each group, its median set to 0."""
    offsets: dict[int, Offset] = {}
    for start in sorted(apart):
        if start in offsets:
            continue
        ahead = {start: 0.0}
        reached = [start]
        for one in reached:
            for other, (more, _, _) in sorted(apart[one].items()):
                if other not in ahead:
                    ahead[other] = ahead[one] + more
                    reached.append(other)
        level = float(np.median(list(ahead.values())))
        for one in reached:
            told = apart[one].values()
            offsets[one] = Offset(
                ahead_ms=round(ahead[one] - level),
                either_way_ms=min(either_way for _, either_way, _ in told),
                subscribers=sum(subscribers for _, _, subscribers in told),
            )
    return offsets
