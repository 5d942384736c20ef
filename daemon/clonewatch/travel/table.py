"""The clone detection time table (306), `travel.csv`: the least time from one MSC to another.

FIG. 6's shape: rows are the MSC of the first registration, columns that of the second, entries
minutes. A blank entry is not known. Inside, minutes are milliseconds, and a table of MSCs has
become one of MSCIDs, because a registration names an MSCID.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self, TextIO

import numpy as np

from clonewatch.csvfile import read_text
from clonewatch.errors import InputError
from clonewatch.mscs import MSCID_NONE, Mscs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

CORNER: Final = "minutes"  # the first cell, so that nobody has to guess the unit
BLANK: Final = -1
MINUTE_MS: Final = 60_000
MINUTES_MAX: Final = 10_000_000  # ours: nineteen years; what is longer is a slip of the pen
INT32_MAX: Final = 2**31 - 1
_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_NUMBER_OCTETS: Final = b"0123456789+-.eE \t"


@dataclass(frozen=True, slots=True)
class TravelTimes:
    """Least travel times between MSCIDs, by their indices in `mscs`."""

    mscs: Mscs
    ms: NDArray[np.int64]  # n x n, [first registration, second registration]; BLANK: not known
    comments: tuple[str, ...] = ()  # the file's first lines that begin with #

    @classmethod
    def of_minutes(
        cls, mscs: Mscs, minutes: NDArray[np.float64], comments: Sequence[str] = ()
    ) -> Self:
        """The table of *minutes*, one row for each of `mscs.names`; NaN: not known.

        MSCIDs of one MSC share its row, and are 0 apart.
        """
        known = ~np.isnan(minutes)
        ms = np.full(minutes.shape, BLANK, np.int64)
        ms[known] = np.rint(minutes[known] * MINUTE_MS).astype(np.int64)
        np.fill_diagonal(ms, 0)
        if len(mscs.names) < len(mscs):
            ms = ms[mscs.msc_of[:, None], mscs.msc_of]
        ms.flags.writeable = False
        return cls(mscs, ms, tuple(comments))

    @classmethod
    def load(cls, path: Path | str, mscs: Mscs) -> Self:
        """The table of a file like `travel.csv`. Raises InputError.

        MSCs that the table does not name are blank towards all others.
        """
        return cls._of_grid(_read(Path(path)), mscs)

    @classmethod
    def _of_grid(cls, grid: _Grid, mscs: Mscs) -> Self:
        columns = [_msc_of(grid, mscs, name, grid.line, "column") for name in grid.columns]
        rows = [_msc_of(grid, mscs, name, line, "row") for name, line in grid.rows.items()]
        _check_match(grid, columns, rows)
        minutes = np.full((len(mscs.names),) * 2, np.nan)
        minutes[np.ix_(rows, columns)] = grid.minutes
        _check_diagonal(grid, columns, rows, minutes)
        return cls.of_minutes(mscs, minutes, grid.comments)

    @property
    def ms32(self) -> NDArray[np.int32]:
        """`ms` for the kernels; what 32 bits do not hold (24.8 days) is past every window."""
        return np.minimum(self.ms, INT32_MAX).astype(np.int32)

    def by_msc(self) -> NDArray[np.int64]:
        """`ms` with one row for each of `mscs.names`."""
        _, first = np.unique(self.mscs.msc_of, return_index=True)
        return self.ms[np.ix_(first, first)]

    def write(self, stream: TextIO) -> None:
        """As `travel.csv`; loading it gives the same table."""
        stream.writelines(comment + "\n" for comment in self.comments)
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([CORNER, *self.mscs.names])
        values, entries = np.unique(self.by_msc(), return_inverse=True)
        text = np.array([minutes_text(ms) for ms in values.tolist()], dtype=object)
        for name, row in zip(self.mscs.names, text[entries], strict=True):
            writer.writerow([name, *row])


def load_travel(
    path: Path | str, mscs_path: Path | str | None = None, *, placed: bool = False
) -> tuple[Mscs, TravelTimes]:
    """A travel table with its MSCs, its own headings being those where no `mscs.csv` is given.

    *placed*: refuse a heading without an MSCID, since no registration could ever be placed there.
    Raises InputError.
    """
    if mscs_path is not None:
        mscs = Mscs.load(mscs_path)
        return mscs, TravelTimes.load(path, mscs)
    grid = _read(Path(path))
    mscs = Mscs.from_headings([*grid.columns, *grid.rows])
    travel = TravelTimes._of_grid(grid, mscs)  # noqa: SLF001 - a constructor of this module's
    for row in mscs.rows:
        if placed and row.mscid == MSCID_NONE:
            raise _unknown(grid, row.name, grid.line, "column")
    return mscs, travel


@contextmanager
def write_atomically(path: Path | str, mode: int = 0o644) -> Iterator[TextIO]:
    """A text stream whose octets become *path* at the end, all of them or none."""
    path = Path(path)
    with _faults_named(path):
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    beside = Path(name)
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as stream:  # noqa: PTH123
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        beside.chmod(mode)
        with _faults_named(path):
            beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the new name, too, outlasts a power cut
    finally:
        os.close(folder)


@contextmanager
def _faults_named(path: Path) -> Iterator[None]:
    """Let faults name the file that was asked for, not the one beside it."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


