"""Record files to test with: registrations, groups written by hand, a disk that fails."""

from __future__ import annotations

import errno
import os
import threading
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.recordfile.blocks import BLOCK_ROWS_MAX, block_of
from clonewatch.recordfile.groups import Group
from clonewatch.recordfile.openfile import OpenFile
from clonewatch.recordfile.rows import Rows, packed
from clonewatch.registrations import DTYPES, Batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from clonewatch.recordfile.events import Event

AT_10: Final = 1_795_341_600_000  # 2026-11-22T10:00:00Z
HALF_HOUR: Final = 1_800_000  # ms
PATIENCE_S: Final = 20.0  # a bound on a broken test
LATER: Final = AT_10 + HALF_HOUR


def registrations(count: int, seed: int = 1, *, time_ms: int = AT_10) -> Batch:
    """Registrations with something in every column, of few MSIDs and times."""
    random = np.random.default_rng(seed)
    batch = Batch(
        **{
            name: random.integers(0, 1 << (8 * np.dtype(dtype).itemsize - 1), count).astype(dtype)
            for name, dtype in DTYPES.items()
        }
    )
    batch.time[:] = time_ms + random.integers(0, 1000, count)
    batch.msid[:] = 6_145_550_000 + random.integers(0, max(1, count // 3), count)
    return batch


def same(a: Batch, b: Batch) -> bool:
    """Whether all columns agree."""
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in DTYPES)


def whole(parts: Iterable[Rows]) -> tuple[NDArray[np.int64], Batch]:
    """Sequences and registrations of all *parts*."""
    parts = list(parts)
    sequence = np.concatenate([np.empty(0, np.int64), *(part.sequence for part in parts)])
    return sequence, Batch.joined([part.batch for part in parts])


def blocks(batch: Batch, first: int = 0, *, rows: int = BLOCK_ROWS_MAX) -> list[bytes]:
    """The blocks of registrations, *rows* in each."""
    return [
        block_of(packed(batch[at : at + rows], AT_10), first + at)
        for at in range(0, len(batch), rows)
    ]


def open_group(
    directory: Path, batch: Batch, first: int = 0, *, start_ms: int = AT_10, torn: bytes = b""
) -> Group:
    """Write an open group."""
    group = Group(directory, start_ms, first)
    group.open_path.write_bytes(b"".join(blocks(batch, first)) + torn)
    return group


class Told(list["Event"]):
    """What was told."""

    def __call__(self, event: Event) -> None:
        self.append(event)

    @property
    def kinds(self) -> list[str]:
        """The events' names."""
        return [type(event).__name__ for event in self]


class Disk:
    """Opens files on a disk that may be full, or fail to sync."""

    def __init__(self) -> None:
        self.full = False
        self.fault: Exception = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # when it is full
        self.octets_left: int | None = None  # when it is full: how much of a write still goes in
        self.before_write: Callable[[], object] = lambda: None  # a disk may take its time
        self.syncs = True

    def __call__(self, path: Path) -> OpenFile:
        return _File(path, self)


class SlowFile(OpenFile):
    """A file whose disk takes nothing until `ready`."""

    ready = threading.Event()

    def write(self, octets: bytes, at: int) -> None:
        assert self.ready.wait(PATIENCE_S)
        super().write(octets, at)


class _File(OpenFile):
    def __init__(self, path: Path, disk: Disk) -> None:
        super().__init__(path)
        self._disk = disk

    def write(self, octets: bytes, at: int) -> None:
        self._disk.before_write()
        if self._disk.full:
            super().write(octets[: self._disk.octets_left or 0], at)
            raise self._disk.fault
        super().write(octets, at)

    def sync(self) -> None:
        if not self._disk.syncs:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        super().sync()
