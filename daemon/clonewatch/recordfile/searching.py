"""Registrations searched for in one group, by subscriber, time, switch and phone."""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_left
from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow.parquet as pq

from clonewatch.errors import InputError

from .blockindex import BlockIndex
from .blocks import HEADER, MAGIC, block_at, end_at
from .keys import Key, Row
from .mapping import mapped
from .rows import joined
from .sealing import DAMAGE, SCHEMA, SEQUENCE, may_hold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from numpy.typing import NDArray


FEW: Final = (
    64  # registrations that are looked for one by one; ours: more are quicker found together
)
EXPECTED_BLOCKS: Final = 2  # that hold, nearly always, what was received at a moment
TOGETHER_BLOCKS: Final = (
    16  # of an open group, that are looked at at once: 0.8 s of receipts, or less
)
CLOCK_BACK_MS: Final = 2000  # a clock may be set back between a registration's time and its receipt
_RECEIVED: Final = struct.Struct("<q")  # the first column of a block's first row


COLUMNS: Final = (*Key._fields, *Row._fields)


class Budget:
    """How many rows may yet be looked at."""

    def __init__(self, rows: int) -> None:
        self._rows = rows

    def spend(self, rows: int) -> None:
        """So many are looked at."""
        self._rows -= rows

    @property
    def is_spent(self) -> bool:
        """Whether that were all."""
        return self._rows <= 0


