"""A table of the report: shown on the page, and a CSV file."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

MINUTE_MS: Final = 60_000
Cell: TypeAlias = str | int | float | None
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet computes


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns, the weightiest row first. *more*: rows that were left out."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    more: int = 0


def minutes(ms: int) -> float:
    """A duration as a cell: to the hundredth of a minute."""
    return round(ms / MINUTE_MS, 2)


def write_csv(table: Table, stream: TextIO) -> None:
    """Write a table. What a spreadsheet would take for a formula gets an apostrophe before it."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([_harmless(cell) for cell in row] for row in table.rows)


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULAS) else cell
