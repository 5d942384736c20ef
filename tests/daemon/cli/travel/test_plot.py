"""``clonewatch travel plot``."""

from __future__ import annotations

from pathlib import Path

from command import clonewatch

PCAPS = Path(__file__).parents[4] / "pcaps"
MSCS = "mscid,name,latitude,longitude\n1-1,A,40,-75\n1-2,B,41,-75\n"


def test_a_table_is_drawn(tmp_path: Path) -> None:
    drawing = tmp_path / "x.png"
    ran = clonewatch("travel", "plot", PCAPS / "travel.csv", "-o", drawing)
    assert (ran.exit_code, ran.output, ran.errors) == (0, "", "")
    assert drawing.read_bytes().startswith(b"\x89PNG")


def test_a_map_needs_coordinates(tmp_path: Path) -> None:
    mscs, table, drawing = tmp_path / "mscs.csv", tmp_path / "t.csv", tmp_path / "x.SVG"
    mscs.write_text(MSCS)
    table.write_text("minutes,A,B\nA,0,40\nB,40,0\n")
    words = ("travel", "plot", table, "--map", "-o", drawing)
    assert clonewatch(*words, "--mscs", mscs).exit_code == 0
    assert b"<svg" in drawing.read_bytes()
    ran = clonewatch("travel", "plot", PCAPS / "travel.csv", "--map", "-o", drawing)
    assert ran.exit_code == 2


def test_a_drawing_of_another_kind_is_wrong_usage(tmp_path: Path) -> None:
    ran = clonewatch("travel", "plot", PCAPS / "travel.csv", "-o", tmp_path / "x.gif")
    assert ran.exit_code == 2
    assert list(tmp_path.iterdir()) == []
