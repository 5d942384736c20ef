"""Where blocks lie, by sequence."""

from hypothesis import given
from hypothesis import strategies as st

from clonewatch.recordfile import blocks as of_rows
from clonewatch.recordfile import messageblocks as of_messages
from clonewatch.recordfile.blockindex import BlockIndex
from recordfiles import blocks, message_blocks, registrations, with_messages

BATCH = with_messages(registrations(100))
ROWS, MESSAGES = blocks(BATCH, 50, rows=10), message_blocks(BATCH, 50, rows=10)


def index() -> BlockIndex:
    return BlockIndex(of_rows.MAGIC, of_rows.end_at)


@given(st.lists(st.integers(0, sum(map(len, ROWS))), max_size=6))
def test_however_a_file_grows_all_blocks_are_found(ends: list[int]) -> None:
    octets = memoryview(b"".join(ROWS))
    it = index()
    for end in [*sorted(ends), len(octets)]:
        it.grow(octets[:end])
    assert it.firsts.tolist() == list(range(50, 150, 10))
    assert [it.block_of(sequence) for sequence in (49, 50, 59, 60, 149)] == [
        None,
        0,
        0,
        len(ROWS[0]),
        len(octets) - len(ROWS[-1]),
    ]


def test_blocks_of_messages_are_found_alike() -> None:
    octets = memoryview(b"".join(MESSAGES))
    it = BlockIndex(of_messages.MAGIC, of_messages.end_at)
    it.grow(octets)
    at = it.block_of(75)
    assert at is not None
    block = of_messages.message_block_at(octets, at)
    assert block is not None
    assert (block.first, block.next) == (70, 80)


def test_what_is_damaged_is_passed_over() -> None:
    it = index()
    it.grow(memoryview(ROWS[0] + b"damaged" + ROWS[2]))
    assert it.firsts.tolist() == [50, 70]
