"""``clonewatch travel``: travel times."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clonewatch.cli import options
from clonewatch.cli.output import Exit, faults_explained, json_line, say, wants_json

if TYPE_CHECKING:
    from clonewatch.mscs import Mscs
    from clonewatch.travel.check import Finding, Report
    from clonewatch.travel.table import TravelTimes

app = typer.Typer(
    help="Travel times: made from coordinates, looked through, corrected from traffic, drawn.",
    no_args_is_help=True,
)
Table = Annotated[Path, typer.Argument(help="Travel times: travel.csv.", metavar="CSV")]
Output = Annotated[
    Path | None,
    typer.Option("-o", help="Write the file here, whole or not at all.", metavar="FILE"),
]
Radius = Annotated[
    float | None,
    typer.Option("--radius", help="Kilometres, where mscs.csv has no radius_km.", min=0),
]
Believe = Annotated[
    bool, typer.Option("--believe", help="Take coordinates that look swapped as they are.")
]


@app.callback()
def travel() -> None:
    """Work on travel times."""


@app.command()
def build(
    mscs: Annotated[Path, typer.Argument(help="The MSCs: mscs.csv.", metavar="MSCS")],
    given: Annotated[
        list[Path] | None,
        typer.Option(
            "--given",
            help="Entries to take as they are: a travel.csv, or first,second,minutes. Repeatable.",
            metavar="CSV",
        ),
    ] = None,
    regions: Annotated[
        Path | None,
        typer.Option("--regions", help="Speeds by region: regions.csv.", metavar="CSV"),
    ] = None,
    radius: Radius = None,
    road: Annotated[float, typer.Option("--road", help="km/h by road.", min=1, max=10_000)] = 160,
    air: Annotated[float, typer.Option("--air", help="km/h by air.", min=1, max=10_000)] = 850,
    air_minutes: Annotated[
        float, typer.Option("--air-minutes", help="On top of each flight.", min=0, max=1_440)
    ] = 20,
    partly: Annotated[
        bool, typer.Option("--partly", help="Leave blank what has no coordinates.")
    ] = False,
    believe: Believe = False,
    output: Output = None,
) -> None:
    """Build travel times from where the MSCs are."""
    with faults_explained():
        from clonewatch.mscs import Mscs
        from clonewatch.travel.build import Recipe
        from clonewatch.travel.build import build as built
        from clonewatch.travel.coordinates import examine
        from clonewatch.travel.speeds import Speeds

        directory = Mscs.load(mscs)
        examined = examine(mscs, directory, radius_km=radius, partly=partly, believe=believe)
        for told in (*examined.faults, *examined.doubts):
            say(f"clonewatch: {told}")
        if examined.faults:
            raise typer.Exit(Exit.UNREADABLE)
        speeds = Speeds(road_km_per_h=road, air_km_per_h=air, air_minutes=air_minutes)
        recipe = Recipe(
            mscs=mscs, speeds=speeds, radius_km=radius, regions=regions, given=given or ()
        )
        _write(built(recipe, directory), output)


@app.command()
def check(
    table: Table,
    mscs: options.Mscs = None,
    radius: Radius = None,
    window: options.Window = options.WINDOW_HOURS,
    as_json: options.Json = False,
) -> None:
    """Say what looks wrong in a table of travel times, and what its MSCs' coordinates say of it."""
    with faults_explained():
        from clonewatch.travel.check import check as checked
        from clonewatch.travel.table import load_travel

        directory, times = load_travel(table, mscs)
        if mscs is not None:
            _doubt(mscs, directory, radius)
        report = checked(times, window_minutes=window * 60, radius_km=radius)
        if wants_json(as_json):
            _report_json(report)
            return
        typer.echo(f"{report.mscs} MSCs")
        for kind, count in report.counts.items():
            typer.echo(f"{count:8} {kind}")
        for finding in report.findings:
            typer.echo(f"  {finding.kind}: {finding.text}")


def _doubt(path: Path, mscs: Mscs, radius: float | None) -> None:
    """Say what looks wrong in mscs.csv itself."""
    from clonewatch.travel.coordinates import examine

    if any(row.latitude is not None for row in mscs.rows):
        examined = examine(path, mscs, radius_km=radius or 0, partly=True, believe=False)
        for told in (*examined.faults, *examined.doubts):
            say(f"clonewatch: {told}")


def _write(times: TravelTimes, output: Path | None) -> None:
    from clonewatch.travel.table import write_atomically

    if output is None:
        times.write(sys.stdout)
        return
    with write_atomically(output) as stream:
        times.write(stream)


def _report_json(report: Report) -> None:
    counts = {str(kind): count for kind, count in report.counts.items()}
    json_line({"mscs": report.mscs, "counts": counts})
    for finding in report.findings:
        json_line(_finding_json(finding))


def _finding_json(finding: Finding) -> dict[str, object]:
    return {
        "kind": str(finding.kind),
        "mscs": finding.mscs,
        "minutes": finding.minutes,
        "text": finding.text,
    }
