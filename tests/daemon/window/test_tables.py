"""How large the tables are."""

from __future__ import annotations

import numpy as np
import pytest

from clonewatch.window import layout
from clonewatch.window.tables import Limits, empty_tables, fronts, secret_seeds, travel_table
from fig4 import MSCID_OF, TRAVEL_MS


def limits(**other: int) -> Limits:
    small = {
        "subscribers_max": 1000,
        "registrations_per_msid_max": 100,
        "overflow_octets_max": 1 << 20,
        "segments": 4,
        "segment_slots": 8,
    }
    return Limits(**{**small, **other})


@pytest.mark.parametrize(
    ("kept_max", "order"), [(1, 0), (4, 0), (5, 1), (8, 1), (9, 2), (4096, 10)]
)
def test_the_largest_ring_holds_all_registrations_of_one_msid(kept_max: int, order: int) -> None:
    assert limits(registrations_per_msid_max=kept_max).ring_order_max == order
    assert layout.RING_PLACES_MIN << order >= kept_max


def test_rings_take_no_more_than_they_may() -> None:
    bounded = limits(registrations_per_msid_max=4096, overflow_octets_max=200_000)
    assert bounded.ring_blocks_max * layout.RING_OCTETS_MIN == 3 * 65_536
    assert limits(overflow_octets_max=1).ring_blocks_max == 0


def test_segments_can_grow_to_hold_all_subscribers() -> None:
    assert limits(subscribers_max=120_000_000, segments=4096).slots_log2_max == 16
    assert limits(subscribers_max=1).slots_log2_max >= 3


def test_large_tables_lie_in_the_same_memory_behind_one_another() -> None:
    tables = empty_tables(
        TRAVEL_MS.astype(np.int32),
        MSCID_OF,
        limits=limits(),
        window_ms=1000,
        lateness_ms=10,
        seed=1,
    )
    assert tables.state[layout.RINGS_START] == 1001 * layout.ROW_WORDS
    assert len(tables.memory) == tables.state[layout.RINGS_START] + (1 << 20) // 8
    assert tables.state[layout.REACH] == layout.COPY_SPAN_MS
    assert tables.memory.ctypes.data % 64 == 0


def test_fronts_are_where_rows_rings_and_index_grow() -> None:
    tables = empty_tables(
        TRAVEL_MS.astype(np.int32),
        MSCID_OF,
        limits=limits(),
        window_ms=1000,
        lateness_ms=10,
        seed=1,
    )
    tables.state[layout.ROWS_END] = 11
    tables.state[layout.RING_BLOCKS_END] = 5
    tables.slots_log2[0] = 4
    rows, rings, slots = fronts(tables)
    assert [front.used() for front in (rows, rings, slots)] == [11 * 64, 5 * 64, (4 * 8 + 8) * 4]
    assert rows.array.nbytes == 1001 * 64
    assert rings.array.ctypes.data == rows.array.ctypes.data + rows.array.nbytes
    assert slots.array is tables.slots


def test_seeds_are_odd_and_differ() -> None:
    assert (secret_seeds(None) & np.uint64(1)).all()
    assert (secret_seeds(None) != secret_seeds(None)).any()
    assert (secret_seeds(5) == secret_seeds(5)).all()


def test_travel_times_are_a_square_and_a_copy() -> None:
    travel_ms = TRAVEL_MS.astype(np.int32)
    table = travel_table(travel_ms, MSCID_OF)
    travel_ms[:] = 7
    assert (table == TRAVEL_MS).all()
    with pytest.raises(ValueError, match="shape"):
        travel_table(travel_ms[:, :3], MSCID_OF)
    assert travel_table(np.zeros((0, 0), np.int32), MSCID_OF[:0]).shape == (0, 0)
