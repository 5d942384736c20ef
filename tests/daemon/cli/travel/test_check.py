"""``clonewatch travel check``."""

from __future__ import annotations

from pathlib import Path

from command import clonewatch

PCAPS = Path(__file__).parents[4] / "pcaps"


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


def test_coordinates_are_asked_where_there_are_any(tmp_path: Path) -> None:
    mscs, table = tmp_path / "mscs.csv", tmp_path / "travel.csv"
    mscs.write_text("mscid,name,latitude,longitude,radius_km\n1-1,A,40,-75,5\n1-2,B,41,-75,5\n")
    table.write_text("minutes,A,B\nA,0,300\nB,0,0\n")
    ran = clonewatch("travel", "check", table, "--mscs", mscs)
    counts, *findings = ran.records
    assert (counts["counts"]["too_long"], counts["counts"]["too_short"]) == (1, 1)
    assert {finding["kind"] for finding in findings} >= {"too_long", "too_short"}


def test_what_looks_wrong_in_the_mscs_is_told_with_its_line(tmp_path: Path) -> None:
    mscs, table = tmp_path / "mscs.csv", tmp_path / "travel.csv"
    mscs.write_text("mscid,name,latitude,longitude\n1-1,A,40,-75\n1-2,B,-75,41\n")
    table.write_text("minutes,A,B\nA,0,300\nB,300,0\n")
    ran = clonewatch("travel", "check", table, "--mscs", mscs)
    assert ran.exit_code == 0
    assert f"{mscs}:3: B: -75 north and 41 east is in the Antarctic" in ran.errors


def test_how_much_there_and_back_may_differ_can_be_said(tmp_path: Path) -> None:
    table = tmp_path / "travel.csv"
    table.write_text("minutes,1-1,1-2\n1-1,0,100\n1-2,130,0\n")
    for minutes, found in (("29", 1), ("30", 0)):
        counts, *_ = clonewatch("travel", "check", table, "--asymmetry", minutes).records
        assert counts["counts"]["asymmetric"] == found


def test_the_window_is_the_one_that_is_used(tmp_path: Path) -> None:
    table = tmp_path / "travel.csv"
    table.write_text("minutes,1-1,1-2\n1-1,0,100\n1-2,100,0\n")
    counts, *_ = clonewatch("travel", "check", table, "--window", "1").records
    assert counts["counts"]["above_window"] == 2
