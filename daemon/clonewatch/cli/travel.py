"""``clonewatch travel``: travel times."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clonewatch.cli import options  # noqa: TC001  # Typer reads the annotations
from clonewatch.cli.output import faults_explained, json_line, wants_json

app = typer.Typer(help="Travel times: what looks wrong in a table.", no_args_is_help=True)
Table = Annotated[Path, typer.Argument(help="Travel times: travel.csv.", metavar="CSV")]


@app.callback()
def travel() -> None:
    """Look at travel times."""


@app.command()
def check(table: Table, mscs: options.Mscs = None, as_json: options.Json = False) -> None:
    """Say what looks wrong in a table of travel times."""
    with faults_explained():
        from clonewatch.travel.check import check as checked
        from clonewatch.travel.table import load_travel

        report = checked(load_travel(table, mscs)[1])
        if wants_json(as_json):
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
            return
        typer.echo(f"{report.mscs} MSCs")
        for kind, count in report.counts.items():
            typer.echo(f"{count:8} {kind}")
        for finding in report.findings:
            typer.echo(f"  {finding.kind}: {finding.text}")
