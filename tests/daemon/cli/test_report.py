"""``clonewatch report``."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from typer import BadParameter

from clonewatch.cli.output import Exit
from clonewatch.cli.report import day_of
from clonewatch.report.day import Day
from command import clonewatch
from daemons import settings
from stores import store_in

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")


def test_a_day_is_written_and_its_paths_told(tmp_path: Path) -> None:
    config = settings(tmp_path, '[report]\ntime_zone = "America/New_York"\n').config
    config.state_directory.mkdir()
    store_in(config.state_directory).close()
    ran = clonewatch("report", "-c", tmp_path / "clonewatch.toml", "--day", "2025-03-09")
    assert ran.exit_code == 0, ran.errors
    (told,) = ran.records
    assert told["day"] == "2025-03-09"
    assert told["page"] == str(config.report_directory / "clonewatch-2025-03-09.html")
    assert len(told["tables"]) == 11
    assert (
        "America/New_York" in (config.report_directory / "clonewatch-2025-03-09.html").read_text()
    )


def test_without_a_store_the_exit_says_so(tmp_path: Path) -> None:
    settings(tmp_path)
    ran = clonewatch("report", "-c", tmp_path / "clonewatch.toml")
    assert ran.exit_code == Exit.UNREADABLE
    assert "there is no store" in ran.errors


def test_days_are_those_of_the_zone() -> None:
    assert day_of("today", NOW, NEW_YORK) == Day(date(2026, 11, 21), NEW_YORK)
    assert day_of("yesterday", NOW, NEW_YORK) == Day(date(2026, 11, 20), NEW_YORK)
    assert day_of("2026-11-21", NOW, NEW_YORK) == Day(date(2026, 11, 21), NEW_YORK)


@pytest.mark.parametrize("text", ["2026-11-22", "1970-01-01", "9999-12-31", "monday", "2026-02-30"])
def test_a_day_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(BadParameter, match=text):
        day_of(text, NOW, NEW_YORK)