class OpenGroupSearch:
    """An open group that is searched now and then, while it grows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._index = BlockIndex(MAGIC, end_at)
        self._received = array("q")  # by block: when its first row was, ms

    def search(self, keys: AbstractSet[Key], budget: Budget) -> dict[Key, Row]:
        """The rows of those of *keys* that it holds. Raises OSError."""
        octets = mapped(self._path)
        self._index.grow(octets)
        for at in self._index.starts[len(self._received) :]:
            self._received.append(_RECEIVED.unpack_from(octets, at + HEADER.size)[0])
        found: dict[Key, Row] = {}
        for key in keys if len(keys) <= FEW else ():  # the time is often that of receipt
            found |= self._expected(octets, key, budget)
        left = keys - found.keys()
        return found | self._searched_on(octets, left, budget) if left else found

    def _expected(self, octets: memoryview, key: Key, budget: Budget) -> dict[Key, Row]:
        """The row of *key*, if it was received at its time."""
        first = self._begin(key.time)
        for at in self._index.starts[first : first + EXPECTED_BLOCKS]:
            block = block_at(octets, at)
            if block is not None:
                budget.spend(len(block.rows))
                places = np.flatnonzero(block.rows["msid"] == key.msid)
                if len(places) and (
                    found := _among({key}, block.rows[places], block.first + places)
                ):
                    return found
        return {}

    def _searched_on(
        self, octets: memoryview, keys: AbstractSet[Key], budget: Budget
    ) -> dict[Key, Row]:
        """The same, in all that was received since the times of *keys*, or a little before."""
        begins: dict[int, set[Key]] = defaultdict(set)
        for key in keys:
            begins[self._begin(key.time - CLOCK_BACK_MS) // TOGETHER_BLOCKS].add(key)
        found: dict[Key, Row] = {}
        wanted: set[Key] = set()
        for number in range(min(begins), -(-len(self._index.starts) // TOGETHER_BLOCKS)):
            wanted |= begins.get(number, set())
            if wanted and not budget.is_spent:
                first = number * TOGETHER_BLOCKS
                blocks = range(first, first + TOGETHER_BLOCKS)
                some = self._searched(octets, blocks, wanted, budget)
                found |= some
                wanted -= some.keys()
        return found

    def _begin(self, time: int) -> int:
        """The first block that may hold what was received at *time* or later."""
        return max(0, bisect_left(self._received, time) - 1)

    def _searched(
        self, octets: memoryview, numbers: range, keys: Collection[Key], budget: Budget
    ) -> dict[Key, Row]:
        """The rows of those of *keys* that stand in some blocks."""
        starts = self._index.starts[numbers.start : numbers.stop]
        blocks = [block for at in starts if (block := block_at(octets, at)) is not None]
        rows = joined([block.rows for block in blocks])
        budget.spend(len(rows))
        places = np.flatnonzero(np.isin(rows["msid"], _msids(keys)))
        places = places[np.isin(rows["time"][places], _times(keys))]
        if not len(places):
            return {}
        sequence = np.concatenate(
            [np.arange(block.first, block.first + len(block.rows)) for block in blocks]
        )
        return _among(keys, rows[places], sequence[places])


def _among(
    keys: Collection[Key], rows: NDArray[np.void], sequence: NDArray[np.int64]
) -> dict[Key, Row]:
    """The rows of those of *keys* among some rows of an open group."""
    columns = {name: rows[name] for name in COLUMNS if name != SEQUENCE}
    return _matching(keys, columns | {SEQUENCE: sequence})


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """As `sealing.readable`, but leaves FileNotFoundError: retention may take a group meanwhile."""
    try:
        yield
    except FileNotFoundError:
        raise
    except DAMAGE as error:
        raise InputError(path, f"cannot be read: {error}") from None


def times_of(path: Path) -> range:
    """The times of registrations in a sealed group, from the earliest to the latest, ms.

    By their statistics. Raises InputError, OSError.
    """
    column = SCHEMA.get_field_index("time")
    with _readable(path):
        found = pq.read_metadata(path)
        parts = [found.row_group(number).column(column) for number in range(found.num_row_groups)]
        bounds = [part.statistics for part in parts]
    earliest = min((each.min_raw for each in bounds), default=0)
    latest = max((each.max_raw for each in bounds), default=-1)
    return range(earliest, latest + 1)


def search_sealed(path: Path, keys: Collection[Key], budget: Budget) -> dict[Key, Row]:
    """The rows of those of *keys* that a sealed group holds. Raises InputError, OSError."""
    msids, column = _msids(keys), SCHEMA.get_field_index("msid")
    found: dict[Key, Row] = {}
    with _readable(path):
        file = pq.ParquetFile(path, memory_map=True)
        for number in range(file.num_row_groups):
            if budget.is_spent:
                break
            if may_hold(file, number, column, msids):
                found |= _searched(file, number, keys, msids)
                budget.spend(file.metadata.row_group(number).num_rows)
    return found


def _searched(
    file: pq.ParquetFile, number: int, keys: Collection[Key], msids: NDArray[np.uint64]
) -> dict[Key, Row]:
    table = file.read_row_group(number, columns=COLUMNS)
    msid = table["msid"].to_numpy()  # sorted
    begins, ends = np.searchsorted(msid, msids), np.searchsorted(msid, msids, side="right")
    spans = zip(begins.tolist(), ends.tolist(), strict=True)
    places = np.concatenate([np.empty(0, np.int64), *(np.arange(*span) for span in spans)])
    time = table["time"].to_numpy().astype(np.int64)
    places = places[np.isin(time[places], _times(keys))]
    columns = {name: table[name].to_numpy()[places] for name in COLUMNS if name != "time"}
    columns["time"] = time[places]
    return _matching(keys, columns)


def _msids(keys: Collection[Key]) -> NDArray[np.uint64]:
    return np.unique(np.array([key.msid for key in keys], np.uint64))


def _times(keys: Collection[Key]) -> NDArray[np.int64]:
    return np.unique(np.array([key.time for key in keys], np.int64))


def _matching(keys: Collection[Key], columns: Mapping[str, NDArray[np.generic]]) -> dict[Key, Row]:
    """The rows of those of *keys* that stand in some columns; of copies the first."""
    told, rows = (
        zip(*(columns[name].tolist() for name in kind._fields), strict=True) for kind in (Key, Row)
    )
    found: dict[Key, Row] = {}
    for key, row in zip(told, rows, strict=True):
        if key in keys:
            found.setdefault(Key._make(key), Row._make(row))
    return found
