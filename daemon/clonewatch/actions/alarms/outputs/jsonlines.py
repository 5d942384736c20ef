"""Notices as lines of JSON at the end of a file."""

from __future__ import annotations

import asyncio
import json
import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from clonewatch.actions.alarms.book import Alarm
    from clonewatch.actions.alarms.notice import Notice

MODE: Final = 0o640  # subscriber numbers stand in it


class JsonLines:
    """One file, opened by its name for each writing: it may be renamed at any time."""

    at_once_max = 100
    repeats_s: float | None = None

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writing: asyncio.Future[None] | None = None  # it goes on when `send` is cancelled

    async def send(self, notices: Sequence[Notice]) -> None:
        """Append a line for each, and see that they are on the disk. Raises OSError."""
        lines = "".join(
            json.dumps(notice.as_record(), ensure_ascii=False) + "\n" for notice in notices
        )
        if self._writing is not None:  # should it fail, it would cut off what we write meanwhile
            await asyncio.wait({self._writing})
        loop = asyncio.get_running_loop()
        self._writing = loop.run_in_executor(None, self._append, lines.encode())
        await asyncio.shield(self._writing)

    async def repeat(self, alarms: Sequence[Alarm]) -> None:
        """Nothing: a file does not forget."""

    async def close(self) -> None:
        """Nothing: no file is open."""

    def _append(self, octets: bytes) -> None:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        descriptor = os.open(self._path, flags, MODE)
        try:
            before = os.fstat(descriptor).st_size
            if before and os.pread(descriptor, 1, before - 1) != b"\n":
                octets = b"\n" + octets  # a kill left half a line, which would spoil the next
            try:
                written = os.write(descriptor, octets)
                while written < len(octets):
                    written += os.write(descriptor, octets[written:])
                os.fdatasync(descriptor)
            except OSError:
                os.ftruncate(descriptor, before)  # half a line would spoil the next
                raise
        finally:
            os.close(descriptor)
