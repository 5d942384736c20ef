"""Blocks of messages."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.messages import Message
from clonewatch.recordfile.messageblocks import (
    WORD_OCTETS,
    end_at,
    message_block_at,
    message_block_of,
    messages_in,
)
from is41.layers import Layer
from recordfiles import message_blocks, messages_of, registrations, with_messages

PARTS = st.lists(
    st.one_of(
        st.integers(1, 5),  # so many rows without messages
        st.lists(st.binary(max_size=40), min_size=1, max_size=5),
    ),
    min_size=1,
    max_size=5,
)


@given(PARTS, st.sampled_from(Layer), st.integers(0, 1 << 40))
def test_messages_come_back_by_sequence(
    parts: list[int | list[bytes]], layer: Layer, first: int
) -> None:
    block = message_block_of(
        [
            (each, None) if isinstance(each, int) else (len(each), messages_of(each, layer))
            for each in parts
        ],
        first,
    )
    expected = [
        octets for each in parts for octets in ([b""] * each if isinstance(each, int) else each)
    ]
    if all(isinstance(each, int) for each in parts):
        assert block == b""
        return
    assert len(block) % WORD_OCTETS == 0
    (found,) = messages_in(memoryview(block)).blocks
    assert (found.start, found.end, found.first) == (0, len(block), first)
    assert found.next == first + len(expected)
    for at, octets in enumerate(expected):
        assert found.message(first + at) == (Message(layer, octets) if octets else None)
    assert found.message(first - 1) is found.message(found.next) is None


def test_rows_chosen_out_of_others_keep_their_own() -> None:
    messages = messages_of([b"one", b"two", b"three", b"four"])[
        np.array([False, True, False, True])
    ]
    block = message_block_at(memoryview(message_block_of([(2, messages)], 7)), 0)
    assert block is not None
    assert [block.message(sequence) for sequence in (7, 8)] == [
        Message(Layer.MTP3, b"two"),
        Message(Layer.MTP3, b"four"),
    ]


BLOCKS = message_blocks(with_messages(registrations(30)), rows=10)


@given(st.integers(0, len(BLOCKS[1]) - 1), st.integers(1, 255))
def test_any_damage_costs_its_own_block_alone(at: int, change: int) -> None:
    damaged = bytearray(BLOCKS[1])
    damaged[at] ^= change
    found = messages_in(memoryview(BLOCKS[0] + damaged + BLOCKS[2]))
    assert [block.first for block in found.blocks] == [0, 20]
    assert (found.damaged_octets, found.torn_octets) == (len(damaged), 0)


@given(st.integers(0, len(BLOCKS[1]) - 1))
def test_a_write_that_did_not_come_to_its_end_is_torn(length: int) -> None:
    found = messages_in(memoryview(BLOCKS[0] + BLOCKS[1][:length]))
    assert [block.first for block in found.blocks] == [0]
    assert (found.damaged_octets, found.torn_octets) == (0, length)


@given(st.binary(max_size=200))
def test_any_octets_are_looked_through(octets: bytes) -> None:
    found = messages_in(memoryview(octets + BLOCKS[0]))
    assert found.blocks[-1].first == 0
    assert found.damaged_octets == len(octets)


def test_where_a_block_ends_is_told_by_its_header() -> None:
    octets = memoryview(b"".join(BLOCKS))
    assert end_at(octets, 0) == len(BLOCKS[0])
    assert end_at(octets, 8) is None
    assert end_at(octets[: len(BLOCKS[0]) - 1], 0) is None
    assert end_at(octets[:20], 0) is None
