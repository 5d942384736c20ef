"""The index: from an MSID to its row.

Many small open-addressing tables, the segments, each of which doubles on its own and at a fill
level of its own, so that growth is never one great pause. A slot is four octets: 27 bits of row
and 5 of the hash, so that few rows are read in vain. What a slot points to decides; the hash is
seeded, so that no peer can choose MSIDs that collide.

Segments lie in levels: the first slot of all of them, the second of all, the next two of all, the
next four, and so on (`slot_of`). So what is in use lies together, in few pages, however many
segments there are. With each segment in a place of its own, room to grow behind it, every look-up
of a slot waited for the address of its page, longer than for the slot itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.jit import bit_length, int64, prefetch, wrapping_product
from is41.kernel import helper, part

from .layout import (
    GROUP,
    JUDGING,
    KEY,
    KEY_MASK,
    ROW_WORDS,
    SEARCHED_AHEAD,
    SEARCHED_FROM,
    SLOTS_LOG2_LIMIT,
    Tables,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

# fmt: off
EMPTY: Final        = 0        # no slot behind this one belongs to the same search
DEAD_SLOT: Final    = 1 << 27  # its row is gone. Reads as row 0, which is nobody's
ROW_MASK: Final     = (1 << 27) - 1
PRINT_SHIFT: Final  = 27       # of the fingerprint in a slot
USED: Final         = 0        # of slots_used: slots that are not EMPTY
DEAD: Final         = 1        # of slots_used: of them, DEAD_SLOT

# Bits of a hash.
SLOT_SHIFT: Final   = 20       # above the segment
HASH_SHIFT: Final   = 58       # fingerprint
HASH_MASK: Final    = (1 << 63) - 1
# fmt: on

FILL_UNIT: Final = 512  # a segment doubles at 384 to 447 of 512 slots, 75 to 87 %
FILL_LEAST: Final = 384
FILL_LEVELS: Final = 64
# Where as many as an eighth of these are dead it is cleaned: subscribers who come and go let none
# double, nor searches grow long, and pay eight rows looked at for each who went.
DEAD_SHARE: Final = 8

PREFETCH_AHEAD: Final = 24  # rows on their way while a segment is rebuilt


@part
def hash_of(seeds: NDArray[np.uint64], msid: int) -> int:
    """63 bits: two rounds of multiply and fold by secret odd numbers."""
    mixed = np.uint64(msid) ^ seeds[0]
    mixed = wrapping_product(mixed ^ (mixed >> np.uint64(32)), seeds[1])
    mixed = wrapping_product(mixed ^ (mixed >> np.uint64(29)), seeds[2])
    return int64((mixed ^ (mixed >> np.uint64(32))) & np.uint64(HASH_MASK))


@part
def segment_of(tables: Tables, hashed: int) -> int:
    """Number of the segment: the low bits."""
    return hashed & (len(tables.slots_log2) - 1)


@part
def on_level(segments: int, segment: int, number: int) -> int:
    """Where *number* of a segment lies, of so many: on the level of the number's highest bit."""
    if number == 0:
        return segment
    return ((segments + segment - 1) << (bit_length(number) - 1)) + number


def level_end(sizes: NDArray[np.int64]) -> int:
    """Where what is in use of the newest level ends, by the sizes of the segments."""
    newest = int(sizes.max())
    return (len(sizes) + int(np.count_nonzero(sizes == newest))) * newest // 2


@part
def slot_of(tables: Tables, segment: int, number: int) -> int:
    """Where slot *number* of a segment lies."""
    return on_level(len(tables.slots_log2), segment, number)


@part
def mask_of(tables: Tables, segment: int) -> int:
    """Slots of a segment, a power of two, less one."""
    return (1 << int64(tables.slots_log2[segment])) - 1


@part
def first_slot(tables: Tables, hashed: int) -> int:
    """Where the search for a hash begins."""
    segment = segment_of(tables, hashed)
    return slot_of(tables, segment, (hashed >> SLOT_SHIFT) & mask_of(tables, segment))


@part
def candidate(tables: Tables, hashed: int) -> int:
    """The first row whose fingerprint fits, unread: worth fetching; 0 or less where none does.

    -1 less the number of the slot at which the search ended: there a row would be put, if `is_free`
    says so then. 0 where it passed a dead slot, for that might be taken before.
    """
    segment = segment_of(tables, hashed)
    mask = mask_of(tables, segment)
    number = (hashed >> SLOT_SHIFT) & mask
    slot = slot_of(tables, segment, number)
    held, dead = int64(tables.slots[slot]), False
    while held != EMPTY:
        if held == DEAD_SLOT:
            dead = True
        elif held >> PRINT_SHIFT == hashed >> HASH_SHIFT:
            return held & ROW_MASK
        number = (number + 1) & mask
        slot = slot_of(tables, segment, number)
        held = int64(tables.slots[slot])
    return 0 if dead else -1 - slot


@part
def is_free(tables: Tables, slot: int, at: int) -> bool:
    """Whether a slot is still where the search ended that was made for registration *at*.

    A number below 0 is no slot.
    """
    return bool(slot >= 0 and tables.slots[slot] == EMPTY and at >= tables.state[SEARCHED_FROM])


