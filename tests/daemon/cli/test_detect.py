"""``clonewatch detect``."""

from __future__ import annotations

from pathlib import Path

import pytest

from clonewatch.lab.simulate import simulate
from command import clonewatch

PCAPS = Path(__file__).parents[3] / "pcaps"
TABLES = ("--travel", PCAPS / "travel.csv", "--mscs", PCAPS / "mscs.csv")
HEADING = "time,min,esn,mscid\n"
A, B, C = (f"6145551234,82123456,4660-{switch}\n" for switch in (1, 2, 3))
DAY = "2026-11-22T"


def group(path: Path, *rows: str) -> Path:
    path.write_text(HEADING + "".join(rows), encoding="utf-8")
    return path


def test_the_patents_example_from_a_record_group(tmp_path: Path) -> None:
    ran = clonewatch(
        "detect", group(tmp_path / "g.csv", f"{DAY}10:00:00Z,{A}", f"{DAY}10:45:00Z,{C}"), *TABLES
    )
    assert ran.exit_code == 0
    (record,) = ran.records
    assert (record["msid"], record["elapsed_s"]) == ("6145551234", 2700.0)
    assert record["detected_at"] == "2026-11-22T10:45:00.000Z"
    assert record["first"]["source"] == "g.csv"


def test_the_acquittal(tmp_path: Path) -> None:
    late = group(
        tmp_path / "g.csv", f"{DAY}10:00:00Z,{A}", f"{DAY}10:45:00Z,{C}", f"{DAY}10:20:00Z,{B}"
    )
    found, taken_back = clonewatch("detect", late, *TABLES).records
    assert (found["superseded"], taken_back["superseded"]) == (False, True)
    assert found["id"] == taken_back["id"]


def test_groups_are_merged_whatever_the_order_they_are_named_in(tmp_path: Path) -> None:
    first = group(tmp_path / "1.csv", f"{DAY}10:00:00Z,{A}")
    second = group(tmp_path / "2.csv", f"{DAY}10:45:00Z,{C}")
    (record,) = clonewatch("detect", second, first, *TABLES).records
    assert record["first"]["source"] == "1.csv"
    assert record["superseded"] is False


def test_a_bad_row_is_counted_and_told_and_stops_nothing(tmp_path: Path) -> None:
    rows = group(
        tmp_path / "g.csv",
        f"{DAY}10:00:00Z,{A}",
        "noon,6145551234,82123456,4660-1\n",
        f"{DAY}10:45:00Z,{C}",
    )
    ran = clonewatch("detect", rows, *TABLES, "-v")
    assert (ran.exit_code, len(ran.records)) == (0, 1)
    assert f"{rows}:3: time_malformed" in ran.errors


def test_figures_4_and_5_run_literally_are_part_of_the_immediate_answer(tmp_path: Path) -> None:
    town = simulate(
        tmp_path, subscribers=1500, mscs=30, hours=12, clones=30, seed=5, carriers=[], records=True
    )
    assert town.records is not None
    tables = ("--travel", town.travel, "--mscs", town.mscs)
    at_once = clonewatch("detect", town.records, *tables).records
    figures = clonewatch(
        "detect", town.records, *tables, "--every", "30m", "--groups", "13"
    ).records
    names = {record["id"] for record in figures}
    assert len(names) == len(figures) > 0
    assert names <= {record["id"] for record in at_once}
    assert names >= {record["id"] for record in at_once if record["elapsed_s"] <= 6 * 3600}


@pytest.mark.parametrize("every", ["30", "m", "0m", "-5m", "1.5h"])
def test_a_duration_that_is_none_is_wrong_usage(every: str, tmp_path: Path) -> None:
    ran = clonewatch("detect", group(tmp_path / "g.csv"), *TABLES, "--every", every)
    assert ran.exit_code == 2


def test_headings_that_are_not_a_groups_are_65(tmp_path: Path) -> None:
    path = tmp_path / "g.csv"
    path.write_text("when,who\n1,2\n", encoding="utf-8")
    ran = clonewatch("detect", path, *TABLES)
    assert ran.exit_code == 65
    assert ran.errors.startswith(f"clonewatch: {path}:1")


def test_evidence_says_how_sure_each_is_and_who_is_the_clone(tmp_path: Path) -> None:
    words = (
        "--subscribers",
        "400",
        "--mscs",
        "120",
        "--clones",
        "60",
        "--hours",
        "72",
        "--country",
    )
    further = ("--per-hour", "0.5", "--no-records", "--parquet")
    (made,) = clonewatch("lab", "simulate", tmp_path, *words, *further).records
    table = ("--travel", made["travel"], "--mscs", made["mscs"])
    plain = clonewatch("detect", made["parquet"], *table)
    ran = clonewatch("detect", made["parquet"], *table, "--evidence", "--homes", made["homes"])
    assert ran.exit_code == 0
    superseded = {record["id"] for record in plain.records if record["superseded"]}
    standing = [record for record in plain.records if record["id"] not in superseded]
    weighed = [dict(record) for record in ran.records]
    evidence = [record.pop("evidence") for record in weighed]
    assert [r for r in weighed if r["id"] not in superseded] == standing
    assert len(evidence) > 30
    assert all(0 < each["confidence"] <= 1 for each in evidence)
    assert {each["clone"] for each in evidence} >= {"first", "second"}
    marks = {found["mark"] for each in evidence for found in each["found"]}
    assert {"at_home", "terminal_type_differs", "conflicts_repeated"} <= marks


def test_homes_without_evidence_are_wrong_usage(tmp_path: Path) -> None:
    homes = tmp_path / "homes.csv"
    assert clonewatch("detect", homes, "--travel", homes, "--homes", homes).exit_code == 2
