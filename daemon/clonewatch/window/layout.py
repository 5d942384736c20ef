"""How the window lies in memory.

`Tables.memory` is one array of 64-bit words: a row of eight, one cache line, for each MSID, and
behind the rows the rings. A registration takes two words. A row holds up to three of them; an
MSID with more keeps them in a ring, and its row says where. Words are signed, so that nothing
meets NumPy's unsigned arithmetic; their fields are taken out by shift and mask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from clonewatch.registrations import DTYPES
from is41.kernel import Array, columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCK: Final = 4096  # registrations between two steps of horizon and sweep
GROUP: Final = 8  # registrations whose memory is asked for at once; see `kernels`
SEARCHED_AHEAD: Final = 3  # groups: no search for a row is made sooner before it is used
NEVER: Final = -(2**62)  # ms: before any time
TIME_END: Final = 2**43  # ms since 1970: the year 2248; no clock of a network reads more

COPY_SPAN_MS: Final = 60_000  # same transaction ID: one REGNOT seen twice
COPY_SPAN_ANY_MS: Final = 2_000  # whatever the transaction ID
WINDOW_MS_MAX: Final = 604_800_000  # 7 days: three windows fit OFFSET_FRESH

# fmt: off
# A row, 64 octets.
ROW_WORDS: Final = 8
ROW_OCTETS: Final = ROW_WORDS * 8
KEY: Final       = 0  # MSID, and above KIND_SHIFT how its registrations are kept
BASE: Final      = 1  # ms that the row's times count from: BASE_MASK. The 20 bits above are spare
ENTRIES: Final   = 2  # first of three registrations, or, for a ring:
RING: Final      = 2  # its first word
HEAD: Final      = 3  # place of its oldest registration
COUNT: Final     = 4  # registrations in it
ORDER: Final     = 5  # it has RING_PLACES_MIN << ORDER places

KIND_SHIFT: Final = 58  # kind: 0 the row is free, 1 to 3 registrations inline, 4 a ring
KEY_MASK: Final   = (1 << KIND_SHIFT) - 1
BASE_MASK: Final  = (1 << 44) - 1
INLINE_MAX: Final = 3
INLINE_MASK: Final = (1 << 32) - 1  # `Kept.mask` of no ring: these places do not go round
SPILLED: Final    = 4
MSID_MAX: Final   = KEY_MASK - 1
NOBODY: Final     = KEY_MASK  # key of row 0 and of free rows: no MSID
NEXT_FREE: Final  = BASE  # of a free row: the next one
ROWS_MAX: Final   = (1 << 27) - 2  # an index slot has 27 bits for a row

# A registration, 16 octets.
ENTRY_WORDS: Final  = 2
MOMENT: Final       = 0  # time - base << 32 | esn
ORIGIN: Final       = 1  # transaction ID << 32 | msc << 16 | source << 8 | flags
OFFSET_END: Final   = 1 << 32  # ms: time - base is below it
OFFSET_FRESH: Final = 1 << 31  # ms: time - base of the registration that a row is rebased for
U32_MASK: Final     = (1 << 32) - 1
MSC_SHIFT: Final    = 16
U16_MASK: Final     = (1 << 16) - 1
MSC_BITS: Final     = U16_MASK << MSC_SHIFT

# Rings.
RING_PLACES_MIN: Final = 4  # 64 octets: one cache line
RING_WORDS_MIN: Final  = RING_PLACES_MIN * ENTRY_WORDS
RING_OCTETS_MIN: Final = RING_WORDS_MIN * 8
RING_ORDERS: Final     = 15  # up to 4 << 14 = 65,536 places

# Tables.state.
NEWEST: Final            = 0   # ms, of all sources; NEVER
HORIZON: Final           = 1   # ms: what is not late is at least this; NEVER
WINDOW: Final            = 2   # ms
REACH: Final             = 18  # ms: WINDOW, and no less than COPY_SPAN_MS
ROWS_END: Final          = 3   # rows 1 to this - 1 have been in use
ROWS_FREE: Final         = 4   # of them, free again
ROW_FREE: Final          = 5   # the first of these, or 0
ROWS_LIMIT: Final        = 6
SLOTS_LOG2_LIMIT: Final  = 7   # a segment may grow to this
RINGS_START: Final       = 8   # first word of the rings
RING_BLOCKS_END: Final   = 9   # blocks of the smallest ring that have been in use
RING_BLOCKS_LIMIT: Final = 10
RING_ORDER_LIMIT: Final  = 11
KEPT_LIMIT: Final        = 12  # registrations of one MSID
SWEEP_ROW: Final         = 13  # where the sweep goes on
SWEEP_NEWEST: Final      = 14  # ms: NEWEST when it last went on; NEVER
SWEEP_OWED: Final        = 15  # rows x ms
JUDGING: Final           = 16  # index in the batch of the registration being judged
FOUND: Final             = 17  # rows of `found` filled by this call
SEARCHED_FROM: Final     = 19  # index in the batch from which on what was searched ahead is true
STATE_SIZE: Final        = 20

# Tables.counts, in the order of `WindowCounts`.
TAKEN: Final             = 0
STORED: Final            = 1
DUPLICATES: Final        = 2
LATE: Final              = 3
UNKNOWN_MSC: Final       = 4
PAIRS_UNKNOWN: Final     = 5
WINDOW_OVERFLOWED: Final = 6
CLOCK_SUSPECT: Final     = 7
COUNTS_SIZE: Final       = 8

# Tables.sources, by source.
SOURCE_NEWEST: Final   = 0  # ms; NEVER
SOURCE_LATENESS: Final = 1  # ms
SOURCE_STANDING: Final = 2
UNSEEN: Final          = 0  # does not hold the horizon
AWAITED: Final         = 1  # its lateness was set: holds the horizon as if it were up to date
DELIVERING: Final      = 2  # holds the horizon

# A row of `found`: who caused it, whose it is, then time, ESN and ORIGIN of first and second; and
# NEWEST, as it was then.
FOUND_WORDS: Final    = 9
FOUND_AT: Final       = 0  # index in the batch << 1 | superseded
FOUND_MSID: Final     = 1
FOUND_FIRST: Final    = 2
FOUND_SECOND: Final   = 5
FOUND_NEWEST: Final   = 8
FOUND_EACH_MAX: Final = 9  # findings of one registration: two copies taken out, itself put in
# fmt: on


class Tables(NamedTuple):
    """All that the kernels work on; the arrays stay, the numbers in them change."""

    memory: NDArray[np.int64]  # rows, then rings
    slots: NDArray[np.uint32]  # index: 27 bits of row, 5 of fingerprint; see `index.slot_of`
    slots_log2: NDArray[np.uint8]  # by segment: its size
    slots_used: NDArray[np.int64]  # [segment, USED or DEAD]
    slots_moving: NDArray[np.uint32]  # a segment that is being rebuilt
    seeds: NDArray[np.uint64]  # of the hash, three
    rings_free: NDArray[np.int64]  # by order: first free ring, or NO_RING
    rings_free_order: NDArray[np.uint8]  # by block: 1 + order of the free ring that starts there
    state: NDArray[np.int64]
    counts: NDArray[np.int64]
    sources: NDArray[np.int64]  # [source, SOURCE_*]
    travel_ms: NDArray[np.int32]  # [first MSC, second MSC]; 0 adjacent, -1 unknown
    mscid_of: NDArray[np.uint32]  # by MSC
    hashes: NDArray[np.int64]  # of the block being judged
    rows_ahead: NDArray[np.int64]  # likewise: where the index seems to point
    found: NDArray[np.int64]  # [finding, FOUND_*]


class Columns(NamedTuple):
    """The columns of a `Batch` that the window reads."""

    time: NDArray[np.int64]
    msid: NDArray[np.uint64]
    esn: NDArray[np.uint32]
    msc: NDArray[np.uint16]
    transaction_id: NDArray[np.uint32]
    source: NDArray[np.uint8]
    flags: NDArray[np.uint8]


class Seen(NamedTuple):
    """One registration, unpacked."""

    time: int  # ms since 1970
    esn: int
    origin: int  # as the word ORIGIN


class Kept(NamedTuple):
    """Where the registrations of one MSID are, the oldest at `head`: in its row or in a ring."""

    start: int  # word of place 0
    head: int
    length: int
    mask: int  # places, a power of two, less one


TABLES_TYPE: Final = columns(
    Tables,
    {
        "memory": np.int64,
        "slots": np.uint32,
        "slots_log2": np.uint8,
        "slots_used": Array(np.int64, 2),
        "slots_moving": np.uint32,
        "seeds": np.uint64,
        "rings_free": np.int64,
        "rings_free_order": np.uint8,
        "state": np.int64,
        "counts": np.int64,
        "sources": Array(np.int64, 2),
        "travel_ms": Array(np.int32, 2),
        "mscid_of": np.uint32,
        "hashes": np.int64,
        "rows_ahead": np.int64,
        "found": Array(np.int64, 2),
    },
)
COLUMNS_TYPE: Final = columns(Columns, DTYPES)