@part
def put_at(tables: Tables, slot: int, hashed: int, row: int) -> None:
    """Enter a row in a slot that is empty or dead."""
    segment = segment_of(tables, hashed)
    if tables.slots[slot] == EMPTY:
        tables.slots_used[segment, USED] += 1
    else:
        tables.slots_used[segment, DEAD] -= 1
    tables.slots[slot] = row | (hashed >> HASH_SHIFT) << PRINT_SHIFT


@part
def find(tables: Tables, hashed: int, msid: int) -> int:
    """Row of an MSID; 0 when it has none."""
    segment = segment_of(tables, hashed)
    mask = mask_of(tables, segment)
    number = (hashed >> SLOT_SHIFT) & mask
    held = int64(tables.slots[slot_of(tables, segment, number)])
    while held != EMPTY:
        if held >> PRINT_SHIFT == hashed >> HASH_SHIFT:
            row = held & ROW_MASK
            if tables.memory[row * ROW_WORDS + KEY] & KEY_MASK == msid:
                return row
        number = (number + 1) & mask
        held = int64(tables.slots[slot_of(tables, segment, number)])
    return int64(0)


@part
def put(tables: Tables, hashed: int, row: int) -> None:
    """Enter a row. There is room: see `make_room`."""
    segment = segment_of(tables, hashed)
    mask = mask_of(tables, segment)
    number = (hashed >> SLOT_SHIFT) & mask
    slot = slot_of(tables, segment, number)
    while tables.slots[slot] not in (EMPTY, DEAD_SLOT):
        number = (number + 1) & mask
        slot = slot_of(tables, segment, number)
    put_at(tables, slot, hashed, row)


@part
def take_out(tables: Tables, hashed: int, row: int) -> None:
    """Remove a row that stands in the index."""
    segment = segment_of(tables, hashed)
    mask = mask_of(tables, segment)
    number = (hashed >> SLOT_SHIFT) & mask
    slot = slot_of(tables, segment, number)
    while int64(tables.slots[slot]) != row | (hashed >> HASH_SHIFT) << PRINT_SHIFT:
        number = (number + 1) & mask
        slot = slot_of(tables, segment, number)
    tables.slots[slot] = DEAD_SLOT
    tables.slots_used[segment, DEAD] += 1
    if tables.slots[slot_of(tables, segment, (number + 1) & mask)] == EMPTY:
        clear_dead(tables, segment, number)


@part
def clear_dead(tables: Tables, segment: int, number: int) -> None:
    """Empty the dead slots that end with *number*: an empty one follows, so no search goes past."""
    mask = mask_of(tables, segment)
    slot = slot_of(tables, segment, number)
    while tables.slots[slot] == DEAD_SLOT:
        tables.slots[slot] = EMPTY
        tables.slots_used[segment, USED] -= 1
        tables.slots_used[segment, DEAD] -= 1
        number = (number - 1) & mask
        slot = slot_of(tables, segment, number)


@part
def fill_limit(segment: int, segments: int, log2: int) -> int:
    """Slots of a segment of 1 << log2 that may be used.

    The first segments double first, so that the next level becomes resident from its front.
    """
    return (FILL_LEAST + segment * FILL_LEVELS // segments) * (1 << log2) // FILL_UNIT


@part
def make_room(tables: Tables, hashed: int) -> bool:
    """See to it that a row can be put; False when the segment cannot grow any more."""
    segment = segment_of(tables, hashed)
    log2 = int64(tables.slots_log2[segment])
    limit = fill_limit(segment, len(tables.slots_log2), log2)
    if tables.slots_used[segment, DEAD] * DEAD_SHARE > limit:
        rebuild(tables, segment, log2)
        return True
    if tables.slots_used[segment, USED] < limit:
        return True
    if log2 < tables.state[SLOTS_LOG2_LIMIT]:
        rebuild(tables, segment, log2 + 1)
        return True
    return False


@helper
def rebuild(tables: Tables, segment: int, log2: int) -> None:
    """Enter a segment's rows anew, among 1 << log2 slots and without the dead ones."""
    tables.state[SEARCHED_FROM] = tables.state[JUDGING] + SEARCHED_AHEAD * GROUP
    rows = 0
    for number in range(1 << int64(tables.slots_log2[segment])):
        slot = slot_of(tables, segment, number)
        held = tables.slots[slot]
        if held not in (EMPTY, DEAD_SLOT):
            tables.slots_moving[rows] = held & ROW_MASK
            rows += 1
        tables.slots[slot] = EMPTY
    tables.slots_log2[segment] = log2
    tables.slots_used[segment, USED] = 0
    tables.slots_used[segment, DEAD] = 0
    for at in range(rows):
        if at + PREFETCH_AHEAD < rows:
            ahead = int64(tables.slots_moving[at + PREFETCH_AHEAD])
            prefetch(tables.memory, ahead * ROW_WORDS)
        row = int64(tables.slots_moving[at])
        msid = tables.memory[row * ROW_WORDS + KEY] & KEY_MASK
        put(tables, hash_of(tables.seeds, msid), row)
