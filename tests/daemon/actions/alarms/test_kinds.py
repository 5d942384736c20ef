"""The table of alarms, and its twin in the documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from clonewatch.actions.alarms.kinds import TABLE, Kind, table_text

DOCS: Final = Path(__file__).parents[4] / "docs" / "alarms.md"


def test_every_kind_has_its_row() -> None:
    assert list(TABLE) == list(Kind)


def test_the_documentation_has_the_same_table() -> None:
    assert f"<!-- kinds -->\n{table_text()}\n<!-- end -->" in DOCS.read_text("utf-8")
