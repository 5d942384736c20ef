"""The index: many small tables that double, and are cleared of the dead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clonewatch.window import index, layout, rows
from clonewatch.window.index import DEAD, DEAD_SLOT, EMPTY, USED
from clonewatch.window.tables import Limits, empty_tables
from fig4 import MSCID_OF, TRAVEL_MS

if TYPE_CHECKING:
    from clonewatch.window.layout import Tables


def tables(seed: int = 1, segments: int = 2, segment_slots: int = 2) -> Tables:
    return empty_tables(
        TRAVEL_MS.astype(np.int32),
        MSCID_OF,
        limits=Limits(
            subscribers_max=300,
            registrations_per_msid_max=8,
            overflow_octets_max=0,
            segments=segments,
            segment_slots=segment_slots,
        ),
        window_ms=1,
        lateness_ms=0,
        seed=seed,
    )


def row_of(of: Tables, msid: int) -> int:
    return int(index.find(of, index.hash_of(of.seeds, msid), msid))


def enter(of: Tables, msid: int) -> int:
    hashed = index.hash_of(of.seeds, msid)
    assert index.make_room(of, hashed)
    row = int(rows.new_row(of, msid, 0))
    index.put(of, hashed, row)
    return row


def leave(of: Tables, msid: int) -> None:
    index.take_out(of, index.hash_of(of.seeds, msid), row_of(of, msid))
    rows.free_row(of, row_of_freed(of, msid))


def row_of_freed(of: Tables, msid: int) -> int:
    """The row that still has the key, though the index has forgotten it."""
    keys = of.memory[: of.state[layout.RINGS_START]][layout.KEY :: layout.ROW_WORDS]
    (row,) = np.flatnonzero((keys & layout.KEY_MASK == msid) & (np.arange(len(keys)) > 0))[:1]
    return int(row)


def audit(of: Tables) -> None:
    """The counts of used and dead slots are true, a segment is never full, the dead are needed."""
    for segment, log2 in enumerate(of.slots_log2):
        slots = of.slots[[index.slot_of(of, segment, number) for number in range(1 << int(log2))]]
        assert of.slots_used[segment, USED] == (slots != EMPTY).sum() < len(slots)
        assert of.slots_used[segment, DEAD] == (slots == DEAD_SLOT).sum()
        assert not ((slots == DEAD_SLOT) & (np.roll(slots, -1) == EMPTY)).any()


@given(st.integers(0, 3), st.integers(1, 4), st.data())
def test_the_newest_level_ends_behind_the_last_slot_in_use(
    segments_log2: int, log2: int, data: st.DataObject
) -> None:
    segments = 1 << segments_log2
    newer = data.draw(st.integers(0, segments))
    of = tables(segments=segments, segment_slots=1 << log2)
    of.slots_log2[:newer] += 1
    ends = [index.slot_of(of, at, (1 << int(own)) - 1) + 1 for at, own in enumerate(of.slots_log2)]
    assert index.level_end(1 << of.slots_log2.astype(np.int64)) == max(ends)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 150)), max_size=300), st.integers(0, 99))
def test_it_finds_what_was_entered_and_nothing_else(
    steps: list[tuple[bool, int]], seed: int
) -> None:
    of = tables(seed=seed)
    held: dict[int, int] = {}
    for enters, msid in steps:
        if msid not in held and enters:
            held[msid] = enter(of, msid)
        elif msid in held and not enters:
            leave(of, msid)
            del held[msid]
        assert row_of(of, msid) == held.get(msid, 0)
    assert {msid: row_of(of, msid) for msid in range(151)} == {0: 0} | {
        msid: held.get(msid, 0) for msid in range(1, 151)
    }
    audit(of)


def test_the_row_to_fetch_is_found_behind_dead_slots() -> None:
    of = tables(segments=1, segment_slots=256)
    for msid in range(1, 181):
        enter(of, msid)
    for msid in range(1, 151):
        leave(of, msid)
    assert of.slots_used[0, DEAD] > 20
    fetched = {msid: index.candidate(of, index.hash_of(of.seeds, msid)) for msid in range(1, 181)}
    assert min(fetched[msid] for msid in range(151, 181)) > 0
    assert {fetched[msid] for msid in range(151, 181)} <= {row_of(of, at) for at in range(151, 181)}
    free = [-1 - at for at in fetched.values() if at < 0]
    assert free
    assert all(of.slots[at] == EMPTY for at in free)


def test_subscribers_that_come_and_go_do_not_make_it_grow() -> None:
    of = tables()
    for msid in range(1, 5001):
        enter(of, msid)
        if msid > 20:
            leave(of, msid - 20)
    audit(of)
    assert of.slots_log2.max() <= 5
    assert [row_of(of, msid) > 0 for msid in (4980, 4981, 5000)] == [False, True, True]


def test_nor_do_they_where_it_is_nearly_full() -> None:
    of = tables(segments=1, segment_slots=256)
    stay = index.fill_limit(0, 1, 8) * 5 // 6
    for msid in range(1, 10_001):
        enter(of, msid)
        if msid > stay:
            leave(of, msid - stay)
    audit(of)
    assert of.slots_log2.tolist() == [8]


def test_nothing_is_left_of_those_who_have_all_gone() -> None:
    of = tables()
    for msid in range(1, 201):
        enter(of, msid)
    for msid in range(1, 201):
        leave(of, msid)
    audit(of)
    assert of.slots_used.tolist() == [[0, 0], [0, 0]]


def test_a_segment_that_may_not_grow_any_more_has_no_room() -> None:
    of = tables()
    of.state[layout.SLOTS_LOG2_LIMIT] = 3
    rooms = []
    for msid in range(1, 100):
        rooms.append(bool(index.make_room(of, index.hash_of(of.seeds, msid))))
        if rooms[-1]:
            enter(of, msid)
    audit(of)
    assert 2 * 6 <= sum(rooms) < 2 * 8
    assert not rooms[-1]


def test_the_key_0_is_not_mistaken_for_nobody() -> None:
    of = tables()
    assert row_of(of, 0) == 0
    for msid in range(60):
        enter(of, msid)
    for msid in range(1, 60):
        leave(of, msid)  # their dead slots read as row 0
    assert row_of(of, 0) == 1
    leave(of, 0)
    assert row_of(of, 0) == 0


def test_a_hash_spreads_minimal_differences_over_segments_and_slots() -> None:
    seeds = tables().seeds
    hashes = np.array([index.hash_of(seeds, msid) for msid in range(4096)])
    assert (hashes >= 0).all()
    for bits in (hashes & 63, hashes >> index.SLOT_SHIFT & 63, hashes >> index.HASH_SHIFT):
        assert np.bincount(bits).max() < 2.5 * len(hashes) / len(np.unique(bits))


@pytest.mark.parametrize("segment", [0, 1, 77, 4095])
def test_segments_double_between_75_and_88_percent(segment: int) -> None:
    assert 0.75 <= index.fill_limit(segment, 4096, 16) / (1 << 16) < 0.88


@pytest.mark.parametrize("log2", range(6))
def test_slots_of_all_segments_lie_together_and_stay_when_these_double(log2: int) -> None:
    of = tables()._replace(slots_log2=np.full(8, log2, np.uint8))
    slots = [index.slot_of(of, segment, at) for segment in range(8) for at in range(1 << log2)]
    assert sorted(slots) == list(range(8 << log2))
