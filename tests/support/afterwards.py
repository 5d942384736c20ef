"""What a daemon has kept, seen from outside; and what it should have."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from command import clonewatch

if TYPE_CHECKING:
    from pathlib import Path


def stored(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """Rows of the store of the daemon in *folder*; it may run."""
    database = sqlite3.connect(folder / "state" / "clonewatch.sqlite")
    try:
        return database.execute(query).fetchall()
    finally:
        database.close()


def clone_records(folder: Path) -> dict[str, bool]:
    """The store's clone records, and whether each is superseded."""
    rows = stored(folder, "SELECT id, superseded FROM clone_records")
    return {name: bool(superseded) for name, superseded in rows}


def undisturbed(folder: Path) -> dict[str, bool]:
    """The clone records that one run over all that was recorded would have written."""
    tables: list[str | Path] = ["--travel", folder / "travel.csv"]
    if (mscs := folder / "mscs.csv").exists():
        tables += ["--mscs", mscs]
    ran = clonewatch("detect", folder / "state" / "records", *tables)
    assert ran.exit_code == 0
    return {record["id"]: record["superseded"] for record in ran.records}
