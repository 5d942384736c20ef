"""Where the blocks of a file that grows lie, by their sequences: headers alone are looked at.

Whoever looks again, a little later, looks only at what has come since. A block's check sum is for
whoever reads it.
"""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from .walking import next_magic

if TYPE_CHECKING:
    from collections.abc import Callable

_FIRST: Final = struct.Struct("<Q")  # the sequence of the first row, in the header of any block
_FIRST_AT: Final = 8


class BlockIndex:
    """Blocks that begin with *magic*; *end_at* tells where the one at a place ends."""

    def __init__(self, magic: bytes, end_at: Callable[[memoryview, int], int | None]) -> None:
        self.starts = array("q")  # places in the file
        self.firsts = array("q")  # sequences
        self._end = 0
        self._magic = magic
        self._end_at = end_at

    def grow(self, octets: memoryview) -> None:
        """Look at what the file has more than the last time."""
        while self._end < len(octets):
            end = self._end_at(octets, self._end)
            if end is not None:
                self.starts.append(self._end)
                self.firsts.append(_FIRST.unpack_from(octets, self._end + _FIRST_AT)[0])
                self._end = end
                continue
            following = next_magic(octets, self._magic, self._end + 1)
            if following == len(octets):
                return  # the last block is being written, or torn
            self._end = following

    def block_of(self, sequence: int) -> int | None:
        """Where the block lies that would hold a sequence; None if all begin behind it."""
        at = bisect_right(self.firsts, sequence)
        return self.starts[at - 1] if at else None
