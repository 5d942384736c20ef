"""The messages of a group read back: those of some registrations, or all, to look for damage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from clonewatch.errors import InputError
from clonewatch.messages import Message
from is41.layers import Layer

from .blockindex import BlockIndex
from .mapping import mapped
from .messageblocks import MAGIC, end_at, message_block_at, messages_in
from .messagesealing import SCHEMA, SEQUENCE
from .sealing import may_hold, readable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from .groups import Group
    from .messageblocks import MessageBlock


class GroupMessages:
    """The messages of a group. Raises InputError, OSError.

    *index*: of its open file, if somebody keeps one.
    """

    def __init__(self, group: Group, index: BlockIndex | None = None) -> None:
        self._sealed: Path | None = None
        self._octets = memoryview(b"")
        self._index = index or BlockIndex(MAGIC, end_at)
        path = group.messages_path
        try:
            if path == group.messages_open_path:
                self._octets = mapped(path)
                self._index.grow(self._octets)
                return
        except FileNotFoundError:
            path = group.messages_sealed_path  # it was sealed just now
        self._sealed = path

    def of(self, sequences: Collection[int]) -> dict[int, Message]:
        """Those of some registrations, of each that has one."""
        if self._sealed is not None:
            return _of_sealed(self._sealed, sequences)
        blocks: dict[int, MessageBlock | None] = {}
        found = {}
        for sequence in sequences:
            at = self._index.block_of(sequence)
            if at is None:
                continue
            if at not in blocks:
                blocks[at] = message_block_at(self._octets, at)
            block = blocks[at]
            message = None if block is None else block.message(sequence)
            if message is not None:
                found[sequence] = message
        return found


def sequences_of_messages(path: Path, faults: list[str]) -> NDArray[np.int64]:
    """Of each message that can be read, in order; what hinders the others goes to *faults*."""
    parts = [np.empty(0, np.int64)]
    if path.suffix == ".open":
        found = messages_in(mapped(path))
        if found.damaged_octets:
            faults.append(f"{found.damaged_octets} octets of damaged blocks of messages")
        if found.torn_octets:
            faults.append(f"{found.torn_octets} octets behind the last whole block of messages")
        parts += [block.first + np.flatnonzero(block.places["length"]) for block in found.blocks]
        return np.concatenate(parts)
    try:
        parts += [table[SEQUENCE].to_numpy() for table in _row_groups(path)]
    except InputError as error:
        faults.append(error.message)
    return np.concatenate(parts)


def _of_sealed(path: Path, sequences: Collection[int]) -> dict[int, Message]:
    wanted = np.array(sorted(sequences), np.int64)
    found: dict[int, Message] = {}
    for table in _row_groups(path, wanted):
        numbers = table[SEQUENCE].to_numpy()
        rows = np.flatnonzero(np.isin(numbers, wanted))
        some = table.take(pa.array(rows))
        for number, layer, octets in zip(
            *(some[name].to_pylist() for name in SCHEMA.names), strict=True
        ):
            found[number] = Message(Layer[layer.upper()], octets)
    return found


def _row_groups(path: Path, wanted: NDArray[np.int64] | None = None) -> Iterator[pa.Table]:
    """The row groups of a sealed file, or those that may hold what is wanted. Raises InputError."""
    file = _opened(path)
    column = SCHEMA.get_field_index(SEQUENCE)
    with readable(path):
        for number in range(file.num_row_groups):
            if wanted is None or may_hold(file, number, column, wanted):
                yield file.read_row_group(number)


def _opened(path: Path) -> pq.ParquetFile:
    with readable(path):
        file = pq.ParquetFile(path, memory_map=True, page_checksum_verification=True)
    if file.schema_arrow.names != SCHEMA.names:
        raise InputError(path, "its columns are not those of messages")
    return file
