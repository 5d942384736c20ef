"""The last ESN of each MSID, in bounded memory: what tells that the next one is another.

A table of buckets of eight places; an MSID's bucket is where its hash says. Segments of the table
grow each by itself, so that no growth takes long; where one may grow no more, whoever registered
longest ago makes room. The hash is seeded, so that no peer can choose collisions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from clonewatch.jit import int64, prefetch
from clonewatch.window.index import hash_of
from clonewatch.window.memory import reserve
from clonewatch.window.tables import secret_seeds
from is41.kernel import Array, columns, kernel, part

if TYPE_CHECKING:
    from numpy.typing import NDArray

WAYS: Final = 8  # places of a bucket
SEGMENTS_LOG2: Final = 8
SEGMENT_MASK: Final = (1 << SEGMENTS_LOG2) - 1
BUCKETS_LOG2_MIN: Final = 5  # of a new segment: all together 65,536 places, 1 MiB
BUCKETS_LOG2_MAX: Final = 17  # 268 million places: for more than a window holds
BUCKET_SHIFT: Final = 20  # of a hash, above the segment
FULL: Final = 0.6  # of a segment's places: it grows
AHEAD: Final = 16  # registrations whose buckets are asked of memory: it takes 100 ns to answer
CHUNK: Final = 8192  # registrations between two looks at what is full
TIME_SHIFT: Final = 12  # times are kept in steps of 4 s: 31 bits last until the year 2248
ESN_BITS: Final = 32
ESN_MASK: Final = (1 << ESN_BITS) - 1


class Used(NamedTuple):
    """The table; arrays of 64 bits."""

    keys: NDArray[np.int64]  # MSID + 1, by place; 0: free
    said: NDArray[np.int64]  # time and ESN, by place
    mask: NDArray[np.int64]  # buckets less one, by segment
    filled: NDArray[np.int64]  # places in use, by segment
    seeds: NDArray[np.uint64]


class Said(NamedTuple):
    """Columns of registrations."""

    time: NDArray[np.int64]
    msid: NDArray[np.uint64]
    esn: NDArray[np.uint32]


USED: Final = columns(Used, dict.fromkeys(Used._fields[:4], np.int64) | {"seeds": np.uint64})
SAID: Final = columns(Said, {"time": np.int64, "msid": np.uint64, "esn": np.uint32})


class UsedEsns:
    """MSIDs with the ESN and the time of their last registrations, for some *msids_max*."""

    def __init__(self, msids_max: int) -> None:
        per_segment = msids_max / FULL / WAYS / (1 << SEGMENTS_LOG2)
        log2 = int(np.ceil(np.log2(max(1.0, per_segment))))
        self._log2_max = min(max(log2, BUCKETS_LOG2_MIN), BUCKETS_LOG2_MAX)
        places = WAYS << SEGMENTS_LOG2 + self._log2_max
        segments = 1 << SEGMENTS_LOG2
        self._used = Used(
            keys=reserve(places, np.int64),
            said=reserve(places, np.int64),
            mask=np.full(segments, (1 << BUCKETS_LOG2_MIN) - 1, np.int64),
            filled=np.zeros(segments, np.int64),
            seeds=secret_seeds(None),
        )
        self._at = np.empty(CHUNK, np.int64)
        self._before = np.empty(CHUNK, np.int64)

    def put(
        self, time: NDArray[np.int64], msid: NDArray[np.uint64], esn: NDArray[np.uint32]
    ) -> tuple[list[int], list[int]]:
        """Say who registers, in order: which of them changed the ESN, and what it was before.

        What is older than the MSID's last changes nothing.
        """
        rows: list[int] = []
        before: list[int] = []
        for start in range(0, len(msid), CHUNK):
            part = slice(start, start + CHUNK)
            some = Said(time[part], msid[part], esn[part])
            count = put_some(self._used, self._log2_max, some, self._at, self._before)
            rows += (self._at[:count] + start).tolist()
            before += self._before[:count].tolist()
            if (self._used.filled > FULL * WAYS * (self._used.mask + 1)).any():
                self._grow()
        return rows, before

    def _grow(self) -> None:
        """Double segments that are full, if they may grow."""
        sizes = self._used.mask + 1
        full = (self._used.filled > FULL * WAYS * sizes) & (sizes < 1 << self._log2_max)
        for segment in np.flatnonzero(full).tolist():
            double(self._used, self._log2_max, segment)


@part
def bucket_of(used: Used, log2_max: int, msid: int) -> int:
    """The first place of an MSID's bucket."""
    hashed = hash_of(used.seeds, msid)
    segment = hashed & SEGMENT_MASK
    return ((segment << log2_max) + ((hashed >> BUCKET_SHIFT) & int64(used.mask[segment]))) * WAYS


@kernel(int, USED, int, SAID, Array(np.int64), Array(np.int64))
def put_some(
    used: Used, log2_max: int, said: Said, changed: NDArray[np.int64], before: NDArray[np.int64]
) -> int:
    """Put registrations in; how many had another ESN before, which, and what it was."""
    found = 0
    for at in range(len(said.msid)):
        if at + AHEAD < len(said.msid):
            ahead = bucket_of(used, log2_max, int64(said.msid[at + AHEAD]))
            prefetch(used.keys, ahead)
            prefetch(used.said, ahead)
        msid, esn = int64(said.msid[at]), int64(said.esn[at])
        now = int64(said.time[at]) >> TIME_SHIFT
        start = bucket_of(used, log2_max, msid)
        place = start  # the MSID's, or else the first that is free, or else the oldest
        for other in range(start, start + WAYS):
            if used.keys[other] == msid + 1:
                place = other
                break
            if used.said[other] < used.said[place]:
                place = other
        if used.keys[place] == msid + 1:
            last = used.said[place]
            if now < last >> ESN_BITS:
                continue
            if last & ESN_MASK != esn:
                changed[found], before[found] = at, last & ESN_MASK
                found += 1
        else:
            used.filled[start // WAYS >> log2_max] += used.keys[place] == 0
            used.keys[place] = msid + 1
        used.said[place] = now << ESN_BITS | esn
    return found


@kernel(None, USED, int, int)
def double(used: Used, log2_max: int, segment: int) -> None:
    """Double a segment in place: half of each bucket's places move to where the new bit is set."""
    size = used.mask[segment] + 1
    start = (segment << log2_max) * WAYS
    for place in range(start, start + size * WAYS):
        other = place + size * WAYS
        if used.keys[place] != 0:
            hashed = hash_of(used.seeds, used.keys[place] - 1)
            if (hashed >> BUCKET_SHIFT) & size:
                used.keys[other], used.said[other] = used.keys[place], used.said[place]
                used.keys[place], used.said[place] = 0, 0
    used.mask[segment] = 2 * size - 1
