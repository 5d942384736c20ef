"""Groups read back, in order of arrival, by whoever wants to: the writer may be at work."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from clonewatch.errors import InputError
from clonewatch.registrations import DTYPES, Batch

from .groups import GROUP_MS, GROUP_ROWS_MAX, groups_in
from .rows import RECEIVED, Rows
from .sealing import SEQUENCE, are_like, open_contents, readable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from .groups import Group

ALL: Final = (*DTYPES, SEQUENCE, RECEIVED)


def read(
    directory: Path,
    *,
    since_ms: int = 0,
    since_sequence: int = 0,
    columns: Collection[str] = ALL,
) -> Iterator[Rows]:
    """Give the registrations of each group that goes beyond *since_ms* (receipt) and a sequence.

    Its first may lie before them. Columns that are not asked for may be zeros; groups that are
    removed meanwhile are left out. Raises InputError, OSError.
    """
    for group in _beyond(directory, since_sequence):
        if group.start_ms + GROUP_MS <= since_ms:
            continue
        try:
            rows = read_group(group, columns)
        except InputError:
            if group.path.exists():
                raise
            continue  # retention took it in between
        yield rows


def earliest_ms(directory: Path, since_sequence: int) -> int | None:
    """Start of the earliest half hour that goes beyond a sequence, by the names of the groups.

    None where there is none. Raises OSError.
    """
    return min((group.start_ms for group in _beyond(directory, since_sequence)), default=None)


def read_group(group: Group, columns: Collection[str] = ALL) -> Rows:
    """The registrations of one group, in order of arrival. Raises InputError, OSError."""
    try:
        if not group.is_sealed:
            return open_contents(group.open_path).rows()
    except FileNotFoundError:
        pass  # it was sealed just now
    return read_sealed(group.sealed_path, columns)


def count_rows(group: Group) -> int:
    """How many registrations a group holds. Raises InputError, OSError."""
    if not group.is_sealed:
        return len(open_contents(group.open_path))
    with readable(group.sealed_path):
        return int(pq.read_metadata(group.sealed_path).num_rows)


def read_sealed(path: Path, columns: Collection[str] = ALL) -> Rows:
    """The registrations of a sealed group, in order of arrival. Raises InputError, OSError."""
    wanted = [name for name in ALL if name in columns or name == SEQUENCE]
    table = read_columns(path, wanted)
    found = {name: table[name].to_numpy() for name in wanted}
    sequence = found.pop(SEQUENCE)
    if not len(sequence):
        return _rows({SEQUENCE: sequence, **found}, 0)
    first = int(sequence.min())
    span = int(sequence.max()) - first + 1
    if span > GROUP_ROWS_MAX:
        raise InputError(path, f"sequences {first} to {first + span - 1} are too many for a group")
    return _arrived(path, found, sequence - first, first, span)


def read_row_groups(path: Path, columns: Collection[str] = ALL) -> Iterator[Rows]:
    """Registrations of a file that only has a group's columns, an export say.

    Each row group is put in order of arrival by itself. Raises InputError.
    """
    wanted = [name for name in ALL if name in columns or name == SEQUENCE]
    with readable(path):
        file = pq.ParquetFile(path, memory_map=True)
        for number in range(file.num_row_groups):
            table = file.read_row_group(number, columns=wanted)
            _check_whole(path, table)
            order = np.argsort(table[SEQUENCE].to_numpy(), kind="stable")
            yield _rows({name: table[name].to_numpy()[order] for name in wanted}, len(order))


def read_columns(path: Path, columns: Sequence[str]) -> pa.Table:
    """Columns of a sealed group, as the rows are sorted. Raises InputError."""
    with readable(path):
        table = pq.ParquetFile(path, memory_map=True).read(columns=columns)
    if not are_like(table.schema, columns):
        raise InputError(path, "its columns are not a sealed group's")
    _check_whole(path, table)
    return table


def _check_whole(path: Path, table: pa.Table) -> None:
    """Raise InputError where a value lacks: others may have written the file."""
    for name in table.column_names:
        if count := table[name].null_count:
            raise InputError(path, f"column {name!r} lacks {count:,} values")


def _beyond(directory: Path, sequence: int) -> Iterator[Group]:
    """The groups that may hold that sequence, or later ones: the last one always may."""
    groups = groups_in(directory)
    for group, after in zip_longest(groups, groups[1:]):
        if after is None or after.first > sequence:
            yield group


def _arrived(
    path: Path,
    columns: Mapping[str, NDArray[np.generic]],
    place: NDArray[np.int64],
    first: int,
    span: int,
) -> Rows:
    """Columns in order of arrival: each value goes where its sequence says, without sorting."""
    present = np.zeros(span, np.bool_)
    present[place] = True
    count = int(np.count_nonzero(present))
    if count < len(place):
        raise InputError(path, f"{len(place) - count} sequences stand twice")
    whole = {}
    for name, values in columns.items():
        arrived = np.empty(span, values.dtype)
        arrived[place] = values
        whole[name] = arrived if count == span else arrived[present]
    numbers = np.arange(first, first + span)
    return _rows({SEQUENCE: numbers if count == span else numbers[present], **whole}, count)


def _rows(columns: Mapping[str, NDArray[np.generic]], count: int) -> Rows:
    """Rows of such columns as there are."""
    zeros = np.zeros(count, np.int64)
    return Rows(
        sequence=columns[SEQUENCE].astype(np.int64, copy=False),
        received=columns.get(RECEIVED, zeros).astype(np.int64, copy=False),
        batch=Batch(
            **{
                name: columns.get(name, zeros).astype(dtype, copy=False)
                for name, dtype in DTYPES.items()
            },
            messages=None,
        ),
    )
