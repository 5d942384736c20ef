"""``clonewatch travel build``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command import clonewatch

if TYPE_CHECKING:
    from pathlib import Path


MSCS = (
    "mscid,name,latitude,longitude,radius_km\n"
    "1-1,A,40.0,-75.0,10\n1-2,B,40.5,-75.0,10\n1-3,C,41.5,-75.0,10\n"
)


def mscs(folder: Path, text: str = MSCS) -> Path:
    path = folder / "mscs.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_build_writes_a_table_that_check_likes_and_detect_reads(tmp_path: Path) -> None:
    table = tmp_path / "travel.csv"
    ran = clonewatch("travel", "build", mscs(tmp_path), "-o", table)
    assert (ran.exit_code, ran.output) == (0, "")
    first, *_ = table.read_text().splitlines()
    assert first.startswith("# Built by clonewatch travel build from mscs.csv")
    assert clonewatch("travel", "build", mscs(tmp_path)).output == table.read_text()
    ran = clonewatch("travel", "check", table, "--mscs", mscs(tmp_path))
    assert (ran.exit_code, ran.errors, len(ran.records)) == (0, "", 1)


def test_areas_may_be_given_by_their_cells(tmp_path: Path) -> None:
    cells, table = tmp_path / "cells.csv", tmp_path / "travel.csv"
    cells.write_text("mscid,latitude,longitude,radius_km\nA,40.0,-75.0,2\nA,39.9,-75.0,2\n")
    circles = clonewatch("travel", "build", mscs(tmp_path)).output.splitlines()[-3].split(",")
    clonewatch("travel", "build", mscs(tmp_path), "--cells", cells, "-o", table)
    lines = table.read_text().splitlines()
    assert any("Areas by the cells of cells.csv (SHA-256" in line for line in lines[:4])
    by_cells = lines[-3].split(",")
    assert by_cells[0] == circles[0] == "A"
    assert abs(float(by_cells[2]) - float(circles[2]) - 8 / 160 * 60) < 0.3  # 10 km have become 2
    cells.write_text("mscid,latitude,longitude,radius_km\nA,40.0,-75.0,-2\n")
    ran = clonewatch("travel", "build", mscs(tmp_path), "--cells", cells, "-o", table)
    assert ran.exit_code == 65
    assert "cells.csv:2: column 'radius_km'" in ran.errors
    assert table.read_text().splitlines() == lines


def test_given_entries_stand_instead_of_built_ones(tmp_path: Path) -> None:
    given = tmp_path / "given.csv"
    given.write_text("first,second,minutes\nA,C,1.5\n")
    table = tmp_path / "travel.csv"
    clonewatch("travel", "build", mscs(tmp_path), "--given", given, "--road", "100", "-o", table)
    _, speeds, _, _, a, *_ = table.read_text().splitlines()
    assert "road at 100 km/h" in speeds
    assert a.startswith("A,0,21")
    assert a.endswith(",1.5")


def test_every_fault_is_told_and_the_table_that_was_there_stays(tmp_path: Path) -> None:
    table = tmp_path / "travel.csv"
    table.write_text("old")
    path = mscs(tmp_path, MSCS + "1-4,D,,,\n1-5,E,-75,40,10\n1-6,F,40,-75,30000\n")
    ran = clonewatch("travel", "build", path, "-o", table)
    assert ran.exit_code == 65
    assert [line.split(": ")[1] for line in ran.errors.splitlines()] == [
        f"{path}:{line}" for line in (5, 6, 7)
    ]
    assert table.read_text() == "old"
    assert sorted(tmp_path.iterdir()) == sorted([table, path])


def test_a_fault_in_what_is_given_leaves_the_table_that_was_there(tmp_path: Path) -> None:
    table, given = tmp_path / "travel.csv", tmp_path / "given.csv"
    table.write_text("old")
    given.write_text("first,second,minutes\nA,X,1\n")
    ran = clonewatch("travel", "build", mscs(tmp_path), "--given", given, "-o", table)
    assert ran.exit_code == 65
    assert ran.errors.startswith(f"clonewatch: {given}:2: column 'second'")
    assert table.read_text() == "old"


def test_two_mscs_with_one_number_are_refused(tmp_path: Path) -> None:
    path = mscs(tmp_path, MSCS + "1-1,D,42,-75,10\n")
    ran = clonewatch("travel", "build", path)
    assert ran.exit_code == 65
    assert ran.errors.startswith(f"clonewatch: {path}:5: column 'mscid': 1-1 stands in two rows")


def test_a_latitude_out_of_range_is_refused_with_its_line(tmp_path: Path) -> None:
    path = mscs(tmp_path, MSCS + "1-4,D,-118.4,33.9,10\n")
    ran = clonewatch("travel", "build", path)
    assert ran.exit_code == 65
    assert ran.errors.startswith(f"clonewatch: {path}:5: column 'latitude': degrees must be")


def test_a_radius_larger_than_the_distance_is_told_by_build_and_check(tmp_path: Path) -> None:
    path, table = mscs(tmp_path, MSCS + "1-4,D,41.6,-75,50\n"), tmp_path / "travel.csv"
    for words in (("build", path, "-o", table), ("check", table, "--mscs", path)):
        ran = clonewatch("travel", *words)
        assert ran.exit_code == 0
        assert f"{path}:5: D: its radius of 50 km is larger than the distance" in ran.errors


def test_what_has_no_coordinates_may_stay_blank(tmp_path: Path) -> None:
    path = mscs(tmp_path, MSCS + "1-4,D,,,\n")
    ran = clonewatch("travel", "build", path, "--partly")
    assert ran.exit_code == 0
    assert ran.output.splitlines()[-1] == "D,,,,0"
