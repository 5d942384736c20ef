"""The kernel: takes a block of registrations and puts each among those of its MSID."""

from __future__ import annotations

from typing import Final

from clonewatch.jit import int64, prefetch
from clonewatch.registrations import Flags
from is41.kernel import helper, kernel, part

from . import index, rows
from .layout import (
    BLOCK,
    CLOCK_SUSPECT,
    COLUMNS_TYPE,
    COPY_SPAN_MS,
    DELIVERING,
    DUPLICATES,
    FOUND,
    FOUND_EACH_MAX,
    GROUP,
    HORIZON,
    INLINE_MAX,
    JUDGING,
    KEY,
    KEY_MASK,
    LATE,
    NEWEST,
    REACH,
    ROW_WORDS,
    SEARCHED_FROM,
    SOURCE_LATENESS,
    SOURCE_NEWEST,
    SOURCE_STANDING,
    STORED,
    TABLES_TYPE,
    TAKEN,
    TIME_END,
    UNKNOWN_MSC,
    WINDOW,
    WINDOW_OVERFLOWED,
    Columns,
    Kept,
    Seen,
    Tables,
)
from .rule import (
    NO_COPY,
    copied_after,
    copied_before,
    judge_put,
    judge_replaced,
    judge_taken_out,
    place_of,
)
from .sweep import advance

FLAG_CLOCK_SUSPECT: Final = int(Flags.CLOCK_SUSPECT)
FLAG_LATE: Final = int(Flags.LATE)

# Memory answers after some 100 ns, and among many subscribers as long goes by before the processor
# knows the address of a page: whatever asks for a line waits for that, unless many ask at once.
# So registrations are asked for in groups: their index slots three groups before they are taken,
# their rows, as the slots are there, two, and the rings of those that have one, one.


@part
def fetch_slots(tables: Tables, start: int, stop: int) -> None:
    """Ask for the index slots of registrations *start* to *stop* of the block."""
    for at in range(start, stop):
        prefetch(tables.slots, index.first_slot(tables, tables.hashes[at]))


@part
def fetch_rows(tables: Tables, start: int, stop: int) -> None:
    """Ask for their rows, and remember them."""
    for at in range(start, stop):
        row = index.candidate(tables, tables.hashes[at])
        tables.rows_ahead[at] = row
        prefetch(tables.memory, max(row, 0) * ROW_WORDS)


@part
def fetch_rings(tables: Tables, start: int, stop: int) -> None:
    """Ask for the rings of those rows that have one."""
    for at in range(start, stop):
        row = max(tables.rows_ahead[at], 0)
        if rows.is_spilled(tables, row):
            rows.fetch_ring(tables, row)


@part
def fetch_ahead(tables: Tables, at: int, count: int) -> None:
    """Ask for the memory that the groups behind the one *at* of the block will need."""
    fetch_slots(tables, max(at + 3 * GROUP, 0), min(at + 4 * GROUP, count))
    fetch_rows(tables, max(at + 2 * GROUP, 0), min(at + 3 * GROUP, count))
    fetch_rings(tables, max(at + GROUP, 0), min(at + 2 * GROUP, count))


@part
def take_one(tables: Tables, columns: Columns, at: int, in_block: int) -> None:
    """Take registration *at* of the batch, the one *in_block* of the block."""
    counts = tables.counts
    counts[TAKEN] += 1
    time, flags = int64(columns.time[at]), int64(columns.flags[at])
    source, msc = int64(columns.source[at]), int64(columns.msc[at])
    if flags & FLAG_CLOCK_SUSPECT or not 0 <= time < TIME_END:
        counts[CLOCK_SUSPECT] += 1
        ahead = time > tables.state[NEWEST] + tables.state[WINDOW] or time < 0
    else:
        move_clocks(tables, source, time)
        ahead = False
    if msc >= len(tables.mscid_of):
        counts[UNKNOWN_MSC] += 1
        return
    if ahead:
        return
    late = is_late(tables, source, time)
    if late:
        counts[LATE] += 1
        flags |= FLAG_LATE
    origin = int64(columns.transaction_id[at]) << 32 | msc << 16 | source << 8 | flags
    x = Seen(time, int64(columns.esn[at]), origin)
    msid, hashed = int64(columns.msid[at]), tables.hashes[in_block]
    row = tables.rows_ahead[in_block]
    slot = -1 - row
    if not index.is_free(tables, slot, at) and (
        row <= 0 or tables.memory[row * ROW_WORDS + KEY] & KEY_MASK != msid
    ):
        row = index.find(tables, hashed, msid)
    if row <= 0:
        begin(tables, hashed, msid, x, slot, at)
    else:
        meet(tables, row, x, late)


@part
def move_clocks(tables: Tables, source: int, time: int) -> None:
    """Let a registration move its source's newest time, and the newest of all."""
    state = tables.state
    tables.sources[source, SOURCE_STANDING] = DELIVERING
    tables.sources[source, SOURCE_NEWEST] = max(tables.sources[source, SOURCE_NEWEST], time)
    if time > state[NEWEST]:
        state[NEWEST] = time
        state[HORIZON] = max(state[HORIZON], time - state[WINDOW])