@contextmanager
def written(path: Path | None) -> Iterator[TextIO]:
    """A text stream into *path*, atomically; standard output where there is none."""
    if path is None:
        yield sys.stdout
        return
    with write_atomically(path) as stream:
        yield stream


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """What the file says, before its names are looked up."""

    path: Path
    comments: tuple[str, ...]
    line: int  # of the headings
    columns: list[str]
    rows: Mapping[str, int]  # heading -> line
    minutes: NDArray[np.float64]  # NaN: blank


def _read(path: Path) -> _Grid:
    """The file's cells. Raises InputError."""
    stream = io.StringIO(read_text(path), newline="")
    comments = []
    skipped = 0  # lines
    while True:
        start = stream.tell()
        line = stream.readline()
        if line.strip() and not line.startswith("#"):
            break
        if not line:
            raise InputError(path, "nothing but comments: no travel times")
        skipped += 1
        if line.strip():
            comments.append(line.rstrip("\r\n"))
    stream.seek(start)
    reader = csv.reader(stream)
    try:
        columns = [cell.strip() for cell in next(reader)]
        heading_line = skipped + reader.line_num
        _check_columns(path, heading_line, columns)
        rows: dict[str, int] = {}
        minutes = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            line_number = skipped + reader.line_num
            heading = cells[0].strip()
            if not heading:
                raise InputError(path, "the row has no name in its first cell", line=line_number)
            if heading in rows:
                raise InputError(path, f"row {heading!r} stands twice", line=line_number)
            rows[heading] = line_number
            minutes.append(_row(path, line_number, columns, cells))
    except csv.Error as error:
        raise InputError(path, f"not a CSV file: {error}", line=skipped + reader.line_num) from None
    return _Grid(
        path=path,
        comments=tuple(comments),
        line=heading_line,
        columns=columns[1:],
        rows=rows,
        minutes=np.array(minutes).reshape(len(rows), len(columns) - 1),
    )


def _check_columns(path: Path, line: int, columns: list[str]) -> None:
    if columns[0] != CORNER:
        raise InputError(path, f"the first cell must be {CORNER!r}, not {columns[0]!r}", line=line)
    seen = set()
    for at, heading in enumerate(columns[1:], 2):
        if not heading:
            raise InputError(path, f"column {at} has no name", line=line)
        if heading in seen:
            raise InputError(path, f"column {heading!r} stands twice", line=line)
        seen.add(heading)
    if not seen:
        raise InputError(path, "the headings name no MSC", line=line)


