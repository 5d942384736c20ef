"""``clonewatch clocks``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command import clonewatch

if TYPE_CHECKING:
    from pathlib import Path


def test_a_runaway_is_named_and_the_worst_is_first(tmp_path: Path) -> None:
    words = ("--subscribers", "3000", "--mscs", "40", "--clones", "0", "--hours", "12", "--country")
    further = ("--per-hour", "1", "--skewed", "0.05", "--late", "0.01", "--no-records", "--parquet")
    (made,) = clonewatch("lab", "simulate", tmp_path, *words, *further).records
    ran = clonewatch("clocks", made["parquet"], "--travel", made["travel"], "--mscs", made["mscs"])
    assert ran.exit_code == 0
    off = [record for record in ran.records if abs(record["ahead_s"]) > 15]
    assert len(off) == 2
    assert ran.records[0]["clock"] == "msc"
    assert abs(ran.records[0]["ahead_s"]) >= abs(ran.records[1]["ahead_s"])
    assert ran.records[0]["runaway"]
    strict = ("--runaway", "100000")
    again = clonewatch(
        "clocks", made["parquet"], "--travel", made["travel"], "--mscs", made["mscs"], *strict
    )
    assert not any(record["runaway"] for record in again.records)


def test_records_that_are_not_there_are_unreadable(tmp_path: Path) -> None:
    ran = clonewatch("clocks", tmp_path / "none.csv", "--travel", tmp_path / "travel.csv")
    assert ran.exit_code == 65