@part
def is_late(tables: Tables, source: int, time: int) -> bool:
    """Whether a time is behind its source's lateness, or so far back that neighbours are gone."""
    lateness = tables.sources[source, SOURCE_LATENESS]
    horizon = tables.state[HORIZON]
    return bool(time < max(tables.sources[source, SOURCE_NEWEST] - lateness, horizon))


@part
def begin(tables: Tables, hashed: int, msid: int, x: Seen, slot: int, at: int) -> None:
    """Store the first registration of an MSID, *at* of the batch, in *slot* if that is free."""
    if x.time < tables.state[HORIZON] - tables.state[REACH]:
        return
    row = int64(0)
    if index.make_room(tables, hashed):
        row = rows.new_row(tables, msid, x.time)
    if row == 0:
        tables.counts[WINDOW_OVERFLOWED] += 1
        return
    if index.is_free(tables, slot, at):
        index.put_at(tables, slot, hashed, row)
    else:
        index.put(tables, hashed, row)
    rows.insert(tables, row, rows.kept_of(tables, row), 0, x)
    tables.counts[STORED] += 1


@part
def meet(tables: Tables, row: int, x: Seen, late: bool) -> None:  # noqa: FBT001
    """Put *x* among the registrations of its MSID, and report what that changes."""
    kept = rows.forget(tables, row, rows.kept_of(tables, row))
    place = place_of(tables, row, kept, x)
    if copied_before(tables, row, kept, place, x):
        tables.counts[DUPLICATES] += 1
        return
    copy = copied_after(tables, row, kept, place, x)
    if copy == NO_COPY:
        judge_put(tables, row, kept, place, x)
        store(tables, row, kept, place, x)
        return
    tables.counts[DUPLICATES] += 1
    if not late:
        replace(tables, row, kept, copy, x)


@part
def store(tables: Tables, row: int, kept: Kept, place: int, x: Seen) -> None:
    """Keep *x*, unless it is older than all that is kept and others like it are forgotten."""
    horizon = tables.state[HORIZON]
    if place == 0:
        if x.time < horizon - tables.state[REACH]:
            return
        base = rows.base_of(tables, row)
        if kept.length > 0 and rows.time_of(tables, base, kept, 0) < horizon - COPY_SPAN_MS:
            return
    if rows.make_room(tables, row, kept):
        kept = rows.kept_of(tables, row)
    else:
        tables.counts[WINDOW_OVERFLOWED] += 1
        if place == 0:
            return
        kept = rows.drop_oldest(tables, row, kept, 1)
        place -= 1
    rows.fit_base(tables, row, kept, x.time)
    kept = rows.insert(tables, row, kept, place, x)
    tables.counts[STORED] += 1
    if kept.length <= INLINE_MAX and not rows.is_inline(kept):
        rows.bring_back(tables, row)


@helper
def replace(tables: Tables, row: int, kept: Kept, copy: int, x: Seen) -> None:
    """Put *x* in the stead of *copy*, and of another, which came before it but are later."""
    place = place_of(tables, row, kept, x)
    rows.fit_base(tables, row, kept, x.time)
    if copy == place:
        judge_replaced(tables, row, kept, place, x)
        rows.write(tables, row, kept, place, x)
    else:
        judge_taken_out(tables, row, kept, copy)
        kept = rows.remove(tables, row, kept, copy)
        judge_put(tables, row, kept, place, x)
        kept = rows.insert(tables, row, kept, place, x)
    # One may be a copy by its transaction ID, another by its time.
    copy = copied_after(tables, row, kept, place + 1, x)
    if copy != NO_COPY:
        judge_taken_out(tables, row, kept, copy)
        kept = rows.remove(tables, row, kept, copy)
        if kept.length <= INLINE_MAX and not rows.is_inline(kept):
            rows.bring_back(tables, row)


@part
def take_block(tables: Tables, columns: Columns, start: int, stop: int) -> int:
    """Judge registrations *start* to *stop*, at most BLOCK of them; return where it stopped."""
    advance(tables)
    tables.state[SEARCHED_FROM] = start
    for at in range(start, stop):
        tables.hashes[at - start] = index.hash_of(tables.seeds, int64(columns.msid[at]))
    for first in range(start - 3 * GROUP, stop, GROUP):
        fetch_ahead(tables, first - start, stop - start)
        for at in range(max(first, start), min(first + GROUP, stop)):
            if tables.state[FOUND] + FOUND_EACH_MAX > len(tables.found):
                return at
            tables.state[JUDGING] = at
            take_one(tables, columns, at, at - start)
    return stop


@kernel(int, TABLES_TYPE, COLUMNS_TYPE, int)
def take(tables: Tables, columns: Columns, start: int) -> int:
    """Judge the registrations from *start* on; return where it stopped.

    That is short of their end when `found` may not hold what the next one finds.
    """
    tables.state[FOUND] = 0
    at = start
    while at < len(columns.time):
        stop = min(at + BLOCK, len(columns.time))
        at = take_block(tables, columns, at, stop)
        if at < stop:
            break
    return at
