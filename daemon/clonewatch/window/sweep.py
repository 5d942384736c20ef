"""The horizon moves, and what leaves the window leaves memory.

A row whose newest registration is a window older than the horizon can meet nothing any more. Rows
are looked through in the order of memory, a slice with each block, so that each comes round in a
twelfth of a window; no slice is long, however far the clock jumped.
"""

from __future__ import annotations

from typing import Final

from clonewatch.jit import int64, prefetch
from is41.kernel import helper, part

from . import index, rows
from .layout import (
    AWAITED,
    DELIVERING,
    HORIZON,
    INLINE_MAX,
    KEY,
    KEY_MASK,
    NEVER,
    NEWEST,
    REACH,
    ROW_WORDS,
    ROWS_END,
    SOURCE_LATENESS,
    SOURCE_NEWEST,
    SOURCE_STANDING,
    SWEEP_NEWEST,
    SWEEP_OWED,
    SWEEP_ROW,
    WINDOW,
    Tables,
)

CYCLES_EACH_WINDOW: Final = 12
# Rows of one slice, about 1 ms; one that leaves costs as much as eight that stay.
SLICE_ROWS: Final = 131_072
LEAVING_ROWS: Final = 8
ROWS_AHEAD: Final = 16  # memory is asked for that many rows before it is read


@part
def advance(tables: Tables) -> None:
    """Move the horizon up to what has been taken, and sweep as far as time has gone on."""
    state = tables.state
    state[HORIZON] = max(state[HORIZON], horizon_of(tables))
    if state[SWEEP_NEWEST] == NEVER:
        state[SWEEP_NEWEST] = state[NEWEST]
    rows_end, cycle_ms = state[ROWS_END], state[REACH] // CYCLES_EACH_WINDOW
    gone_ms = min(state[NEWEST] - state[SWEEP_NEWEST], cycle_ms)
    state[SWEEP_NEWEST] = state[NEWEST]
    state[SWEEP_OWED] = min(state[SWEEP_OWED] + gone_ms * rows_end, cycle_ms * rows_end)
    owed_rows = state[SWEEP_OWED] // cycle_ms
    if owed_rows > 0:
        state[SWEEP_OWED] -= sweep(tables, owed_rows) * cycle_ms


@part
def horizon_of(tables: Tables) -> int:
    """The oldest time that is not late at any source, ms; NEVER while there are none."""
    newest = int64(tables.state[NEWEST])
    horizon, held = newest, False
    for source in range(len(tables.sources)):
        standing = tables.sources[source, SOURCE_STANDING]
        lateness = tables.sources[source, SOURCE_LATENESS]
        if standing == DELIVERING:
            horizon, held = min(horizon, tables.sources[source, SOURCE_NEWEST] - lateness), True
        elif standing == AWAITED:
            horizon, held = min(horizon, newest - lateness), True
    if not held or newest == NEVER:
        return NEVER  # between two captures: the next may begin before the last ended
    return max(horizon, newest - int64(tables.state[WINDOW]))


@part
def fetch_ahead(tables: Tables, row: int) -> None:
    """Ask for the memory that the sweep will need at a row: its ring, or its index slot."""
    if rows.is_spilled(tables, row):
        rows.fetch_ring(tables, row)
    elif has_left(tables, row):
        prefetch(tables.slots, index.first_slot(tables, hash_of_row(tables, row)))


@helper
def sweep(tables: Tables, owed_rows: int) -> int:
    """Look through rows, and let go of what has left the window; return how many rows."""
    state = tables.state
    swept, work = 0, SLICE_ROWS
    while swept < owed_rows and work > 0:
        if state[SWEEP_ROW] >= state[ROWS_END]:
            state[SWEEP_ROW] = 1
        row = state[SWEEP_ROW]
        state[SWEEP_ROW] += 1
        swept += 1
        work -= 1
        fetch_ahead(tables, min(row + ROWS_AHEAD, state[ROWS_END] - 1))
        if has_left(tables, row):
            index.take_out(tables, hash_of_row(tables, row), row)
            rows.free_row(tables, row)
            work -= LEAVING_ROWS
        elif rows.is_spilled(tables, row):
            kept = rows.forget(tables, row, rows.kept_of(tables, row))
            if kept.length <= INLINE_MAX:
                rows.bring_back(tables, row)
    return swept


@part
def has_left(tables: Tables, row: int) -> bool:
    """Whether a row holds registrations, and all are a window older than the horizon."""
    kept = rows.kept_of(tables, row)
    if kept.length == 0:
        return False
    newest = rows.time_of(tables, rows.base_of(tables, row), kept, kept.length - 1)
    return bool(newest < tables.state[HORIZON] - tables.state[REACH])


@part
def hash_of_row(tables: Tables, row: int) -> int:
    """Hash of a row's MSID."""
    return index.hash_of(tables.seeds, tables.memory[row * ROW_WORDS + KEY] & KEY_MASK)
