"""What waits to be written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.recordfile.blocks import BLOCK_ROWS_MAX, contents_of
from clonewatch.recordfile.pending import WRITE_WITHIN_S, NumberedBlock, Pending
from clonewatch.registrations import Batch
from recordfiles import AT_10, HALF_HOUR, LATER, registrations, same, whole


def drained(pending: Pending) -> list[NumberedBlock]:
    return list(iter(pending.take, None))


def test_a_registration_waits_50_ms_for_others() -> None:
    pending = Pending(0)
    assert pending.due_at() is None
    pending.append(registrations(3), AT_10, 100.0)
    pending.append(registrations(3), AT_10, 100.04)
    assert pending.due_at() == 100.0 + WRITE_WITHIN_S == pytest.approx(100.05)
    (block,) = drained(pending)
    assert (block.rows, block.first, block.next) == (6, 0, 6)
    assert pending.due_at() is None


@given(st.lists(st.integers(0, 3 * BLOCK_ROWS_MAX // 2), max_size=6))
def test_only_what_changes_when_rows_are_due_is_said_to(counts: list[int]) -> None:
    pending = Pending(0)
    for now, count in enumerate(counts):
        before, may_change = pending.due_at(), pending.changes_due(count)
        pending.append(Batch.empty(count), AT_10, float(now))
        assert may_change or pending.due_at() == before


def test_4096_rows_wait_for_nobody() -> None:
    pending = Pending(0)
    pending.append(registrations(4095), AT_10, 100.0)
    assert pending.due_at() == pytest.approx(100.05)
    pending.append(registrations(1), AT_10, 100.01)
    assert pending.due_at() == 100.0


@given(st.lists(st.integers(0, 3 * BLOCK_ROWS_MAX), max_size=5))
def test_blocks_hold_what_was_appended_in_order_of_arrival(lengths: list[int]) -> None:
    pending = Pending(17)
    batches = [registrations(length, seed) for seed, length in enumerate(lengths)]
    firsts = [pending.append(batch, AT_10, 0.0) for batch in batches]
    assert firsts == [17 + sum(lengths[:at]) for at in range(len(lengths))]
    taken = drained(pending)
    assert all(block.rows == BLOCK_ROWS_MAX for block in taken[:-1])
    contents = contents_of(memoryview(b"".join(block.octets for block in taken)))
    sequence, batch = whole([contents.rows()])
    assert sequence.tolist() == list(range(17, 17 + sum(lengths)))
    assert same(batch, batch.joined(batches))
    assert pending.rows == 0


def test_no_block_spans_half_hours() -> None:
    pending = Pending(0)
    pending.append(registrations(3), LATER - 1, 0.0)
    pending.append(registrations(3), LATER, 0.0)
    pending.append(registrations(3), LATER + HALF_HOUR - 1, 0.0)
    assert [(block.start_ms, block.rows) for block in drained(pending)] == [(AT_10, 3), (LATER, 6)]


def test_what_is_lost_leaves_a_hole() -> None:
    pending = Pending(0, rows_max=5)
    assert pending.has_room(100)  # when empty, for no batch may be refused for ever
    pending.append(registrations(3), AT_10, 0.0)
    assert not pending.has_room(3)
    assert pending.lose(3) == 3
    pending.append(registrations(2), AT_10, 0.0)
    assert [(block.first, block.rows) for block in drained(pending)] == [(0, 3), (6, 2)]
    assert (pending.rows_lost, pending.next_sequence) == (3, 8)
