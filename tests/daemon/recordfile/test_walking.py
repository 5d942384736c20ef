"""Blocks found among whatever else there is."""

import zlib
from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.recordfile.walking import CRC, STEP, closed, is_whole, next_magic, walked

MAGIC = b"BLCK"


@dataclass
class Found:
    start: int
    end: int


def block_at(octets: memoryview, at: int) -> Found | None:
    """Ten octets that begin with the magic and end with a full stop."""
    block = bytes(octets[at : at + 10])
    if len(block) < 10 or not block.startswith(MAGIC) or not block.endswith(b"."):
        return None
    return Found(at, at + 10)


NOISE = st.binary(max_size=20).map(lambda octets: octets.replace(b"B", b"b"))


@given(st.lists(NOISE, min_size=1, max_size=6), NOISE)
def test_all_blocks_are_found_and_what_lies_between_is_counted(
    noises: list[bytes], torn: bytes
) -> None:
    octets = b"".join(noise + MAGIC + b"12345." for noise in noises) + torn
    found = walked(memoryview(octets), MAGIC, block_at)
    assert len(found.blocks) == len(noises)
    assert found.damaged_octets == sum(map(len, noises))
    assert found.torn_octets == len(torn)


def test_a_damaged_block_costs_no_other() -> None:
    octets = MAGIC + b"12345." + MAGIC + b"12345!" + MAGIC + b"12345."
    found = walked(memoryview(octets), MAGIC, block_at)
    assert [block.start for block in found.blocks] == [0, 20]
    assert (found.damaged_octets, found.torn_octets) == (10, 0)


def test_nothing_is_torn_altogether() -> None:
    found = walked(memoryview(b"nothing"), MAGIC, block_at)
    assert (found.blocks, found.damaged_octets, found.torn_octets) == ((), 0, 7)


def test_a_magic_is_found_where_two_windows_meet() -> None:
    octets = bytes(STEP - 2) + MAGIC
    assert next_magic(memoryview(octets), MAGIC, 0) == STEP - 2
    assert next_magic(memoryview(octets), MAGIC, STEP - 1) == len(octets)


@given(st.binary(max_size=40), st.binary(max_size=8), st.data())
def test_a_block_is_whole_until_any_octet_of_it_changes(
    rest: bytes, before: bytes, data: st.DataObject
) -> None:
    block = closed(np.frombuffer(MAGIC + rest + bytes(CRC.size), np.uint8).copy())
    assert block == MAGIC + rest + CRC.pack(zlib.crc32(MAGIC + rest))
    octets = bytearray(before + block + b"behind")
    begin, end = len(before), len(before) + len(block)
    assert is_whole(memoryview(octets), begin, end)
    octets[data.draw(st.integers(begin, end - 1))] ^= data.draw(st.integers(1, 255))
    assert not is_whole(memoryview(octets), begin, end)
