"""Clocks of MSCs by the order of arrival: what arrives together was sent together.

Where registrations bear their MSC's time and stand in the order in which they came, an MSC whose
clock is ahead is ahead of those around it, all the time and by the same. Where a source gives them
sorted by time, nothing can be told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from .offsets import Offset

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clonewatch.mscs import Mscs
    from clonewatch.registrations import Batch

AROUND: Final = 101  # registrations that arrive together
AROUND_MS_MAX: Final = 600_000  # and within so much time: else they tell too little
REGISTRATIONS_MIN: Final = 20  # of an MSC
SUBSCRIBERS_MIN: Final = 10
SIGMAS: Final = 1.96  # 95 %
EITHER_WAY_MS_MIN: Final = 1_000


def arrival_offsets(batch: Batch, time: NDArray[np.int64], mscs: Mscs) -> dict[int, Offset]:
    """Offsets by place in `mscs.names`, of MSCs that enough registrations tell of.

    *batch*: at known MSCs, in order of arrival; *time*: theirs, the sources' offsets taken out.
    """
    ahead = np.zeros(len(batch), np.int64)
    tells = np.zeros(len(batch), np.bool_)
    for source in np.unique(batch.source).tolist():
        rows = np.flatnonzero(batch.source == source)
        moment = time[rows]
        if (np.diff(moment) >= 0).all():
            continue
        ahead[rows], tells[rows] = _beside_others(moment)
    msc = mscs.msc_of[batch.msc[tells]]
    order = np.lexsort((ahead[tells], msc))
    present, starts, counts = np.unique(msc[order], return_index=True, return_counts=True)
    values, msids = ahead[tells][order], batch.msid[tells][order]
    offsets = {}
    for number, start, count in zip(present.tolist(), starts, counts, strict=True):
        rows_of_it = slice(start, start + count)
        subscribers = len(np.unique(msids[rows_of_it]))
        if count >= REGISTRATIONS_MIN and subscribers >= SUBSCRIBERS_MIN:
            offsets[number] = _offset(values[rows_of_it], subscribers)
    return offsets


def _beside_others(moment: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """By how much each is ahead of the middle of those that arrived with it; whether that tells."""
    blocks = -(-len(moment) // AROUND)
    # What the last block lacks, those before it lend.
    rows = np.minimum(np.arange(blocks * AROUND), len(moment) - 1).reshape(blocks, AROUND)
    together = np.sort(moment[rows], axis=1)
    middle = np.repeat(together[:, AROUND // 2], AROUND)[: len(moment)]
    # Half of them: the others may be late, or timed by a wrong clock.
    span = together[:, 3 * AROUND // 4] - together[:, AROUND // 4]
    tells = np.repeat(span <= AROUND_MS_MAX, AROUND)[: len(moment)]
    return moment - middle, tells


def _offset(ordered: NDArray[np.int64], subscribers: int) -> Offset:
    """The median and its interval."""
    count = len(ordered)
    spread = int(np.ceil(SIGMAS * np.sqrt(count) / 2))
    low = int(ordered[max(0, count // 2 - spread)])
    high = int(ordered[min(count - 1, count // 2 + spread)])
    return Offset(
        ahead_ms=int(np.median(ordered)),
        either_way_ms=max(EITHER_WAY_MS_MIN, (high - low) // 2),
        subscribers=subscribers,
    )
