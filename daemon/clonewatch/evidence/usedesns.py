"""The last ESN of each MSID, in bounded memory: what tells that the next one is another.

A table of buckets of eight places; an MSID's bucket is where its hash says. A bucket is two cache
lines side by side, who registered and what was said. Segments of the table grow each by itself, so
that no growth takes long, and lie in levels as the window's do (`clonewatch.window.index`), so that
what is in use lies together on huge pages; where one may grow no more, whoever registered
longest ago makes room. The hash is seeded, so that no peer can choose collisions.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from clonewatch.jit import int64, prefetch
from clonewatch.registrations import DTYPES
from clonewatch.window.clearing import Clearing, Front
from clonewatch.window.index import hash_of, level_end, on_level
from clonewatch.window.memory import reserve
from clonewatch.window.tables import secret_seeds
from is41.kernel import Array, bound, columns, kernel, part

if TYPE_CHECKING:
    from numpy.typing import NDArray

WAYS: Final = 8  # places of a bucket
BUCKET_WORDS: Final = 2 * WAYS  # MSID + 1 by place, 0: free; then time and ESN by place
SEGMENTS_LOG2: Final = 8
SEGMENTS: Final = 1 << SEGMENTS_LOG2
BUCKETS_LOG2_MIN: Final = 5  # of a new segment: all together 65,536 places, 1 MiB
BUCKETS_LOG2_MAX: Final = 17  # 268 million places: for more than a window holds
BUCKET_SHIFT: Final = 20  # of a hash, above the segment
FULL: Final = 0.6  # of a segment's places: it grows
FULL_SPREAD: Final = 0.1  # the first segments grow sooner: the next level is filled from its front
AHEAD: Final = 16  # registrations whose buckets are asked of memory: it takes 100 ns to answer
CHUNK: Final = 8192  # registrations put in at once
GROWS_AFTER: Final = 1024  # registrations between two looks at what is full
TIME_SHIFT: Final = 12  # times are kept in steps of 4 s: 31 bits last until the year 2248
ESN_BITS: Final = 32
ESN_MASK: Final = (1 << ESN_BITS) - 1


class Used(NamedTuple):
    """The table; arrays of 64 bits."""

    words: NDArray[np.int64]  # of all buckets
    mask: NDArray[np.int64]  # buckets less one, by segment
    filled: NDArray[np.int64]  # places in use, by segment
    seeds: NDArray[np.uint64]


class Said(NamedTuple):
    """Columns of registrations."""

    time: NDArray[np.int64]
    msid: NDArray[np.uint64]
    esn: NDArray[np.uint32]


USED: Final = columns(Used, dict.fromkeys(Used._fields[:3], np.int64) | {"seeds": np.uint64})
SAID: Final = columns(Said, DTYPES)


class UsedEsns:
    """MSIDs with the ESN and the time of their last registrations, for some *msids_max*."""

    def __init__(self, msids_max: int) -> None:
        buckets_log2 = int(np.ceil(np.log2(max(1.0, msids_max / FULL / WAYS / SEGMENTS))))
        self._log2_max = min(max(buckets_log2, BUCKETS_LOG2_MIN), BUCKETS_LOG2_MAX)
        words = BUCKET_WORDS << SEGMENTS_LOG2 + self._log2_max
        self._used = Used(
            words=reserve(words, np.int64, huge_octets=words * 8),
            mask=np.full(SEGMENTS, (1 << BUCKETS_LOG2_MIN) - 1, np.int64),
            filled=np.zeros(SEGMENTS, np.int64),
            seeds=secret_seeds(None),
        )
        self._clearing = Clearing(Front(self._used.words, partial(octets_in_use, self._used)))
        self._full = WAYS * (FULL + FULL_SPREAD * (np.arange(SEGMENTS) / SEGMENTS - 1 / 2))
        self._at = np.empty(CHUNK, np.int64)
        self._before = np.empty(CHUNK, np.int64)
        self._put_some = bound(put_some, self._used, self._at, self._before)
        self._put = 0  # since it was last looked for what is full

    def put(
        self, time: NDArray[np.int64], msid: NDArray[np.uint64], esn: NDArray[np.uint32]
    ) -> tuple[list[int], list[int]]:
        """Say who registers, in order: which of them changed the ESN, and what it was before.

        What is older than the MSID's last changes nothing.
        """
        rows: list[int] = []
        before: list[int] = []
        for start in range(0, len(msid), CHUNK):
            which = slice(start, start + CHUNK)
            some = Said(time[which], msid[which], esn[which])
            count = self._put_some(some)
            rows += (self._at[:count] + start).tolist()
            before += self._before[:count].tolist()
            self._put += len(some.msid)
            if self._put >= GROWS_AFTER:
                self._put = 0
                self._grow()
        return rows, before

    def _grow(self) -> None:
        """Double segments that are full, if they may grow."""
        sizes = self._used.mask + 1
        full = (self._used.filled > self._full * sizes) & (sizes < 1 << self._log2_max)
        for segment in np.flatnonzero(full).tolist():
            double(self._used, segment)
            self._clearing.look(octets_in_use(self._used))


def octets_in_use(used: Used) -> int:
    """Octets of the table, up to the last bucket of its newest level that is in use."""
    return level_end(used.mask + 1) * BUCKET_WORDS * used.words.itemsize


@part
def bucket_of(used: Used, hashed: int) -> int:
    """Where the bucket of an MSID's hash begins."""
    segment = hashed & (SEGMENTS - 1)
    number = (hashed >> BUCKET_SHIFT) & int64(used.mask[segment])
    return on_level(SEGMENTS, segment, number) * BUCKET_WORDS


