"""The file of an open group, as the writer needs it; tests put a failing disk in its place."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class OpenFile:
    """A file written at given places. Every method raises OSError."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o640)

    def write(self, octets: bytes, at: int) -> None:
        """Write all of it. What a failed try left there is overwritten by the next."""
        written = os.pwrite(self._descriptor, octets, at)
        if written < len(octets):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def truncate(self, length: int) -> None:
        """Cut off what lies behind *length*."""
        os.ftruncate(self._descriptor, length)

    def sync(self) -> None:
        """Let what was written outlive a power cut."""
        os.fdatasync(self._descriptor)

    def close(self) -> None:
        """Use it no more."""
        os.close(self._descriptor)
