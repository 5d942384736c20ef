"""Blocks of an open group: each is one write, and tells by itself whether it is whole.

A block is its magic, how many rows, the sequence of the first, the rows, and CRC32 over all that.
Numbers are little-endian.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from .room import Room
from .rows import ROW, WORDS_A_ROW, joined, pack, unpacked
from .walking import CRC, closed, is_whole, walked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from clonewatch.registrations import Batch

    from .rows import Rows

MAGIC: Final = b"CWR1"  # the digit counts the forms of a row
BLOCK_ROWS_MAX: Final = 4096
HEADER: Final = struct.Struct("<4sIQ")  # magic, count of rows, sequence of the first
NOT_ROWS_OCTETS: Final = HEADER.size + CRC.size


def block_of(parts: Sequence[tuple[Batch, int]], first: int) -> bytes:
    """The block of *parts*, registrations and when they were received; at most BLOCK_ROWS_MAX."""
    count = sum(len(batch) for batch, _ in parts)
    assert 0 < count <= BLOCK_ROWS_MAX
    octets = np.empty(NOT_ROWS_OCTETS + count * ROW.itemsize, np.uint8)
    HEADER.pack_into(octets.data, 0, MAGIC, count, first)
    rows = octets[HEADER.size : -CRC.size].view(ROW)
    at = 0
    for batch, received_ms in parts:
        pack(batch, received_ms, rows[at : at + len(batch)])
        at += len(batch)
    return closed(octets)


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

    def __len__(self) -> int:
        """Give the count of rows."""
        return sum(len(block.rows) for block in self.blocks)

    def packed(self, room: Room) -> NDArray[np.void]:
        """All rows, in order of arrival, in *room*."""
        return joined([b.rows for b in self.blocks], room.words("rows", len(self) * WORDS_A_ROW))

    def sequences(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The sequences of *rows*, told by their places in order of arrival."""
        begins = np.cumsum([0, *(len(block.rows) for block in self.blocks)])
        before = np.array([block.first for block in self.blocks], np.int64) - begins[:-1]
        its_block: NDArray[np.intp] | slice = slice(1)  # where none is missing, any will do
        if (before != before[:1]).any():
            its_block = np.searchsorted(begins, rows, side="right") - 1
        sequences: NDArray[np.int64] = rows + before[its_block]
        return sequences

    def rows(self) -> Rows:
        """All rows, in order of arrival, in columns."""
        return unpacked(self.packed(Room()), self.sequences(np.arange(len(self))))


def contents_of(octets: memoryview) -> Contents:
    """Look through an open group. Whatever befell one block costs no other."""
    found = walked(octets, MAGIC, block_at)
    return Contents(found.blocks, found.damaged_octets, found.torn_octets)


def end_at(octets: memoryview, at: int) -> int | None:
    """Where the block that begins at *at* ends, by its header; None if none can begin there."""
    if len(octets) - at < NOT_ROWS_OCTETS:
        return None
    magic, count, _ = HEADER.unpack_from(octets, at)
    end = at + NOT_ROWS_OCTETS + int(count) * ROW.itemsize
    if magic != MAGIC or not 0 < count <= BLOCK_ROWS_MAX or end > len(octets):
        return None
    return end


def block_at(octets: memoryview, at: int) -> Block | None:
    """The block that begins at *at*, if it is whole."""
    end = end_at(octets, at)
    if end is None or not is_whole(octets, at, end):
        return None
    _, count, first = HEADER.unpack_from(octets, at)
    return Block(at, end, first, np.frombuffer(octets, ROW, count, at + HEADER.size))