def _row(path: Path, line: int, columns: list[str], cells: list[str]) -> NDArray[np.float64]:
    """Minutes of one row; cell by cell only where there is a fault to explain."""
    if len(cells) != len(columns):
        raise InputError(
            path,
            f"row {cells[0]!r} has {len(cells)} cells, the headings {len(columns)}",
            line=line,
        )
    if not "".join(cells[1:]).encode().translate(None, _NUMBER_OCTETS):
        try:
            minutes = np.array([float(cell or "nan") for cell in cells[1:]])
        except ValueError:
            pass
        else:
            # No letter of "nan" is among those octets: what is NaN was blank.
            if not ((minutes < 0) | (minutes > MINUTES_MAX)).any():
                return minutes
    explained = []
    for heading, cell in zip(columns[1:], cells[1:], strict=True):
        try:
            explained.append(parse_minutes(cell.strip()))
        except ValueError as fault:
            raise InputError(path, f"column {heading!r}: {fault}", line=line) from None
    return np.array(explained)


def parse_minutes(cell: str) -> float:
    """Minutes of one cell, NaN if blank. Raises ValueError."""
    if not cell:
        return math.nan
    if not _NUMBER.fullmatch(cell):
        raise ValueError(f"minutes must be a number or blank, not {cell!r}")
    minutes = float(cell)
    if minutes < 0:
        raise ValueError(f"minutes must be 0 or more, not {cell!r}")
    if minutes > MINUTES_MAX:
        raise ValueError(f"minutes must be at most {MINUTES_MAX}, not {cell!r}")
    return minutes


def _msc_of(grid: _Grid, mscs: Mscs, heading: str, line: int, kind: str) -> int:
    """Which of `mscs.names` *heading* stands for."""
    indices = mscs.indices(heading)
    if not indices:
        raise _unknown(grid, heading, line, kind)
    return int(mscs.msc_of[indices[0]])


def _unknown(grid: _Grid, heading: str, line: int, kind: str) -> InputError:
    return InputError(
        grid.path,
        f"{kind} {heading!r}: no MSC of that name; define it in mscs.csv, or write MARKET-SWITCH",
        line=line,
    )


def _check_match(grid: _Grid, columns: list[int], rows: list[int]) -> None:
    """Refuse rows and columns that do not name the same MSCs, each once; any order will do."""
    column_lines = dict.fromkeys(grid.columns, grid.line)
    for kind, mscs, lines in (("column", columns, column_lines), ("row", rows, grid.rows)):
        first: dict[int, str] = {}
        for msc, (name, line) in zip(mscs, lines.items(), strict=True):
            if first.setdefault(msc, name) != name:
                raise InputError(
                    grid.path, f"{kind} {name!r}: the same MSC as {first[msc]!r}", line=line
                )
    for kind, other, mscs, others, lines in (
        ("column", "row", columns, set(rows), column_lines),
        ("row", "column", rows, set(columns), grid.rows),
    ):
        for msc, (name, line) in zip(mscs, lines.items(), strict=True):
            if msc not in others:
                raise InputError(
                    grid.path, f"{kind} {name!r} has no {other}: add it, or take it out", line=line
                )


def _check_diagonal(
    grid: _Grid, columns: list[int], rows: list[int], minutes: NDArray[np.float64]
) -> None:
    names = dict(zip(columns, grid.columns, strict=True))
    for number, line in zip(rows, grid.rows.values(), strict=True):
        if minutes[number, number] > 0:
            raise InputError(
                grid.path,
                f"column {names[number]!r}: an MSC is 0 minutes from itself, "
                f"not {minutes[number, number]:g}",
                line=line,
            )


def minutes_text(ms: int) -> str:
    """Minutes with the decimals that lead back to *ms*."""
    return "" if ms == BLANK else f"{ms / MINUTE_MS:.6f}".rstrip("0").rstrip(".")
