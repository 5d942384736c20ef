"""Registrations in CSV, `records.csv`: what other systems can export, and people can read.

`time,min,esn,mscid` in any order; `imsi` may stand instead of `min`, and in each row exactly one
of the two is given. Time is RFC 3339, or seconds since 1970 with decimals. An ESN is 8 hex digits,
or 11 decimal ones (3 manufacturer, 8 serial). An MSCID is MARKET-SWITCH, or a name of `mscs.csv`.
Further columns are those of `Batch`, as decimal numbers; blank is absent. A file whose name ends
in .gz is compressed.
"""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, islice, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO, cast

import numpy as np

from clonewatch.errors import InputError
from clonewatch.mscs import MSCID_NONE, Mscs, parse_mscid
from clonewatch.registrations import Batch, Flags, mscid_text
from clonewatch.sources.lines import CUT, LINE_LENGTH_MAX, text_of
from is41.flags import PSEUDO_ESN_MANUFACTURER
from is41.msid import IMSI_LENGTH_FACTOR, MIN_DIGITS, msid_digits, msid_of_imsi, msid_of_min

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from clonewatch.sources.lines import Octets

    Refuse = Callable[[str, int, str], None]  # reason, line, what is wrong
    Column = Sequence[str] | NDArray[np.int64]  # cells, or the numbers they all mean
    Columns = dict[str, Column]  # by heading

BATCH_ROWS: Final = 65536
ROW_LINES_MAX: Final = 1000  # over which a row may go on, behind those read at once: ours
NUMBERS: Final = {  # further columns, and the bits of each
    "flags": 8,
    "terminal_type": 8,
    "system_access_type": 8,
    "system_capabilities": 8,
    "transaction_capability": 16,
    "location_area": 16,
}
HEADINGS: Final = ("time", "min", "imsi", "esn", "mscid", "transaction_id", *NUMBERS)
POWER_DOWN_REGISTRATION: Final = 7  # SystemAccessType
_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00Z")
_SECONDS: Final = re.compile(r"(\d{1,12})(?:\.(\d*))?", re.ASCII)
_UTC_MS: Final = "0000-00-00T00:00:00.000Z"  # the form that is read many at a time
_MARKS: Final = [at for at, mark in enumerate(_UTC_MS) if mark != "0"]
_DIGITS: Final = [at for at, mark in enumerate(_UTC_MS) if mark == "0"]
_POWERS: Final = 10 ** np.arange(MIN_DIGITS - 1, -1, -1, dtype=np.int64)
ABSENT: Final = -1  # a transaction ID that is not given


