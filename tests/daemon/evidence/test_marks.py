"""The table of evidence, in the code and in the documentation."""

from __future__ import annotations

from pathlib import Path

from clonewatch.evidence.marks import TABLE, Mark, table_text

PAGE = Path(__file__).parents[3] / "docs" / "evidence.md"


def test_every_mark_is_in_the_table_and_weighs_something() -> None:
    assert list(TABLE) == list(Mark)
    assert all(row.is_clone or row.is_owner for row in TABLE.values())


def test_the_documentation_has_the_same_table() -> None:
    assert table_text() in PAGE.read_text(encoding="utf-8")