@part
def place_in(words: NDArray[np.int64], bucket: int, key: int) -> int:
    """The place of a key; else the first that is free, or else that of the oldest."""
    for place in range(bucket, bucket + WAYS):
        if words[place] == key:
            return place
    found = bucket
    for place in range(bucket, bucket + WAYS):
        if words[place] == 0:
            return place
        if words[place + WAYS] < words[found + WAYS]:
            found = place
    return found


@kernel(int, USED, Array(np.int64), Array(np.int64), SAID)
def put_some(used: Used, changed: NDArray[np.int64], before: NDArray[np.int64], said: Said) -> int:
    """Put registrations in; how many had another ESN before, which, and what it was."""
    found = 0
    words = used.words
    for at in range(-AHEAD, len(said.msid)):
        if at + AHEAD < len(said.msid):
            ahead = bucket_of(used, hash_of(used.seeds, int64(said.msid[at + AHEAD])))
            prefetch(words, ahead)
            prefetch(words, ahead + WAYS)
        if at < 0:
            continue
        key, esn = int64(said.msid[at]) + 1, int64(said.esn[at])
        now = int64(said.time[at]) >> TIME_SHIFT
        hashed = hash_of(used.seeds, key - 1)
        place = place_in(words, bucket_of(used, hashed), key)
        if words[place] == key:
            last = words[place + WAYS]
            if now < last >> ESN_BITS:
                continue
            if last & ESN_MASK != esn:
                changed[found], before[found] = at, last & ESN_MASK
                found += 1
        else:
            used.filled[hashed & (SEGMENTS - 1)] += words[place] == 0
            words[place] = key
        words[place + WAYS] = now << ESN_BITS | esn
    return found


@kernel(None, USED, int)
def double(used: Used, segment: int) -> None:
    """Double a segment: of each bucket, those move whose hash has the new bit."""
    size = used.mask[segment] + 1
    words = used.words
    for number in range(size):
        bucket = on_level(SEGMENTS, segment, number) * BUCKET_WORDS
        other = on_level(SEGMENTS, segment, number + size) * BUCKET_WORDS
        for way in range(WAYS):
            place, target = bucket + way, other + way
            if words[place] != 0:
                hashed = hash_of(used.seeds, words[place] - 1)
                if (hashed >> BUCKET_SHIFT) & size:
                    words[target], words[target + WAYS] = words[place], words[place + WAYS]
                    words[place], words[place + WAYS] = 0, 0
    used.mask[segment] = 2 * size - 1
