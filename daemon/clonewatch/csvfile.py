"""Tables that people write: small CSV files with headings; every fault is named by its line."""

from __future__ import annotations

import csv
import io
import math
import re
from typing import TYPE_CHECKING, Final

from clonewatch.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)


def read_text(path: Path) -> str:
    """A whole UTF-8 file without its byte order mark. Raises InputError."""
    try:
        octets = path.read_bytes()
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}") from None
    try:
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise InputError(
            path, f"octet {octets[error.start]:02X} is not UTF-8: save it as UTF-8", line=line
        ) from None
    if not text.strip():
        raise InputError(path, "the file is empty")
    return text


def read_rows(
    path: Path, *, known: Sequence[str], needed: Collection[str], others: bool = False
) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells by heading of each row; blank lines and # lines before the headings.

    *others*: pass over columns that are not *known*, instead of refusing them. Raises InputError.
    """
    reader = csv.reader(io.StringIO(read_text(path), newline=""))
    headings: list[str] | None = None
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            line = reader.line_num
            if not any(cells) or (headings is None and cells[0].startswith("#")):
                continue
            if headings is None:
                headings = cells
                _check_headings(path, line, headings, () if others else known)
                for heading in needed:
                    if heading not in headings:
                        raise InputError(path, f"the heading {heading!r} is missing", line=line)
            elif len(cells) != len(headings):
                raise InputError(
                    path, f"{len(cells)} cells under {len(headings)} headings", line=line
                )
            else:
                yield line, dict(zip(headings, cells, strict=True))
    except csv.Error as error:
        raise InputError(path, f"not a CSV file: {error}", line=reader.line_num) from None


def number_of(
    cells: Mapping[str, str], column: str, unit: str, low: float, high: float
) -> float | None:
    """A cell's number, None where there is none. Raises ValueError that names the column."""
    cell = cells.get(column)
    if not cell:
        return None
    if not _NUMBER.fullmatch(cell):
        raise ValueError(f"column {column!r}: {unit} must be a number, not {cell!r}")
    number = float(cell)
    if not (low <= number <= high and math.isfinite(number)):
        bounds = f"from {low} to {high}" if high < math.inf else f"{low} or more"
        raise ValueError(f"column {column!r}: {unit} must be {bounds}, not {cell!r}")
    return number


def _check_headings(path: Path, line: int, headings: Sequence[str], known: Sequence[str]) -> None:
    for heading in headings:
        if known and heading not in known:
            raise InputError(
                path, f"unknown heading {heading!r}; known are {', '.join(known)}", line=line
            )
        if headings.count(heading) > 1:
            raise InputError(path, f"heading {heading!r} stands twice", line=line)
