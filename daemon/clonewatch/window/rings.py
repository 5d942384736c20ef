"""Memory for the rings: a buddy system, so that what small rings gave back serves large ones.

Rings have 8, 16, 32 ... places. All of them are cut from blocks of the largest size; a ring that
is freed merges with its other half when that is free too. Free rings of one size are linked, each
holding the next and the one before in its first words. Rings are counted here in blocks of the
smallest size.
"""

from __future__ import annotations

from typing import Final

from clonewatch.jit import int64
from is41.kernel import helper, part

from .layout import (
    RING_BLOCKS_END,
    RING_BLOCKS_LIMIT,
    RING_ORDER_LIMIT,
    RING_WORDS_MIN,
    RINGS_START,
    Tables,
)

NO_RING: Final = -1
NEXT: Final = 0  # words of a free ring
BEFORE: Final = 1


@part
def word_of(tables: Tables, block: int) -> int:
    """First word of a block."""
    return int64(tables.state[RINGS_START]) + block * RING_WORDS_MIN


@part
def link(tables: Tables, block: int, order: int) -> None:
    """Add a ring to the free ones of its order."""
    following = tables.rings_free[order]
    tables.memory[word_of(tables, block) + NEXT] = following
    tables.memory[word_of(tables, block) + BEFORE] = NO_RING
    if following != NO_RING:
        tables.memory[word_of(tables, following) + BEFORE] = block
    tables.rings_free[order] = block
    tables.rings_free_order[block] = 1 + order


@part
def unlink(tables: Tables, block: int, order: int) -> None:
    """Take a ring out of the free ones of its order."""
    following = tables.memory[word_of(tables, block) + NEXT]
    before = tables.memory[word_of(tables, block) + BEFORE]
    if following != NO_RING:
        tables.memory[word_of(tables, following) + BEFORE] = before
    if before != NO_RING:
        tables.memory[word_of(tables, before) + NEXT] = following
    else:
        tables.rings_free[order] = following
    tables.rings_free_order[block] = 0


@helper
def reserve(tables: Tables, order: int) -> int:
    """First word of a ring of RING_PLACES_MIN << order places; NO_RING when there is no memory."""
    found = order
    while found < tables.state[RING_ORDER_LIMIT] and tables.rings_free[found] == NO_RING:
        found += 1
    block = tables.rings_free[found]
    if block != NO_RING:
        unlink(tables, block, found)
    else:
        block = tables.state[RING_BLOCKS_END]
        if block + (1 << found) > tables.state[RING_BLOCKS_LIMIT]:
            return NO_RING
        tables.state[RING_BLOCKS_END] = block + (1 << found)
    while found > order:
        found -= 1
        link(tables, block + (1 << found), found)
    return word_of(tables, block)


@helper
def free(tables: Tables, word: int, order: int) -> None:
    """Give a ring back."""
    block = (word - tables.state[RINGS_START]) // RING_WORDS_MIN
    while order < tables.state[RING_ORDER_LIMIT]:
        other_half = block ^ (1 << order)
        if tables.rings_free_order[other_half] != 1 + order:
            break
        unlink(tables, other_half, order)
        block = min(block, other_half)
        order += 1
    link(tables, block, order)
