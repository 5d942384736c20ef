"""Clocks of MSCs: people who cross from one area to the next and back.

Take all consecutive registrations of one subscriber at an MSC and at a neighbour whose area
touches its own, and of each the time at the MSC less that at the neighbour: positive for who came,
negative for who went. Short differences are the most frequent, both ways alike, so that they heap
up around 0, and lie alike to both sides of it; a clock that is ahead moves all that by as much. A
clock is believed to be right until chance does not explain that more come than go, or that more
lies elsewhere than around 0. A subscriber counts a few times only: one clone moves nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from .offsets import Offset

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clonewatch.mscs import Mscs
    from clonewatch.registrations import Batch

REACH_MS: Final = 5_400_000  # differences further from 0 tell nothing
AHEAD_MS_MAX: Final = 3_600_000  # offsets that are looked for, either way
BIN_MS: Final = 10_000
HEAP_MS: Final = 240_000  # half the width of a heap
HEAP_MIN: Final = 40  # differences in it
SIGMAS: Final = 5.0  # so far from chance: there are many MSCs, and each is looked at often
NEIGHBOUR_SHARE_MAX: Final = 0.8  # one neighbour alone: whose clock it is cannot be told
EACH_MAX: Final = 12  # differences of one subscriber that count at an MSC
ROUNDS: Final = 6
AGAIN: Final = 4


class Crossings(NamedTuple):
    """Consecutive registrations at neighbours, in columns; MSCs by their place in `names`."""

    msid: NDArray[np.uint64]
    msc: NDArray[np.int64]
    neighbour: NDArray[np.int64]
    ahead_ms: NDArray[np.int64]  # time at `msc` less that at `neighbour`

    def rows(self, rows: NDArray[np.intp] | slice) -> Crossings:
        """Some of them."""
        msid, msc, neighbour, ahead_ms = self
        return Crossings(msid[rows], msc[rows], neighbour[rows], ahead_ms[rows])


def crossings_of(
    batch: Batch, time: NDArray[np.int64], mscs: Mscs, travel_ms: NDArray[np.int64]
) -> Crossings:
    """Every crossing, seen from both sides."""
    order = np.lexsort((time, batch.msid))
    before, behind = order[:-1], order[1:]
    msc = mscs.msc_of[batch.msc]
    crossed = (batch.msid[before] == batch.msid[behind]) & (msc[before] != msc[behind])
    crossed &= time[behind] - time[before] <= REACH_MS
    before, behind = before[crossed], behind[crossed]
    touching = travel_ms[batch.msc[before], batch.msc[behind]] == 0
    touching &= travel_ms[batch.msc[behind], batch.msc[before]] == 0
    before, behind = before[touching], behind[touching]
    took = time[behind] - time[before]
    # Both sides of a crossing stand together, so that the first few are as many of each kind.
    return _few_of_each(
        Crossings(
            msid=np.repeat(batch.msid[before], 2),
            msc=np.stack((msc[behind], msc[before]), axis=1).ravel(),
            neighbour=np.stack((msc[before], msc[behind]), axis=1).ravel(),
            ahead_ms=np.stack((took, -took), axis=1).ravel(),
        )
    )


def crossing_offsets(
    batch: Batch, time: NDArray[np.int64], mscs: Mscs, travel_ms: NDArray[np.int64]
) -> dict[int, Offset]:
    """Offsets by place in `mscs.names`, of MSCs that enough crossings tell of.

    *batch*: at known MSCs, in any order; *time*: theirs, the sources' offsets taken out;
    *travel_ms*: by index. A wrong clock also hides who crossed when, so that it shows too little
    of itself at first: it is put right and looked at again.
    """
    offsets: dict[int, Offset] = {}
    ahead_ms = np.zeros(len(mscs.names), np.int64)
    msc = mscs.msc_of[batch.msc]
    for _ in range(AGAIN):
        crossings = crossings_of(batch, time - ahead_ms[msc], mscs, travel_ms)
        more = msc_offsets(crossings, len(mscs.names))
        for number, offset in more.items():
            ahead_ms[number] += offset.ahead_ms
            offsets[number] = replace(offset, ahead_ms=int(ahead_ms[number]))
        if all(offset.ahead_ms == 0 for offset in more.values()):
            break
    return offsets


def msc_offsets(crossings: Crossings, mscs: int) -> dict[int, Offset]:
    """Offsets of the MSCs that enough crossings tell of.

    The surest wrong clocks are put right first: they mislead their neighbours no more then.
    """
    offsets = np.zeros(mscs, np.int64)
    heaps: dict[int, _Heap] = {}
    order = np.argsort(crossings.msc, kind="stable")
    sorted_crossings = crossings.rows(order)
    present, starts = np.unique(sorted_crossings.msc, return_index=True)
    ends = np.searchsorted(sorted_crossings.msc, present, side="right")
    rows = {msc: slice(*span) for msc, *span in zip(present.tolist(), starts, ends, strict=True)}
    stale = set(rows)
    for _ in range(ROUNDS):
        for msc in stale:
            heaps[msc] = _heap(sorted_crossings.rows(rows[msc]), offsets)
        wrong = {m: heap for m, heap in heaps.items() if heap.is_wrong and heap.ahead_ms}
        moved = _surest(wrong, sorted_crossings, rows)
        moved = [msc for msc in moved if offsets[msc] != heaps[msc].ahead_ms]
        if not moved:
            break
        stale = set()
        for msc in moved:
            offsets[msc] = heaps[msc].ahead_ms
            stale |= {msc, *np.unique(sorted_crossings.neighbour[rows[msc]]).tolist()}
    return {
        msc: Offset(
            ahead_ms=int(offsets[msc]),
            either_way_ms=HEAP_MS // 2,
            subscribers=heap.subscribers,
        )
        for msc, heap in heaps.items()
        if heap.size >= HEAP_MIN
    }


class _Heap(NamedTuple):
    ahead_ms: int
    size: int
    sigmas: float  # how far from chance it is that the middle is at 0
    subscribers: int
    is_wrong: bool


def _heap(crossings: Crossings, offsets: NDArray[np.int64]) -> _Heap:
    """Where the differences of one MSC heap up, its neighbours' offsets considered."""
    ahead = crossings.ahead_ms + offsets[crossings.neighbour]
    middle = _middle_of_symmetry(ahead)
    in_heap = np.abs(ahead - middle) <= HEAP_MS
    count, at_zero = int(in_heap.sum()), int((np.abs(ahead) <= HEAP_MS).sum())
    higher = max(0, count - at_zero) / np.sqrt(max(1, count + at_zero))
    came = int((ahead > 0).sum())
    lopsided = abs(2 * came - len(ahead)) / np.sqrt(max(1, len(ahead)))
    sigmas = float(np.hypot(higher, lopsided))
    from_each = np.bincount(np.unique(crossings.neighbour[in_heap], return_inverse=True)[1])
    is_shared = count > 0 and from_each.max() <= NEIGHBOUR_SHARE_MAX * count
    is_wrong = bool(count >= HEAP_MIN and sigmas >= SIGMAS and is_shared)
    return _Heap(
        ahead_ms=middle if is_wrong else 0,
        size=count,
        sigmas=sigmas,
        subscribers=len(np.unique(crossings.msid[in_heap])),
        is_wrong=is_wrong,
    )


