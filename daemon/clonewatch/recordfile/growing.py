"""A file that grows by whole writes: what a failed one left is written over, or cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .groups import sync_directory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .openfile import OpenFile


class GrowingFile:
    """The file at *path* from octet *end* on, opened, or made, when something is to be written.

    Every method raises OSError.
    """

    def __init__(self, path: Path, end: int, open_file: Callable[[Path], OpenFile]) -> None:
        self.path = path
        self.end = end  # octets, of what counts as written
        self._open_file = open_file
        self._file: OpenFile | None = None
        self._is_named = False  # whether its name outlives a power cut

    def write(self, octets: bytes) -> None:
        """Write behind the end; whoever calls moves that once all is well."""
        if self._file is None:
            self._file = self._open_file(self.path)
        self._file.write(octets, self.end)

    def sync(self) -> None:
        """Let what was written outlive a power cut."""
        if self._file is not None:
            self._file.sync()
            if not self._is_named:
                sync_directory(self.path.parent)
                self._is_named = True

    def truncate(self) -> None:
        """Cut off what a failed write may have left."""
        if self._file is not None:
            self._file.truncate(self.end)

    def close(self) -> None:
        """Close it, if it is open."""
        if self._file is not None:
            self._file.close()
            self._file = None