class _RefusedError(ValueError):
    """A row that cannot be used, and the reason it is counted under."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def read_records(
    path: Path | str,
    source: int,
    mscs: Mscs,
    *,
    refuse: Refuse,
    batch_rows: int = BATCH_ROWS,
) -> Iterator[Batch]:
    """Registrations of a file, *batch_rows* lines at a time.

    A bad row is left out: *refuse* is told the reason it counts under, its line, and what is
    wrong. Raises InputError for a file that is none, for its headings, and, after all that could
    be read, where a compressed file breaks off.
    """
    path = Path(path)
    try:
        octets = _read(path)
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}") from None
    with text_of(octets) as stream:
        table = _Table(path, stream, refuse)
        converter = Converter(source, mscs, refuse)
        for lines, columns in table.blocks(batch_rows):
            batch = converter.batch(lines, columns)
            if len(batch):
                yield batch


class RecordsWriter:
    """A file of registrations being written; times in the years 1970 to 9999."""

    def __init__(self, file: Path | str | TextIO) -> None:
        self._stream = _written(Path(file)) if isinstance(file, Path | str) else file
        self._writer = csv.writer(self._stream, lineterminator="\n")
        self._writer.writerow(HEADINGS)

    def write(self, batch: Batch) -> None:
        """Add registrations."""
        self._writer.writerows(_rows(batch))

    def close(self) -> None:
        """Finish the file."""
        self._stream.close()


def write_records(path: Path | str, batches: Iterable[Batch]) -> None:
    """The inverse of `read_records`, but for the source."""
    with closing(RecordsWriter(path)) as records:
        for batch in batches:
            records.write(batch)


def check_headings(path: Path, headings: Sequence[str], *, line: int | None = None) -> None:
    """See that what is needed is there, and nothing twice. Raises InputError."""
    for heading in headings:
        if headings.count(heading) > 1:
            raise InputError(path, f"heading {heading!r} stands twice", line=line)
    for needed in ("time", "esn", "mscid"):
        if needed not in headings:
            raise InputError(path, f"the heading {needed!r} is missing", line=line)
    if "min" not in headings and "imsi" not in headings:
        raise InputError(path, "the heading 'min' (or 'imsi') is missing", line=line)


def _read(path: Path) -> Octets:
    """The octets of a file, which the caller closes. Raises OSError."""
    if path.suffix == ".gz":
        return cast("Octets", gzip.open(path))
    return path.open("rb", buffering=0)


def _written(path: Path) -> TextIO:
    """A text stream to write, which the caller closes."""
    if path.suffix == ".gz":
        return cast("TextIO", gzip.open(path, "wt", encoding="utf-8"))
    return path.open("w", encoding="utf-8")


class _Table:
    """Cells of a CSV file by heading, a block of lines at a time."""

    def __init__(self, path: Path, stream: TextIO, refuse: Refuse) -> None:
        """Read the headings. Raises InputError."""
        self._path = path
        self._stream = stream
        self._refuse = refuse
        self._broken: Exception | None = None  # what ended the file before its end
        first = self._take(1)
        if self._broken is not None:
            raise InputError(path, f"cannot be read: {self._broken}")
        self._headings = [cell.strip() for cell in next(csv.reader(first), [])]
        self._line = 1  # lines taken
        if not any(self._headings):
            raise InputError(path, "no headings in the first line", line=1)
        for heading in self._headings:
            if heading not in HEADINGS:
                raise InputError(
                    path,
                    f"unknown heading {heading!r}; known are {', '.join(HEADINGS)}",
                    line=1,
                )
        check_headings(path, self._headings, line=1)

    def blocks(self, rows: int) -> Iterator[tuple[Sequence[int], Columns]]:
        """Line numbers and cells. Raises InputError where the file breaks off."""
        while taken := self._take(rows):
            yield self._plain(taken) or self._quoted(taken)
        if self._broken is not None:
            fault = f"breaks off after here: {self._broken}"
            raise InputError(self._path, fault, line=self._line)

    def _take(self, count: int) -> list[str]:
        """The next *count* lines, or what is left of them."""
        lines: list[str] = []
        if self._broken is None:
            try:
                lines.extend(islice(self._stream, count))  # keeps what came before a fault
            except (EOFError, OSError, zlib.error) as error:
                self._broken = error
        return lines

    def _plain(self, taken: list[str]) -> tuple[Sequence[int], Columns] | None:
        """All cells at once, if none is quoted and every line has as many as the headings."""
        width = len(self._headings)
        text = "".join(taken).removesuffix("\n")
        if '"' in text or CUT in text or set(map(str.count, taken, repeat(","))) != {width - 1}:
            return None
        cells = text.replace("\n", ",").split(",")
        lines = range(self._line + 1, self._line + 1 + len(taken))
        self._line += len(taken)
        return lines, {name: cells[at::width] for at, name in enumerate(self._headings)}

    def _quoted(self, taken: list[str]) -> tuple[Sequence[int], Columns]:
        """The same for any CSV, which may go on past the lines taken."""
        more = islice(chain.from_iterable(iter(lambda: self._take(1), [])), ROW_LINES_MAX)
        numbered = enumerate(chain(taken, more), self._line + 1)
        reader = csv.reader(self._uncut(number, line) for number, line in numbered)
        lines: list[int] = []
        rows: list[list[str]] = []
        while reader.line_num < len(taken):
            try:
                row = next(reader, [])
            except csv.Error as error:
                self._refuse("record_malformed", self._line + reader.line_num, str(error))
                continue
            if len(row) == len(self._headings):
                lines.append(self._line + reader.line_num)
                rows.append(row)
            elif row:
                fault = f"{len(row)} cells under {len(self._headings)} headings"
                self._refuse("record_malformed", self._line + reader.line_num, fault)
        self._line += reader.line_num
        columns = list(zip(*rows, strict=True)) or [()] * len(self._headings)
        return lines, dict(zip(self._headings, columns, strict=True))

    def _uncut(self, number: int, line: str) -> str:
        """The line, or an empty one where it was too long."""
        if CUT not in line:
            return line
        fault = f"longer than {LINE_LENGTH_MAX:,} octets, or with a NUL"
        self._refuse("record_malformed", number, fault)
        return "\n"


class Converter:
    """Cells to columns: many at once where they have the usual form, else one by one."""

    def __init__(self, source: int, mscs: Mscs, refuse: Refuse) -> None:
        self._source = source
        self._mscs = mscs
        self._refuse = refuse
        self._faults: dict[int, _RefusedError] = {}  # by row of the block

    def batch(self, lines: Sequence[int], columns: Columns) -> Batch:
        """The rows without fault; the others are refused."""
        blank = [""] * len(lines)
        batch = Batch.empty(len(lines))
        batch.source.fill(self._source)
        batch.time[:] = self._column(columns["time"], _times, parse_time, "time_malformed")
        batch.msid[:] = self._msid(columns.get("min", blank), columns.get("imsi", blank))
        batch.esn[:] = self._column(columns["esn"], _esns, _esn, "esn_malformed")
        batch.mscid[:] = self._column(columns["mscid"], None, self._mscid, "mscid_malformed")
        batch.msc[:] = self._mscs.place(batch.mscid)
        for name in NUMBERS:
            if name in columns:
                getattr(batch, name)[:] = self._column(
                    columns[name], _blanks, partial(_number, name), "record_malformed"
                )
        transaction_id = self._column(
            columns.get("transaction_id", blank),
            _transaction_ids,
            _transaction_id,
            "record_malformed",
        )
        batch.transaction_id[:] = np.maximum(transaction_id, 0)
        _flag(batch, transaction_id == ABSENT)
        return self._good(batch, lines)

    def _column(
        self,
        cells: Sequence[Hashable] | NDArray[np.int64],
        together: Callable[[Any], NDArray[np.int64] | None] | None,
        convert: Callable[[Any], int],
        reason: str,
    ) -> NDArray[np.int64]:
        """Number of each cell: those of *together*, or else of *convert*, once for equal cells."""
        if isinstance(cells, np.ndarray):
            return cells
        numbers = None if together is None else together(cells)
        if numbers is not None:
            return numbers
        meaning: dict[Hashable, int] = {}
        refused: dict[Hashable, _RefusedError] = {}
        for cell in set(cells):
            try:
                meaning[cell] = convert(cell.strip() if isinstance(cell, str) else cell)
            except _RefusedError as fault:
                refused[cell] = fault
            except ValueError as fault:
                refused[cell] = _RefusedError(reason, str(fault))
        if refused:
            meaning.update(dict.fromkeys(refused, 0))
            for row, cell in enumerate(cells):
                if cell in refused:
                    self._faults.setdefault(row, refused[cell])
        return np.fromiter(map(meaning.__getitem__, cells), np.int64, len(cells))

    def _msid(self, mins: Column, imsis: Column) -> NDArray[np.int64]:
        """MSIDs; where an IMSI may stand, both columns are text."""
        if any(imsis):
            return self._column(
                list(zip(mins, imsis, strict=True)), None, _msid, "record_malformed"
            )
        return self._column(mins, _mins, lambda cell: _msid((cell, "")), "record_malformed")

    def _good(self, batch: Batch, lines: Sequence[int]) -> Batch:
        """*batch* without the rows at fault, which are forgotten."""
        if not self._faults:
            return batch
        good = np.ones(len(batch), bool)
        for row, fault in sorted(self._faults.items()):
            good[row] = False
            self._refuse(fault.reason, lines[row], str(fault))
        self._faults.clear()
        return batch[good]

    def _mscid(self, cell: str) -> int:
        try:
            return parse_mscid(cell)
        except ValueError:
            indices = self._mscs.indices(cell)
            if not indices:
                raise
        # Rows of one name are one MSC: which of them it is makes no difference to the rule.
        mscid = self._mscs.rows[indices[0]].mscid
        if mscid == MSCID_NONE:
            raise ValueError(f"{cell!r} has no MSCID: give it one in mscs.csv")
        return mscid


def _flag(batch: Batch, no_transaction_id: NDArray[np.bool_]) -> None:
    """Set the flags that follow from the columns."""
    for flag, mask in (
        (Flags.NO_TRANSACTION_ID, no_transaction_id),
        (Flags.IMSI, batch.msid >= IMSI_LENGTH_FACTOR),
        (Flags.PSEUDO_ESN, batch.esn >> 24 == PSEUDO_ESN_MANUFACTURER),
        (Flags.POWER_DOWN, batch.system_access_type == POWER_DOWN_REGISTRATION),
    ):
        batch.flags[mask] |= np.uint8(flag)


def parse_time(cell: str) -> int:
    """Milliseconds since 1970 UTC. Raises ValueError."""
    if match := _SECONDS.fullmatch(cell):
        return int(match[1]) * 1000 + int(((match[2] or "") + "000")[:3])
    try:
        moment = datetime.fromisoformat(cell.upper())  # t and z are allowed, too
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or moment < _EPOCH:
        raise ValueError(
            "a time is seconds since 1970, or as in 2026-11-22T10:00:00.000Z with its offset, "
            f"not {cell!r}"
        )
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _times(cells: Sequence[str]) -> NDArray[np.int64] | None:
    """Milliseconds, if all are written in the commonest form."""
    octets = _octets(cells, len(_UTC_MS))
    if octets is None or not (octets[:, _MARKS] == np.frombuffer(b"--T::.Z", np.uint8)).all():
        return None
    if ((octets[:, _DIGITS] < ord("0")) | (octets[:, _DIGITS] > ord("9"))).any():
        return None
    text = np.ascontiguousarray(octets[:, :-1]).view(f"S{len(_UTC_MS) - 1}").ravel()
    try:
        ms = text.astype("datetime64[ms]").astype(np.int64)
    except ValueError:  # a month 13, say
        return None
    return ms if (ms >= 0).all() else None


def _msid(pair: tuple[str, str]) -> int:
    mobile, imsi = pair[0].strip(), pair[1].strip()
    if bool(mobile) == bool(imsi):
        given = "both" if mobile else "neither"
        raise _RefusedError("record_malformed", f"one of min and imsi must be given, not {given}")
    try:
        return msid_of_min(mobile) if mobile else msid_of_imsi(imsi)
    except ValueError as fault:
        reason = "min_malformed" if mobile else "imsi_malformed"
        raise _RefusedError(reason, str(fault)) from None


def _mins(cells: Sequence[str]) -> NDArray[np.int64] | None:
    """MSIDs, if all are MINs of ten digits."""
    octets = _octets(cells, MIN_DIGITS)
    if octets is None:
        return None
    digits = octets - np.uint8(ord("0"))
    return None if (digits > 9).any() else digits @ _POWERS


def _esn(cell: str) -> int:
    if len(cell) == 8 and cell.isalnum():
        try:
            return int(cell, 16)
        except ValueError:
            pass
    if len(cell) == 11 and cell.isascii() and cell.isdigit():
        manufacturer, serial = int(cell[:3]), int(cell[3:])
        if manufacturer < 1 << 8 and serial < 1 << 24:
            return manufacturer << 24 | serial
    raise ValueError(
        "an ESN is 8 hex digits, or 11 decimal ones (3 manufacturer to 255, 8 serial to 16777215), "
        f"not {cell!r}"
    )


def _esns(cells: Sequence[str]) -> NDArray[np.int64] | None:
    """ESNs, if all are 8 hex digits."""
    octets = _octets(cells, 8)
    return None if octets is None else _hex(octets)


def _transaction_ids(cells: Sequence[str]) -> NDArray[np.int64] | None:
    """Transaction IDs, if all are 0x and 8 hex digits, or all absent."""
    if not any(cells):
        return np.full(len(cells), ABSENT, np.int64)
    octets = _octets(cells, len("0x00000000"))
    if octets is None or not (octets[:, :2] == np.frombuffer(b"0x", np.uint8)).all():
        return None
    return _hex(octets[:, 2:])


def _blanks(cells: Sequence[str]) -> NDArray[np.int64] | None:
    """Zeros, if all are absent."""
    return None if any(cells) else np.zeros(len(cells), np.int64)


def _hex(octets: NDArray[np.uint8]) -> NDArray[np.int64] | None:
    """Numbers of 8 hex digits a row, if that is what they are."""
    try:
        numbers = np.frombuffer(bytes.fromhex(octets.tobytes().decode()), ">u4")
    except ValueError:
        return None
    # fromhex passes over white space.
    return numbers.astype(np.int64) if len(numbers) == len(octets) else None


def _octets(cells: Sequence[str], length: int) -> NDArray[np.uint8] | None:
    """ASCII of the cells, one a row, if all have *length* characters."""
    text = "".join(cells)
    if set(map(len, cells)) != {length} or not text.isascii():
        return None
    return np.frombuffer(text.encode(), np.uint8).reshape(-1, length)


def _transaction_id(cell: str) -> int:
    if not cell:
        return ABSENT
    if re.fullmatch(r"0x[0-9A-Fa-f]{8}", cell):
        return int(cell, 16)
    if re.fullmatch(r"[0-9]{1,10}", cell) and int(cell) < 1 << 32:
        return int(cell)
    raise ValueError(
        f"column 'transaction_id': decimal, or 0x and 8 hex digits, at most 32 bits, not {cell!r}"
    )


def _number(column: str, cell: str) -> int:
    if not cell:
        return 0
    if re.fullmatch(r"[0-9]{1,5}", cell) and int(cell) < 1 << NUMBERS[column]:
        return int(cell)
    raise ValueError(f"column {column!r}: 0 to {(1 << NUMBERS[column]) - 1}, not {cell!r}")


def _rows(batch: Batch) -> Iterator[tuple[object, ...]]:
    """Cells of each registration, in the order of HEADINGS."""
    imsi = batch.msid >= IMSI_LENGTH_FACTOR
    is_imsi = imsi.tolist()
    digits = [msid_digits(msid) for msid in batch.msid.tolist()]
    known = {mscid: mscid_text(mscid) for mscid in np.unique(batch.mscid).tolist()}
    no_id = (batch.flags & Flags.NO_TRANSACTION_ID).astype(bool).tolist()
    columns: list[Iterable[object]] = [
        np.char.add(np.datetime_as_string(batch.time.view("datetime64[ms]")), "Z").tolist(),
        ("" if other else text for text, other in zip(digits, is_imsi, strict=True)),
        (text if other else "" for text, other in zip(digits, is_imsi, strict=True)),
        (f"{esn:08X}" for esn in batch.esn.tolist()),
        (known[mscid] for mscid in batch.mscid.tolist()),
        (
            "" if absent else f"0x{number:08X}"
            for number, absent in zip(batch.transaction_id.tolist(), no_id, strict=True)
        ),
        *((number or "" for number in getattr(batch, name).tolist()) for name in NUMBERS),
    ]
    return zip(*columns, strict=True)
