"""Record files to test with: registrations, groups written by hand, a disk that fails."""

from __future__ import annotations

import errno
import os
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.gathering import gathered
from clonewatch.messages import Message, Messages
from clonewatch.recordfile.blocks import BLOCK_ROWS_MAX, block_of
from clonewatch.recordfile.groups import Group, groups_in
from clonewatch.recordfile.messageblocks import message_block_of
from clonewatch.recordfile.messagereading import GroupMessages
from clonewatch.recordfile.openfile import OpenFile
from clonewatch.recordfile.reading import read, read_group
from clonewatch.registrations import DTYPES, Batch
from is41.layers import Layer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from clonewatch.recordfile.events import Event
    from clonewatch.recordfile.rows import Rows

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
        },
        messages=None,
    )
    batch.time[:] = time_ms + random.integers(0, 1000, count)
    batch.msid[:] = 6_145_550_000 + random.integers(0, max(1, count // 3), count)
    return batch


def messages_of(octets: Iterable[bytes], layer: Layer = Layer.MTP3) -> Messages:
    """Messages, one for each row, gathered as a record file wants them."""
    parts = list(octets)
    ends = np.cumsum([len(part) for part in parts], dtype=np.int64)
    return gathered(
        Messages(
            octets=np.frombuffer(b"".join(parts), np.uint8),
            start=ends - np.array([len(part) for part in parts], np.int64),
            end=ends,
            layer=np.full(len(parts), layer, np.uint8),
            which=np.arange(len(parts)),
        )
    )


def message_for(esn: int) -> bytes:
    """Octets for a registration with that ESN, which tell it."""
    return esn.to_bytes(4) * (5 + esn % 20)


def with_messages(batch: Batch) -> Batch:
    """Registrations, each with a message that `message_for` makes."""
    return replace(batch, messages=messages_of(message_for(esn) for esn in batch.esn.tolist()))


def messages_kept(directory: Path) -> dict[int, Message]:
    """The messages of all groups, by sequence."""
    found: dict[int, Message] = {}
    for group in groups_in(directory):
        found |= GroupMessages(group).of(read_group(group).sequence.tolist())
    return found


def assert_messages_kept(directory: Path) -> None:
    """Every registration has its own message."""
    sequence, batch = whole(read(directory))
    expected = {
        number: Message(Layer.MTP3, message_for(esn))
        for number, esn in zip(sequence.tolist(), batch.esn.tolist(), strict=True)
    }
    assert messages_kept(directory) == expected


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
        block_of([(batch[at : at + rows], AT_10)], first + at) for at in range(0, len(batch), rows)
    ]


def open_group(
    directory: Path, batch: Batch, first: int = 0, *, start_ms: int = AT_10, torn: bytes = b""
) -> Group:
    """Write an open group, with its messages if it has any."""
    group = Group(directory, start_ms, first)
    group.open_path.write_bytes(b"".join(blocks(batch, first)) + torn)
    if batch.messages is not None:
        group.messages_open_path.write_bytes(b"".join(message_blocks(batch, first)))
    return group


def message_blocks(batch: Batch, first: int = 0, *, rows: int = BLOCK_ROWS_MAX) -> list[bytes]:
    """The blocks of their messages, beside `blocks`."""
    return [
        message_block_of([(len(part), part.messages)], first + at)
        for at in range(0, len(batch), rows)
        for part in [batch[at : at + rows]]
    ]


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
        self.before_sync: Callable[[], object] = lambda: None
        self.syncs = True
        self.synced: list[Path] = []  # files, in the order in which somebody tried

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
        self._path = path
        self._disk = disk

    def write(self, octets: bytes, at: int) -> None:
        self._disk.before_write()
        if self._disk.full:
            super().write(octets[: self._disk.octets_left or 0], at)
            raise self._disk.fault
        super().write(octets, at)

    def sync(self) -> None:
        self._disk.before_sync()
        self._disk.synced.append(self._path)
        if not self._disk.syncs:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        super().sync()
