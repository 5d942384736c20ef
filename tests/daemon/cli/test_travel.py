"""``clonewatch travel``."""

from __future__ import annotations

from pathlib import Path

from command import clonewatch

PCAPS = Path(__file__).parents[3] / "pcaps"


def test_check_counts_and_names_what_looks_wrong() -> None:
    ran = clonewatch("travel", "check", PCAPS / "travel.csv", "--mscs", PCAPS / "mscs.csv")
    assert ran.exit_code == 0
    counts, *findings = ran.records
    assert counts["mscs"] == 5
    assert counts["counts"]["above_window"] == len(findings) == 8


def test_a_table_that_cannot_be_read_is_65(tmp_path: Path) -> None:
    table = tmp_path / "travel.csv"
    table.write_text("minutes,1-1\n2-2,0\n", encoding="utf-8")
    ran = clonewatch("travel", "check", table)
    assert ran.exit_code == 65
    assert ran.errors.startswith(f"clonewatch: {table}")
