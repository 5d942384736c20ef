"""``clonewatch travel check``: what looks wrong in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from clonewatch.cli import options as common
from clonewatch.cli.output import faults_explained, json_line, say, wants_json
from clonewatch.cli.travel import options  # noqa: TC001  # Typer reads the annotations

if TYPE_CHECKING:
    from pathlib import Path

    from clonewatch.mscs import Mscs
    from clonewatch.travel.check import Report


def check(
    table: options.Table,
    mscs: common.Mscs = None,
    radius: options.Radius = None,
    window: common.Window = common.WINDOW_HOURS,
    asymmetry: Annotated[
        float, typer.Option("--asymmetry", help="Minutes that there and back may differ.", min=0)
    ] = 5,
    as_json: common.Json = False,
) -> None:
    """Say what looks wrong in a table of travel times, and what its MSCs' coordinates say of it."""
    with faults_explained():
        from clonewatch.travel.check import check as checked
        from clonewatch.travel.table import load_travel

        directory, times = load_travel(table, mscs)
        if mscs is not None:
            _doubt(mscs, directory, radius)
        report = checked(
            times, asymmetry_minutes=asymmetry, window_minutes=window * 60, radius_km=radius
        )
        if wants_json(as_json):
            _report_json(report)
            return
        typer.echo(f"{report.mscs} MSCs")
        for kind, count in report.counts.items():
            typer.echo(f"{count:8} {kind}")
        for finding in report.findings:
            typer.echo(f"  {finding.kind}: {finding.text}")


def _doubt(path: Path, mscs: Mscs, radius: float | None) -> None:
    """Say what looks wrong in mscs.csv itself; a radius that is missing is no fault here."""
    from clonewatch.travel.coordinates import examine

    examined = examine(path, mscs, radius_km=radius or 0, partly=True, believe=False)
    for told in (*examined.faults, *examined.doubts):
        say(f"clonewatch: {told}")


def _report_json(report: Report) -> None:
    counts = {str(kind): count for kind, count in report.counts.items()}
    json_line({"mscs": report.mscs, "counts": counts})
    for finding in report.findings:
        json_line(
            {
                "kind": str(finding.kind),
                "mscs": finding.mscs,
                "minutes": finding.minutes,
                "text": finding.text,
            }
        )
