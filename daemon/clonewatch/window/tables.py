"""The window's tables, empty: how large each is, and what stands in it at first."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from math import ceil, log2, sqrt
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.registrations import MSC_UNKNOWN, SOURCES_MAX

from . import layout
from .clearing import Front
from .index import FILL_LEAST, FILL_UNIT, SLOT_SHIFT, level_end
from .layout import NEVER, Tables
from .memory import reserve
from .rings import NO_RING

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEEDS: Final = 3  # of the hash
SEED_OCTETS: Final = 16  # what they are made of
FINDINGS_MAX: Final = 4096  # of one call of the kernel
KEPT_MAX: Final = layout.RING_PLACES_MIN << layout.RING_ORDERS - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of the window's memory."""

    subscribers_max: int
    registrations_per_msid_max: int
    overflow_octets_max: int  # of all rings
    segments: int  # of the index
    segment_slots: int  # of a segment, at first

    def __post_init__(self) -> None:
        """Raise ValueError for what the layout cannot hold."""
        if not 1 <= self.subscribers_max <= layout.ROWS_MAX:
            raise ValueError(f"subscribers_max is 1 to {layout.ROWS_MAX}")
        if not 1 <= self.registrations_per_msid_max <= KEPT_MAX:
            raise ValueError(f"registrations_per_msid_max is 1 to {KEPT_MAX}")
        for number in (self.segments, self.segment_slots):
            if number.bit_count() != 1 or number >> SLOT_SHIFT:
                raise ValueError("segments and their slots are powers of two below 2^20")

    @property
    def ring_order_max(self) -> int:
        """Order of the ring that holds all registrations of one MSID."""
        rings = -(-self.registrations_per_msid_max // layout.RING_PLACES_MIN)
        return (rings - 1).bit_length()

    @property
    def ring_blocks_max(self) -> int:
        """Blocks of the smallest ring, in whole rings of the largest size."""
        largest_octets = layout.RING_OCTETS_MIN << self.ring_order_max
        return self.overflow_octets_max // largest_octets << self.ring_order_max

    @property
    def slots_log2_max(self) -> int:
        """What a segment grows to: all subscribers, eight deviations from even, at its fill."""
        rows = self.subscribers_max / self.segments
        slots = (rows + 8 * sqrt(rows) + 8) * FILL_UNIT / FILL_LEAST
        return max(ceil(log2(slots)), self.segment_slots.bit_length() - 1)


def empty_tables(
    travel_ms: NDArray[np.int32],
    mscid_of: NDArray[np.uint32],
    *,
    limits: Limits,
    window_ms: int,
    lateness_ms: int,
    seed: int | None,
) -> Tables:
    """Tables of a window that has taken nothing. The large ones take no memory yet."""
    slots = limits.segments << limits.slots_log2_max
    row_words = (limits.subscribers_max + 1) * layout.ROW_WORDS
    words = row_words + limits.ring_blocks_max * layout.RING_WORDS_MIN
    tables = Tables(
        memory=reserve(words, np.int64, huge_octets=words * 8),
        slots=reserve(slots, np.uint32, huge_octets=slots * 4),
        slots_log2=np.full(limits.segments, limits.segment_slots.bit_length() - 1, np.uint8),
        slots_used=np.zeros((limits.segments, 2), np.int64),
        slots_moving=reserve(1 << limits.slots_log2_max, np.uint32),
        seeds=secret_seeds(seed),
        rings_free=np.full(layout.RING_ORDERS, NO_RING, np.int64),
        rings_free_order=reserve(limits.ring_blocks_max, np.uint8),
        state=np.zeros(layout.STATE_SIZE, np.int64),
        counts=np.zeros(layout.COUNTS_SIZE, np.int64),
        sources=np.zeros((SOURCES_MAX, 3), np.int64),
        travel_ms=travel_table(travel_ms, mscid_of),
        mscid_of=np.array(mscid_of, np.uint32),
        hashes=np.empty(layout.BLOCK, np.int64),
        rows_ahead=np.empty(layout.BLOCK, np.int64),
        found=np.empty((FINDINGS_MAX, layout.FOUND_WORDS), np.int64),
    )
    tables.memory[layout.KEY] = layout.NOBODY  # row 0
    tables.sources[:, layout.SOURCE_NEWEST] = NEVER
    tables.sources[:, layout.SOURCE_LATENESS] = lateness_ms
    for word, value in (
        (layout.NEWEST, NEVER),
        (layout.HORIZON, NEVER),
        (layout.WINDOW, window_ms),
        (layout.REACH, max(window_ms, layout.COPY_SPAN_MS)),
        (layout.ROWS_END, 1),
        (layout.ROWS_LIMIT, limits.subscribers_max + 1),
        (layout.SLOTS_LOG2_LIMIT, limits.slots_log2_max),
        (layout.RINGS_START, row_words),
        (layout.RING_BLOCKS_LIMIT, limits.ring_blocks_max),
        (layout.RING_ORDER_LIMIT, limits.ring_order_max),
        (layout.KEPT_LIMIT, limits.registrations_per_msid_max),
        (layout.SWEEP_ROW, 1),
        (layout.SWEEP_NEWEST, NEVER),
    ):
        tables.state[word] = value
    return tables


def octets_kept(tables: Tables) -> tuple[int, int]:
    """Octets of rows that have been in use, and of rings."""
    return (
        int(tables.state[layout.ROWS_END]) * layout.ROW_OCTETS,
        int(tables.state[layout.RING_BLOCKS_END]) * layout.RING_OCTETS_MIN,
    )


def fronts(tables: Tables) -> tuple[Front, Front, Front]:
    """Where rows, rings and the index grow."""
    rows_end = tables.state[layout.RINGS_START]
    return (
        Front(tables.memory[:rows_end], lambda: octets_kept(tables)[0]),
        Front(tables.memory[rows_end:], lambda: octets_kept(tables)[1]),
        Front(
            tables.slots,
            lambda: level_end(1 << tables.slots_log2.astype(np.int64)) * tables.slots.itemsize,
        ),
    )


def secret_seeds(seed: int | None) -> NDArray[np.uint64]:
    """Three numbers for the hash, odd; no peer can know them unless *seed* is given."""
    entropy = os.urandom(SEED_OCTETS) if seed is None else seed.to_bytes(SEED_OCTETS)
    octets = hashlib.sha256(entropy).digest()[: SEEDS * 8]
    return np.frombuffer(octets, np.uint64) | np.uint64(1)


def travel_table(travel_ms: NDArray[np.int32], mscid_of: NDArray[np.uint32]) -> NDArray[np.int32]:
    """Return a copy of the travel times that the kernel may index blindly. Raises ValueError."""
    mscs = len(mscid_of)
    if travel_ms.shape != (mscs, mscs) or mscs > MSC_UNKNOWN:
        raise ValueError(f"travel times of shape {travel_ms.shape} for {mscs} MSCs")
    return np.array(travel_ms, np.int32, order="C")
