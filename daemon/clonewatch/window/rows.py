"""Rows: the registrations kept of each MSID, in their order.

Up to three lie in the row itself, oldest first. More lie in a ring, whose places go round, so that
the next one and dropping the oldest cost the same however many there are, and one put in between
moves the shorter side only.
"""

from __future__ import annotations

from clonewatch.jit import int64, prefetch
from is41.kernel import part

from . import rings
from .layout import (
    BASE,
    BASE_MASK,
    COPY_SPAN_MS,
    COUNT,
    ENTRIES,
    ENTRY_WORDS,
    HEAD,
    HORIZON,
    INLINE_MASK,
    INLINE_MAX,
    KEPT_LIMIT,
    KEY,
    KEY_MASK,
    KIND_SHIFT,
    MOMENT,
    NEXT_FREE,
    NOBODY,
    OFFSET_END,
    OFFSET_FRESH,
    ORDER,
    ORIGIN,
    REACH,
    RING,
    RING_ORDER_LIMIT,
    RING_PLACES_MIN,
    ROW_FREE,
    ROW_WORDS,
    ROWS_END,
    ROWS_FREE,
    ROWS_LIMIT,
    SPILLED,
    U32_MASK,
    Kept,
    Seen,
    Tables,
)


@part
def new_row(tables: Tables, msid: int, time: int) -> int:
    """Make an empty row, a freed one first; 0 when all are in use."""
    state = tables.state
    row = int64(state[ROW_FREE])
    if row != 0:
        following = tables.memory[row * ROW_WORDS + NEXT_FREE]
        prefetch(tables.memory, following * ROW_WORDS)  # may be anywhere after some hours
        state[ROW_FREE] = following
        state[ROWS_FREE] -= 1
    elif state[ROWS_END] < state[ROWS_LIMIT]:
        row = int64(state[ROWS_END])
        state[ROWS_END] += 1
    else:
        return row
    tables.memory[row * ROW_WORDS + KEY] = msid
    tables.memory[row * ROW_WORDS + BASE] = max(time - OFFSET_FRESH, 0)
    return row


@part
def free_row(tables: Tables, row: int) -> None:
    """Give a row back, and its ring."""
    state, word = tables.state, row * ROW_WORDS
    if is_spilled(tables, row):
        rings.free(tables, tables.memory[word + RING], tables.memory[word + ORDER])
    tables.memory[word + KEY] = NOBODY
    tables.memory[word + NEXT_FREE] = state[ROW_FREE]
    state[ROW_FREE] = row
    state[ROWS_FREE] += 1


@part
def kept_of(tables: Tables, row: int) -> Kept:
    """Where the registrations of a row are."""
    memory, word = tables.memory, row * ROW_WORDS
    kind = memory[word + KEY] >> KIND_SHIFT
    if kind != SPILLED:
        return Kept(word + ENTRIES, int64(0), kind, int64(INLINE_MASK))
    mask = (RING_PLACES_MIN << memory[word + ORDER]) - 1
    return Kept(memory[word + RING], memory[word + HEAD], memory[word + COUNT], mask)


@part
def is_spilled(tables: Tables, row: int) -> bool:
    """Whether the registrations of a row lie in a ring."""
    return bool(tables.memory[row * ROW_WORDS + KEY] >> KIND_SHIFT == SPILLED)


@part
def fetch_ring(tables: Tables, row: int) -> None:
    """Ask for the oldest and the newest registration in the ring of a row."""
    kept = kept_of(tables, row)
    prefetch(tables.memory, word_of(kept, 0))
    prefetch(tables.memory, word_of(kept, kept.length - 1))


@part
def is_inline(kept: Kept) -> bool:
    """Whether the registrations lie in the row itself."""
    return kept.mask == INLINE_MASK


@part
def base_of(tables: Tables, row: int) -> int:
    """What the times of a row count from, ms."""
    return int64(tables.memory[row * ROW_WORDS + BASE]) & BASE_MASK


@part
def word_of(kept: Kept, at: int) -> int:
    """First word of registration *at*; 0 is the oldest."""
    return kept.start + ENTRY_WORDS * ((kept.head + at) & kept.mask)


@part
def time_of(tables: Tables, base: int, kept: Kept, at: int) -> int:
    """Time of registration *at*, ms."""
    return base + ((int64(tables.memory[word_of(kept, at) + MOMENT]) >> 32) & U32_MASK)


@part
def seen(tables: Tables, base: int, kept: Kept, at: int) -> Seen:
    """Registration *at*."""
    word = word_of(kept, at)
    moment = tables.memory[word + MOMENT]
    time = base + ((moment >> 32) & U32_MASK)
    return Seen(time, moment & U32_MASK, tables.memory[word + ORIGIN])


@part
def write(tables: Tables, row: int, kept: Kept, at: int, x: Seen) -> None:
    """Overwrite registration *at*. The base must fit: see `fit_base`."""
    word = word_of(kept, at)
    tables.memory[word + MOMENT] = (x.time - base_of(tables, row)) << 32 | x.esn
    tables.memory[word + ORIGIN] = x.origin


@part
def move(tables: Tables, kept: Kept, source: int, target: int) -> None:
    """Copy one registration over another."""
    tables.memory[word_of(kept, target)] = tables.memory[word_of(kept, source)]
    tables.memory[word_of(kept, target) + ORIGIN] = tables.memory[word_of(kept, source) + ORIGIN]


