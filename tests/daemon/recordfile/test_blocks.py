"""Blocks of an open group."""

from bisect import bisect_right
from itertools import accumulate

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.recordfile.blocks import MAGIC, contents_of
from clonewatch.recordfile.rows import ROW
from recordfiles import blocks, registrations, same

BATCH = registrations(60)
BLOCKS = blocks(BATCH, 1000, rows=7)
OCTETS = b"".join(BLOCKS)
ENDS = list(accumulate(map(len, BLOCKS)))


def test_what_is_written_is_read_again() -> None:
    contents = contents_of(memoryview(OCTETS))
    rows = contents.rows()
    assert same(rows.batch, BATCH)
    assert rows.sequence.tolist() == list(range(1000, 1060))
    assert (contents.damaged_octets, contents.torn_octets) == (0, 0)
    assert (contents.end, contents.next_sequence) == (len(OCTETS), 1060)


def test_an_empty_file_holds_nothing() -> None:
    contents = contents_of(memoryview(b""))
    assert (len(contents.rows()), contents.end, contents.next_sequence) == (0, 0, None)


@given(st.integers(0, len(OCTETS)))
def test_any_cut_leaves_a_prefix(cut: int) -> None:
    contents = contents_of(memoryview(OCTETS[:cut]))
    whole = bisect_right(ENDS, cut)
    rows = contents.rows()
    assert same(rows.batch, BATCH[: 7 * whole])
    assert contents.damaged_octets == 0
    assert contents.torn_octets == cut - contents.end


@given(at=st.integers(0, len(OCTETS) - 1), mask=st.integers(1, 255))
def test_any_flipped_octet_is_found_and_costs_one_block(at: int, mask: int) -> None:
    octets = bytearray(OCTETS)
    octets[at] ^= mask
    contents = contents_of(memoryview(octets))
    hit = bisect_right(ENDS, at)
    rows = contents.rows()
    kept = np.ones(60, bool)
    kept[7 * hit : 7 * hit + 7] = False
    assert same(rows.batch, BATCH[kept])
    assert contents.damaged_octets + contents.torn_octets == len(BLOCKS[hit])
    assert (contents.torn_octets > 0) == (hit == len(BLOCKS) - 1)


@given(st.lists(st.sampled_from([*BLOCKS, MAGIC, MAGIC[:2], bytes(50), b"\xff" * 9]), max_size=9))
def test_whatever_lies_between_blocks_every_whole_one_is_found(parts: list[bytes]) -> None:
    contents = contents_of(memoryview(b"".join(parts)))
    expected = [part for part in parts if len(part) > 60]
    found = [bytes(b"".join(parts)[block.start : block.end]) for block in contents.blocks]
    assert found == expected


@given(st.binary(max_size=200))
def test_any_octets_are_read_without_a_fault(octets: bytes) -> None:
    contents = contents_of(memoryview(octets))
    assert contents.torn_octets == len(octets)


def test_damage_longer_than_one_search_is_passed_over() -> None:
    octets = BLOCKS[0] + bytes((1 << 20) + 5) + BLOCKS[1]
    contents = contents_of(memoryview(octets))
    assert len(contents.blocks) == 2
    assert contents.damaged_octets == (1 << 20) + 5


def test_rows_lie_at_multiples_of_eight_octets() -> None:
    assert all(block.rows.flags.aligned for block in contents_of(memoryview(OCTETS)).blocks)
    assert ROW.itemsize % 8 == 0
