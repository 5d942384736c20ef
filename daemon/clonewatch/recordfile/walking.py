"""Blocks of any kind in a file's octets: whatever befell one costs no other."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from isal.isal_zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

STEP: Final = 1 << 20  # octets searched at once
CRC: Final = struct.Struct("<Q")  # of 32 bits: what follows stays at multiples of 8 octets


class Located(Protocol):
    """A block, and where it lies in the file."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Behind its last octet."""


Block = TypeVar("Block", bound=Located)


@dataclass(frozen=True, slots=True)
class Walked(Generic[Block]):
    """What is whole, and what is not."""

    blocks: tuple[Block, ...]
    damaged_octets: int  # between whole blocks
    torn_octets: int  # behind the last: a write that did not come to its end


def closed(octets: NDArray[np.uint8]) -> bytes:
    """A block that begins with its magic and ends with room for the check sum, which is put in."""
    end = len(octets) - CRC.size
    CRC.pack_into(octets.data, end, crc32(octets.data[:end]))
    return octets.tobytes()


def is_whole(octets: memoryview, at: int, end: int) -> bool:
    """Whether a block from *at* to *end* is as it was closed."""
    its = CRC.unpack_from(octets, end - CRC.size)[0]
    return bool(its == crc32(octets[at : end - CRC.size]))


def walked(
    octets: memoryview, magic: bytes, block_at: Callable[[memoryview, int], Block | None]
) -> Walked[Block]:
    """Find all blocks, which begin with *magic*; *block_at* gives the one at a place, if whole."""
    blocks, at = [], 0
    while at < len(octets):
        block = block_at(octets, at)
        if block is not None:
            blocks.append(block)
            at = block.end
        else:
            at = next_magic(octets, magic, at + 1)
    end = blocks[-1].end if blocks else 0
    held = sum(block.end - block.start for block in blocks)
    return Walked(tuple(blocks), damaged_octets=end - held, torn_octets=len(octets) - end)


def next_magic(octets: memoryview, magic: bytes, at: int) -> int:
    """Where a block may begin next. A window at a time: a memoryview cannot be searched."""
    while at < len(octets):
        found = bytes(octets[at : at + STEP + len(magic) - 1]).find(magic)
        if found >= 0:
            return at + found
        at += STEP
    return len(octets)
