"""Registrations in Parquet of others' making: the columns of `records.csv`, as far as they go.

What is text there may be text here, and means the same. A time may also be a timestamp (without a
time zone: UTC) or a number of seconds; `min` and `imsi` numbers; `esn` and `mscid` the numbers that
`Batch` holds (so let nobody guess that hex digits were decimal ones on the way). Columns of other
names are passed over. Rows are taken in the order of the file, but those of one row group in order
of time: files are often sorted by subscriber.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clonewatch.errors import InputError
from clonewatch.mscs import MSCID_BITS
from clonewatch.recordfile.sealing import DAMAGE, readable
from clonewatch.registrations import mscid_text
from clonewatch.sources.records import HEADINGS, NUMBERS, Converter, check_headings
from is41.msid import MIN_DIGITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from clonewatch.mscs import Mscs
    from clonewatch.registrations import Batch
    from clonewatch.sources.records import Column, Columns, Refuse

MAGIC: Final = b"PAR1"
ROW_GROUP_ROWS_MAX: Final = 1 << 22  # ours: a gigabyte of memory, where cells are text
ROW_GROUP_OCTETS_MAX: Final = 1 << 29  # in memory: ours
READ_ROWS: Final = 1 << 16  # read before we look how much memory they take: ours
TIME_MS_END: Final = 253_402_300_800_000  # behind the year 9999


def is_parquet(path: Path) -> bool:
    """Whether a file begins as Parquet does. Raises OSError."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def read_parquet(
    path: Path,
    source: int,
    mscs: Mscs,
    *,
    refuse: Refuse,
    rows_max: int = ROW_GROUP_ROWS_MAX,
    octets_max: int = ROW_GROUP_OCTETS_MAX,
) -> Iterator[Batch]:
    """Registrations of a file, a row group at a time; see `read_records` for *refuse*.

    A row group of more than *rows_max* rows, or *octets_max* octets of the columns that are read,
    is refused as one, by the number of its first row.
    """
    file, headings = _opened(path)
    check_headings(path, headings)
    converter = Converter(source, mscs, refuse)
    row = 1
    for number in range(file.num_row_groups):
        try:
            rows = file.metadata.row_group(number).num_rows
            table = _table(file, number, headings, octets_max) if rows <= rows_max else None
        except DAMAGE as error:
            raise InputError(path, f"breaks off in row group {number}: {error}") from None
        if table is None:
            fault = (
                f"row group {number} begins here and has {rows:,} rows; write groups of at most "
                f"{rows_max:,} in {octets_max:,} octets"
            )
            refuse("row_group_too_large", row, fault)
            row += rows
            continue
        cells: Columns = {}
        for name in headings:
            is_text = name == "min" and "imsi" in headings  # where one is given, the other is blank
            cells[name] = _cells(path, name, table[name], is_text=is_text)
        batch = converter.batch(range(row, row + len(table)), cells)
        row += len(table)
        if len(batch):
            yield batch[np.argsort(batch.time, kind="stable")]


def _table(
    file: pq.ParquetFile, number: int, headings: Sequence[str], octets_max: int
) -> pa.Table | None:
    """A row group; None where it takes more memory than *octets_max*.

    What the file itself says of its columns' sizes is not asked for: of a damaged one Arrow's
    reader of such metadata ends the process (26.0.1, `RowGroupMetaData.column`).
    """
    parts, octets = [], 0
    for part in file.iter_batches(READ_ROWS, row_groups=[number], columns=headings):
        octets += part.nbytes
        if octets > octets_max:
            return None
        parts.append(part)
    return pa.Table.from_batches(parts) if parts else file.schema_arrow.empty_table()


def _opened(path: Path) -> tuple[pq.ParquetFile, list[str]]:
    """The file, and those of its headings that we know."""
    with readable(path):
        file = pq.ParquetFile(path, memory_map=True)
        return file, [name for name in file.schema_arrow.names if name in HEADINGS]


def _cells(path: Path, name: str, column: pa.ChunkedArray, *, is_text: bool) -> Column:
    """The cells that would stand in `records.csv`, or what they all mean."""
    try:
        numbers = None if is_text else _numbers_of(name, column)
        return _texts_of(name, column) if numbers is None else numbers
    except DAMAGE as error:
        raise InputError(path, f"column {name!r}: {error}") from None


def _numbers_of(name: str, column: pa.ChunkedArray) -> NDArray[np.int64] | None:
    """What cells mean, if all are there, are numbers, and within bounds."""
    factor, bound = 1, _BOUNDS.get(name, 0)
    if pa.types.is_timestamp(column.type) and name == "time":
        column = column.cast(pa.timestamp("ms", column.type.tz), safe=False).cast(pa.int64())
        bound = TIME_MS_END
    elif not pa.types.is_integer(column.type):
        return None
    elif name == "time":
        factor, bound = 1000, TIME_MS_END // 1000
    if column.null_count or not len(column):
        return None
    numbers: NDArray[np.int64] = column.to_numpy()
    if numbers.min() < 0 or numbers.max() >= bound:
        return None
    return numbers.astype(np.int64) * np.int64(factor)


def _texts_of(name: str, column: pa.ChunkedArray) -> list[str]:
    if pa.types.is_timestamp(column.type):
        zone = None if column.type.tz is None else "UTC"
        column = column.cast(pa.timestamp("ms", zone), safe=False)
        return _texts(pc.strftime(column, "%Y-%m-%dT%H:%M:%SZ"))
    if pa.types.is_integer(column.type):
        text = _OF_NUMBERS.get(name, str)
        return ["" if cell is None else text(cell) for cell in column.to_pylist()]
    if pa.types.is_floating(column.type):
        return ["" if cell is None else f"{cell:.3f}" for cell in column.to_pylist()]
    return _texts(column.cast(pa.string()))


def _texts(column: pa.ChunkedArray) -> list[str]:
    texts: list[Any] = column.fill_null("").to_pylist()
    return texts


_BOUNDS: Final = {
    "min": 10**MIN_DIGITS,
    "esn": 1 << 32,
    "mscid": 1 << MSCID_BITS,
    "transaction_id": 1 << 32,
    **{name: 1 << bits for name, bits in NUMBERS.items()},
}
_OF_NUMBERS: Final[dict[str, Callable[[int], str]]] = {
    "min": lambda number: f"{number:0{MIN_DIGITS}d}",
    "esn": lambda number: f"{number:08X}",
    "mscid": mscid_text,
}