def _middle_of_symmetry(ahead: NDArray[np.int64]) -> int:
    """Where the differences look most alike to both sides, ms.

    There are as many who take a quarter of an hour one way as the other, so two heaps left and
    right of 0 are no reason to believe in one of them.
    """
    reach = REACH_MS // BIN_MS
    each = np.bincount(
        np.clip(np.rint(ahead / BIN_MS).astype(np.int64) + reach, 0, 2 * reach),
        minlength=2 * reach + 1,
    ).astype(np.float64)
    width = HEAP_MS // BIN_MS // 2
    tent = np.concatenate((np.arange(1, width + 1), np.arange(width - 1, 0, -1)))
    smooth = np.convolve(each, tent, mode="same")
    # At place p: the sum over x of smooth[p / 2 + x] times smooth[p / 2 - x].
    alike = np.convolve(smooth, smooth)
    twice = np.arange(-2 * reach, 2 * reach + 1) * BIN_MS
    alike[np.abs(twice) > 2 * AHEAD_MS_MAX] = 0
    return int(twice[np.argmax(alike)] // 2)


def _surest(wrong: dict[int, _Heap], crossings: Crossings, rows: dict[int, slice]) -> list[int]:
    """Those of which no neighbour is surer."""
    return [
        msc
        for msc, heap in wrong.items()
        if all(
            wrong[other].sigmas < heap.sigmas
            for other in np.unique(crossings.neighbour[rows[msc]]).tolist()
            if other in wrong
        )
    ]


def _few_of_each(crossings: Crossings) -> Crossings:
    """The first few of each subscriber at each MSC."""
    order = np.lexsort((crossings.msid, crossings.msc))
    msid, msc = crossings.msid[order], crossings.msc[order]
    is_new = np.ones(len(order), np.bool_)
    is_new[1:] = (msid[1:] != msid[:-1]) | (msc[1:] != msc[:-1])
    starts = np.flatnonzero(is_new)
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    return crossings.rows(order[rank < EACH_MAX])
