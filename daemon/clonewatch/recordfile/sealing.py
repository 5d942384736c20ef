"""An open group becomes Parquet, sorted by (msid, time), and is only then removed.

The Parquet file is written beside, synced, renamed, and its directory synced. A crash in between
leaves the open group, or both; `opening` mends that. Its messages go first, in the same way: a
sealed group has all of its own.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from clonewatch.errors import InputError
from clonewatch.registrations import DTYPES

from .blocks import contents_of
from .events import Damaged, Sealed
from .groups import sync_directory, sync_file
from .mapping import mapped
from .messagesealing import open_messages, write_messages
from .room import Room
from .rows import RECEIVED, moved, unpacked
from .sorting import sealed_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from .blocks import Contents
    from .events import Event
    from .groups import Group
    from .rows import Rows

SEQUENCE: Final = "sequence"
DAMAGE: Final = (OSError, pa.ArrowException, UnicodeDecodeError)  # how Arrow tells of it
MOMENT: Final = pa.timestamp("ms", tz="UTC")
SCHEMA: Final = pa.schema(
    [
        pa.field(name, of, nullable=False)
        for name, of in {
            **{name: pa.from_numpy_dtype(dtype) for name, dtype in DTYPES.items()},
            "time": MOMENT,
            SEQUENCE: pa.int64(),
            RECEIVED: MOMENT,
        }.items()
    ]
)
ROW_GROUP_ROWS: Final = 131_072  # DuckDB's and Polars' unit of work
# What hardly repeats is written as it is, or as what it differs by: dictionaries of it would be
# built to be thrown away.
PLAIN: Final = ("esn", "transaction_id")
DIFFERENCES: Final = ("msid", "time", SEQUENCE, RECEIVED)
ENCODINGS: Final = dict.fromkeys(PLAIN, "PLAIN") | dict.fromkeys(DIFFERENCES, "DELTA_BINARY_PACKED")

# Arrow's own memory pool gives pages back at once, and has the system clear them for the next row
# group.
pa.set_memory_pool(pa.system_memory_pool())


def seal(group: Group, tell: Callable[[Event], None], room: Room | None = None) -> None:
    """Make *group*, to which nobody writes any more, a Parquet file. Raises OSError.

    Whoever seals several gives all of them the same *room*.
    """
    if not group.is_sealed:
        contents = open_contents(group.open_path)
        rows = len(contents)
        _tell_damage(group.open_path, contents.damaged_octets, tell)
        if rows:
            if group.messages_open_path.exists():
                _seal_messages(group, tell)
            write_parquet(group.part_path, sorted_rows(contents, room or Room()))
            sync_file(group.part_path)
            group.part_path.rename(group.sealed_path)
            sync_directory(group.directory)
            tell(Sealed(group.sealed_path, rows))
    group.messages_open_path.unlink(missing_ok=True)
    group.open_path.unlink(missing_ok=True)


def _seal_messages(group: Group, tell: Callable[[Event], None]) -> None:
    blocks, damaged_octets = open_messages(group.messages_open_path)
    _tell_damage(group.messages_open_path, damaged_octets, tell)
    if not blocks:
        return
    write_messages(group.messages_part_path, blocks)
    sync_file(group.messages_part_path)
    group.messages_part_path.rename(group.messages_sealed_path)


def _tell_damage(path: Path, octets: int, tell: Callable[[Event], None]) -> None:
    if octets:
        tell(Damaged(path, f"{octets:,} octets of damaged blocks left out"))


def sorted_rows(contents: Contents, room: Room) -> Iterator[Rows]:
    """By MSID, then time, then arrival; ROW_GROUP_ROWS at a time."""
    rows = contents.packed(room)
    order = sealed_order(rows["msid"], rows["time"], room)
    for at in range(0, len(order), ROW_GROUP_ROWS):
        # Whole rows are moved: each lies in one place, where its columns would lie in thirteen.
        part = order[at : at + ROW_GROUP_ROWS]
        yield unpacked(moved(rows, part), contents.sequences(part))


def write_parquet(path: Path, parts: Iterable[Rows]) -> None:
    """Write a file as groups are sealed, a row group for each of *parts*. Raises OSError.

    Each is synced by itself: whoever syncs something else meanwhile waits for a few MB, not for
    all.
    """
    with pq.ParquetWriter(
        path,
        SCHEMA,
        compression="lz4",
        use_dictionary=[name for name in SCHEMA.names if name not in ENCODINGS],
        column_encoding=ENCODINGS,
    ) as writer:
        for part in parts:
            writer.write_table(table_of(part), row_group_size=ROW_GROUP_ROWS)
            sync_file(path)


def table_of(rows: Rows) -> pa.Table:
    """Rows as Arrow's columns, without copies."""
    columns = {name: getattr(rows.batch, name) for name in DTYPES}
    columns |= {SEQUENCE: rows.sequence, RECEIVED: rows.received}
    return pa.table(
        [pa.array(columns[field.name]).cast(field.type) for field in SCHEMA], schema=SCHEMA
    )


def are_like(schema: pa.Schema, names: Sequence[str] = SCHEMA.names) -> bool:
    """Whether columns are a group's, or those of it. Whoever exports may call them nullable."""
    told = [(field.name, field.type) for field in schema]
    return told == [(name, SCHEMA.field(name).type) for name in names]


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Tell of damage to a file of Parquet, or that it is not there, as InputError."""
    try:
        yield
    except DAMAGE as error:
        raise InputError(path, f"cannot be read: {error}") from None


def may_hold(
    file: pq.ParquetFile, number: int, column: int, wanted: NDArray[np.integer[Any]]
) -> bool:
    """Whether row group *number* may have one of *wanted*, sorted values, in a column of integers.

    By its statistics, which every file that is written here has.
    """
    bounds = file.metadata.row_group(number).column(column).statistics
    first = int(np.searchsorted(wanted, wanted.dtype.type(bounds.min)))
    return first < len(wanted) and int(wanted[first]) <= bounds.max


def open_contents(path: Path) -> Contents:
    """Look through an open group. Raises OSError."""
    return contents_of(mapped(path))
