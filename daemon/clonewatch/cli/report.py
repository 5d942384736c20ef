"""``clonewatch report``: a day, as a page and as CSV."""

from __future__ import annotations

from pathlib import Path  # Typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from clonewatch.cli import options  # noqa: TC001  # Typer reads the annotations
from clonewatch.cli.output import faults_explained, json_line, wants_json

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from clonewatch.report.day import Day

YESTERDAY = "yesterday"
TODAY = "today"
FIRST_YEAR = 1971  # times are counted from 1970 on
DayText = Annotated[
    str,
    typer.Option("--day", help="YYYY-MM-DD, yesterday or today, in report.time_zone."),
]
Into = Annotated[
    Path | None,
    typer.Option("-o", "--output", help="The folder to write into; default: report.directory."),
]


def report(
    config: options.ConfigFile,
    day: DayText = YESTERDAY,
    output: Into = None,
    as_json: options.Json = False,
) -> None:
    """Write what happened on a day: cases, where, what was done, what was missed.

    The daemon may be running. The page and its CSV files are named by the day; they are replaced if
    they are there.
    """
    with faults_explained():
        from datetime import UTC, datetime

        from clonewatch.report.making import make, where
        from clonewatch.settings import read

        settings = read(config)
        now = datetime.now(UTC)
        which = day_of(day, now, settings.config.report.time_zone)
        directory = output or settings.config.report_directory
        paths = make(which, where(settings), directory, round(now.timestamp() * 1000))
    if wants_json(as_json):
        page, *tables = (str(path) for path in paths)
        json_line({"day": which.date.isoformat(), "page": page, "tables": tables})
    else:
        typer.echo(str(paths[0]))


def day_of(text: str, now: datetime, zone: ZoneInfo) -> Day:
    """Read --day. Raises BadParameter."""
    from datetime import date

    from clonewatch.report.day import Day, before

    if text == YESTERDAY:
        return before(now, zone)
    today = now.astimezone(zone).date()
    try:
        which = today if text == TODAY else date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"--day {text}: give YYYY-MM-DD, yesterday or today") from None
    if which > today or which.year < FIRST_YEAR:
        raise typer.BadParameter(f"--day {text}: a day from {FIRST_YEAR} to {today}")
    return Day(which, zone)