@part
def stands(tables: Tables, row: int, kept: Kept, head: int, count: int) -> Kept:
    """Write down what of *kept* has changed: its oldest place and its count."""
    word = row * ROW_WORDS
    if is_inline(kept):
        tables.memory[word + KEY] = (tables.memory[word + KEY] & KEY_MASK) | count << KIND_SHIFT
    else:
        tables.memory[word + HEAD] = head
        tables.memory[word + COUNT] = count
    return Kept(kept.start, head, count, kept.mask)


@part
def drop_oldest(tables: Tables, row: int, kept: Kept, dropped: int) -> Kept:
    """Forget the oldest *dropped* registrations."""
    if not is_inline(kept):
        head = (kept.head + dropped) & kept.mask
        return stands(tables, row, kept, head, kept.length - dropped)
    for at in range(dropped, kept.length):
        move(tables, kept, at, at - dropped)
    return stands(tables, row, kept, kept.head, kept.length - dropped)


@part
def forget(tables: Tables, row: int, kept: Kept) -> Kept:
    """Drop what nothing on its way can have for a neighbour or a copy.

    That leaves what is not older than the horizon, less the span in which copies come, and the
    newest of those that are; and of these nothing that is a window older than the horizon.
    """
    base, horizon = base_of(tables, row), tables.state[HORIZON]
    dropped = 0
    while (
        dropped + 1 < kept.length
        and time_of(tables, base, kept, dropped + 1) < horizon - COPY_SPAN_MS
    ):
        dropped += 1
    if (
        dropped < kept.length
        and time_of(tables, base, kept, dropped) < horizon - tables.state[REACH]
    ):
        dropped += 1
    if dropped == 0:
        return kept
    return drop_oldest(tables, row, kept, dropped)


@part
def insert(tables: Tables, row: int, kept: Kept, at: int, x: Seen) -> Kept:
    """Put *x* before registration *at*. There is room: see `make_room`."""
    head = kept.head
    if is_inline(kept) or kept.length - at <= at:
        for moved in range(kept.length, at, -1):
            move(tables, kept, moved - 1, moved)
    else:
        head = (head - 1) & kept.mask
        for moved in range(at):
            move(tables, kept, moved, moved - 1)
    kept = stands(tables, row, kept, head, kept.length + 1)
    write(tables, row, kept, at, x)
    return kept


@part
def remove(tables: Tables, row: int, kept: Kept, at: int) -> Kept:
    """Take registration *at* out."""
    head = kept.head
    if is_inline(kept) or kept.length - at <= at:
        for moved in range(at + 1, kept.length):
            move(tables, kept, moved, moved - 1)
    else:
        for moved in range(at, 0, -1):
            move(tables, kept, moved - 1, moved)
        head = (head + 1) & kept.mask
    return stands(tables, row, kept, head, kept.length - 1)


@part
def fit_base(tables: Tables, row: int, kept: Kept, time: int) -> None:
    """Let the row's times count from elsewhere when *time* would not fit."""
    base = base_of(tables, row)
    if 0 <= time - base < OFFSET_END:
        return
    tables.memory[row * ROW_WORDS + BASE] += max(time - OFFSET_FRESH, 0) - base
    for at in range(kept.length):
        write(tables, row, kept, at, seen(tables, base, kept, at))


@part
def make_room(tables: Tables, row: int, kept: Kept) -> bool:
    """See to it that one more fits; False at the bound of an MSID or of all rings."""
    if kept.length >= tables.state[KEPT_LIMIT]:
        return False
    places = INLINE_MAX if is_inline(kept) else kept.mask + 1
    return kept.length < places or spill(tables, row)


@part
def spill(tables: Tables, row: int) -> bool:
    """Move the registrations of a row to a ring, or to one twice as large."""
    word, kept = row * ROW_WORDS, kept_of(tables, row)
    inline = is_inline(kept)
    order = 0 if inline else tables.memory[word + ORDER] + 1
    start = rings.NO_RING
    if order <= tables.state[RING_ORDER_LIMIT]:
        start = rings.reserve(tables, order)
    if start == rings.NO_RING:
        return False
    copy(tables, kept, start)
    if not inline:
        rings.free(tables, kept.start, order - 1)
    tables.memory[word + KEY] = (tables.memory[word + KEY] & KEY_MASK) | SPILLED << KIND_SHIFT
    tables.memory[word + RING] = start
    tables.memory[word + HEAD] = 0
    tables.memory[word + COUNT] = kept.length
    tables.memory[word + ORDER] = order
    return True


@part
def bring_back(tables: Tables, row: int) -> None:
    """Move few registrations from their ring into the row."""
    word, kept = row * ROW_WORDS, kept_of(tables, row)
    order = tables.memory[word + ORDER]
    copy(tables, kept, word + ENTRIES)
    rings.free(tables, kept.start, order)
    tables.memory[word + KEY] = (tables.memory[word + KEY] & KEY_MASK) | kept.length << KIND_SHIFT


@part
def copy(tables: Tables, kept: Kept, start: int) -> None:
    """Write the registrations, oldest first, from word *start* on."""
    for at in range(kept.length):
        word = start + ENTRY_WORDS * at
        tables.memory[word + MOMENT] = tables.memory[word_of(kept, at) + MOMENT]
        tables.memory[word + ORIGIN] = tables.memory[word_of(kept, at) + ORIGIN]
