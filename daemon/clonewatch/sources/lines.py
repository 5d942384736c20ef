"""Text whose lines are bounded, whatever a file holds: longer ones are cut as they are read."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LINE_LENGTH_MAX: Final = 1024  # octets: ours, a row has 200
CUT: Final = "\0"  # behind what is left of a longer line
READ_LENGTH: Final = 1 << 16  # octets
_END: Final = re.compile(rb"[\r\n]")
_ENDS: Final = (ord("\r"), ord("\n"))


class Octets(Protocol):
    """What octets are read from: a file, or one that is decompressed."""

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Put octets into *buffer*; how many."""

    def close(self) -> None:
        """Read no more."""


class BoundedLines(io.RawIOBase):
    """The octets of a file, those of each line that are too many left out."""

    def __init__(self, inner: Octets) -> None:
        self._inner = inner
        self._length = 0  # of the line so far
        self._is_cutting = False  # until it ends

    def readable(self) -> bool:
        """Whether this can be read: yes."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Put octets into *buffer*; how many."""
        view = memoryview(buffer).cast("B")
        while count := self._inner.readinto(view):
            if kept := self._kept(view[:count]):
                return kept
        return 0

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            self._inner.close()
        super().close()

    def _kept(self, view: memoryview) -> int:
        """Look whether any line is too long: nearly never. How many octets are left."""
        octets = np.frombuffer(view, np.uint8)
        ends = np.flatnonzero((octets == _ENDS[0]) | (octets == _ENDS[1]))
        begun = self._length + len(octets)
        lengths = np.diff(ends, prepend=-1 - self._length) - 1
        if len(ends):
            begun = len(octets) - 1 - int(ends[-1])
        if self._is_cutting or begun > LINE_LENGTH_MAX or (lengths > LINE_LENGTH_MAX).any():
            return self._cut(view)
        self._length = begun
        return len(octets)

    def _cut(self, view: memoryview) -> int:
        """Leave out what is too much, in place."""
        octets = bytes(view)
        kept = bytearray()
        at = 0
        while at < len(octets):
            found = _END.search(octets, at)
            end = len(octets) if found is None else found.start()
            room = LINE_LENGTH_MAX - self._length
            if not self._is_cutting:
                kept += octets[at : min(end, at + room)]
                self._length += min(end - at, room)
                if end - at > room:
                    kept += CUT.encode()
                    self._is_cutting = True
            if found is not None:
                kept += found.group()
                self._length, self._is_cutting = 0, False
            at = end + 1
        view[: len(kept)] = kept
        return len(kept)


def text_of(inner: Octets) -> io.TextIOWrapper:
    """Text out of octets, which the caller closes: octets that are not UTF-8 spoil their line."""
    buffered = io.BufferedReader(BoundedLines(inner), READ_LENGTH)
    return io.TextIOWrapper(buffered, encoding="utf-8-sig", errors="replace", newline=None)
