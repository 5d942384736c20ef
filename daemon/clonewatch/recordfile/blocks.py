"""Blocks of an open group: each is one write, and tells by itself whether it is whole.

A block is its magic, how many rows, the sequence of the first, the rows, and CRC32 over all that.
Numbers are little-endian.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from .rows import ROW, joined, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .rows import Rows

MAGIC: Final = b"CWR1"  # the digit counts the forms of a row
BLOCK_ROWS_MAX: Final = 4096
HEADER: Final = struct.Struct("<4sIQ")  # magic, count of rows, sequence of the first
CRC: Final = struct.Struct("<Q")  # of 32 bits: rows stay at multiples of 8 octets
NOT_ROWS_OCTETS: Final = HEADER.size + CRC.size


def block_of(rows: NDArray[np.void], first: int) -> bytes:
    """The block of at least one row and at most BLOCK_ROWS_MAX."""
    assert 0 < len(rows) <= BLOCK_ROWS_MAX
    body = HEADER.pack(MAGIC, len(rows), first) + rows.tobytes()
    return body + CRC.pack(zlib.crc32(body))


@dataclass(frozen=True, slots=True)
class Block:
    """A whole block: where it lies in the file, and what it holds."""

    start: int
    end: int
    first: int
    rows: NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Contents:
    """What is whole in an open group, and what is not."""

    blocks: tuple[Block, ...]
    damaged_octets: int  # between whole blocks
    torn_octets: int  # behind the last: a write that did not come to its end

    @property
    def end(self) -> int:
        """Octets up to the end of the last whole block."""
        return self.blocks[-1].end if self.blocks else 0

    @property
    def next_sequence(self) -> int | None:
        """The sequence behind the last row, if there is any."""
        return self.blocks[-1].first + len(self.blocks[-1].rows) if self.blocks else None

    def packed(self) -> tuple[NDArray[np.void], NDArray[np.int64]]:
        """All rows, in order of arrival, and their sequences."""
        numbers = [np.arange(b.first, b.first + len(b.rows)) for b in self.blocks]
        return (
            joined([block.rows for block in self.blocks]),
            np.concatenate([np.empty(0, np.int64), *numbers]),
        )

    def rows(self) -> Rows:
        """All rows, in order of arrival, in columns."""
        return unpacked(*self.packed())


def contents_of(octets: memoryview) -> Contents:
    """Look through an open group. Whatever befell one block costs no other."""
    blocks = tuple(_whole(octets))
    end = blocks[-1].end if blocks else 0
    held = sum(block.end - block.start for block in blocks)
    return Contents(blocks, damaged_octets=end - held, torn_octets=len(octets) - end)


def _whole(octets: memoryview) -> Iterator[Block]:
    at = 0
    while at < len(octets):
        block = _block_at(octets, at)
        if block is not None:
            yield block
            at = block.end
        else:
            at = _next_magic(octets, at + 1)


def _block_at(octets: memoryview, at: int) -> Block | None:
    """The block that begins at *at*, if it is whole."""
    if len(octets) - at < NOT_ROWS_OCTETS:
        return None
    magic, count, first = HEADER.unpack_from(octets, at)
    rows_end = at + HEADER.size + count * ROW.itemsize
    if magic != MAGIC or not 0 < count <= BLOCK_ROWS_MAX or rows_end + CRC.size > len(octets):
        return None
    if CRC.unpack_from(octets, rows_end)[0] != zlib.crc32(octets[at:rows_end]):
        return None
    rows = np.frombuffer(octets, ROW, count, at + HEADER.size)
    return Block(at, rows_end + CRC.size, first, rows)


def _next_magic(octets: memoryview, at: int) -> int:
    """Where a block may begin next. A window at a time: a memoryview cannot be searched."""
    step = 1 << 20
    while at < len(octets):
        found = bytes(octets[at : at + step + len(MAGIC) - 1]).find(MAGIC)
        if found >= 0:
            return at + found
        at += step
    return len(octets)
