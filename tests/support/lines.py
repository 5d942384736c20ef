"""Files that somebody is still writing, read line by line: the last line may be half there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def whole_lines(path: Path, end: str = "") -> list[str]:
    """The lines that are there to their *end*; a file that is not there yet has none."""
    lines = path.read_text("utf-8").splitlines(keepends=True) if path.exists() else []
    return [line[:-1] for line in lines if line.endswith(end + "\n")]


def whole_records(path: Path) -> list[str]:
    """The records in a file of JSON lines; one that a kill tore is none, though a line follows."""
    return whole_lines(path, "}")
