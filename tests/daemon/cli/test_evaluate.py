"""``clonewatch evaluate``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command import clonewatch

if TYPE_CHECKING:
    from pathlib import Path


def movement(folder: Path) -> Path:
    """Six users in two towns far from each other; each stays for a day."""
    path = folder / "moves.csv"
    rows = [
        f"u{user},{1_600_000_000 + hour * 3600},{40 + user % 2 * 5},{-100 + user % 2 * 5}"
        for user in range(6)
        for hour in range(24)
    ]
    path.write_text("user,time,lat,lon\n" + "\n".join(rows) + "\n")
    return path


def test_movement_is_scored(tmp_path: Path) -> None:
    ran = clonewatch("evaluate", "--movement", movement(tmp_path), "--cloned", "2", "--seed", "5")
    assert ran.exit_code == 0
    (score,) = ran.records
    assert score["tried"] == "movement"
    assert 5 * 24 < score["registrations"] < 6 * 24  # two clones begin late
    assert score["honest_alarmed"] == 0
    pairs = score["pairs"]
    assert pairs["count"] == pairs["of"] > 0
    assert pairs["low"] < pairs["value"] == pairs["high"] == 1
    assert score["false_per_million"]["low"] == 0 < score["false_per_million"]["high"]
    assert score["suspended"]["default"]["honest"] == 0
    assert not {"pairs_by_kind", "found_by_activity"} & score.keys()


def test_ones_own_mscs_and_table_are_used(tmp_path: Path) -> None:
    (tmp_path / "mscs.csv").write_text(
        "mscid,name,latitude,longitude,radius_km\n1-1,A,40,-100,30\n1-2,B,45,-95,30\n"
    )
    (tmp_path / "travel.csv").write_text("minutes,A,B\nA,0,0\nB,0,0\n")
    ran = clonewatch(
        "evaluate", "--movement", movement(tmp_path), "--mscs", tmp_path / "mscs.csv",
        "--travel", tmp_path / "travel.csv", "--cloned", "3", "--seed", "2",
    )  # fmt: skip
    assert ran.exit_code == 0
    assert ran.records[0]["conflicts"]["of"] == 0  # all adjacent: nothing is impossible


def test_wrong_usage_and_unreadable_movement(tmp_path: Path) -> None:
    assert clonewatch("evaluate", "--mscs", tmp_path / "mscs.csv").exit_code == 2
    table = tmp_path / "travel.csv"
    assert clonewatch("evaluate", "--movement", table, "--travel", table).exit_code == 2
    assert clonewatch("evaluate", "--movement", tmp_path / "none.csv").exit_code == 65
