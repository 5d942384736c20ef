"""What waits to be written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.messages import Message
from clonewatch.recordfile.blocks import BLOCK_ROWS_MAX, contents_of
from clonewatch.recordfile.messageblocks import messages_in
from clonewatch.recordfile.pending import WRITE_WITHIN_S, NumberedBlock, Pending
from clonewatch.registrations import Batch
from is41.layers import Layer
from recordfiles import (
    AT_10,
    HALF_HOUR,
    LATER,
    message_for,
    registrations,
    same,
    whole,
    with_messages,
)


def drained(pending: Pending) -> list[NumberedBlock]:
    blocks = []
    while (unpacked := pending.next_block()) is not None:
        blocks.append(unpacked.packed())
        pending.remove(blocks[-1].rows)
    return blocks


def test_a_registration_waits_50_ms_for_others() -> None:
    pending = Pending(0)
    assert pending.due_at() is None
    pending.append(registrations(3), AT_10, 100.0)
    pending.append(registrations(3), AT_10, 100.04)
    assert pending.due_at() == 100.0 + WRITE_WITHIN_S == pytest.approx(100.04)
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
    assert pending.due_at() == pytest.approx(100.04)
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


def test_what_is_being_packed_stays_and_others_come_behind_it() -> None:
    pending = Pending(0)
    pending.append(registrations(3), AT_10, 0.0)
    unpacked = pending.next_block()
    assert unpacked is not None
    pending.append(registrations(2), AT_10, 1.0)
    assert pending.rows == 5
    assert unpacked.packed().rows == 3
    pending.remove(3)
    assert pending.since == 1.0
    assert [(block.first, block.rows) for block in drained(pending)] == [(3, 2)]


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


@given(st.lists(st.tuples(st.integers(1, 3 * BLOCK_ROWS_MAX), st.booleans()), max_size=4))
def test_messages_stand_in_the_block_of_their_rows(parts: list[tuple[int, bool]]) -> None:
    pending = Pending(17)
    batches = [
        with_messages(part) if told else part
        for seed, (length, told) in enumerate(parts)
        for part in [registrations(length, seed)]
    ]
    for batch in batches:
        pending.append(batch, AT_10, 0.0)
    for block in drained(pending):
        found = messages_in(memoryview(block.messages)).blocks
        assert len(found) == bool(block.messages)
        for each in found:
            assert (each.first, each.next) == (block.first, block.next)
        for sequence in (block.first, block.next - 1):
            message = found[0].message(sequence) if found else None
            esn, told = at_sequence(batches, sequence - 17)
            assert message == (Message(Layer.MTP3, message_for(esn)) if told else None)
    assert pending.octets == 0


def at_sequence(batches: list[Batch], row: int) -> tuple[int, bool]:
    """The ESN of a registration, and whether it has a message."""
    for batch in batches:
        if row < len(batch):
            return int(batch.esn[row]), batch.messages is not None
        row -= len(batch)
    raise IndexError


def test_messages_take_room() -> None:
    pending = Pending(0, octets_max=1000)
    batch = with_messages(registrations(60))
    pending.append(batch[:1], AT_10, 0.0)
    assert pending.octets > 1000  # a slice keeps all
    assert not pending.has_room(1)
    drained(pending)
    assert pending.has_room(1)
    pending.append(batch, AT_10, 0.0)
    pending.drop()
    assert (pending.octets, pending.has_room(1)) == (0, True)
