"""``clonewatch lab``: a network in miniature."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from clonewatch.cli.output import faults_explained, json_line

app = typer.Typer(
    help="A network in miniature: traffic with the truth beside it.", no_args_is_help=True
)


@app.callback()
def lab() -> None:
    """Make traffic."""


@app.command()
def simulate(
    directory: Annotated[Path, typer.Argument(help="The folder to write.", metavar="FOLDER")],
    subscribers: Annotated[int, typer.Option(min=1)] = 10_000,
    mscs: Annotated[int, typer.Option(min=2, max=2000)] = 50,
    hours: Annotated[float, typer.Option(min=0.1)] = 12,
    clones: Annotated[int, typer.Option(min=0)] = 20,
    seed: int = 1,
    carrier: Annotated[
        list[str] | None,
        typer.Option(
            help="mtp3, sccp, tali; or, slower, tcap, mtp2, mtp2-extended, mtp2-pseudo, m3ua-sctp, "
            "m3ua-pieces, m3ua-tcp, m2ua, m2pa, sua, xot, xot-128, cooked, cooked2, vlan, ipv6, "
            "fragments, fragments6, pcapng, gzip. Several are written alike."
        ),
    ] = None,
    registrations: Annotated[int | None, typer.Option(help="Stop after so many.", min=1)] = None,
    records: Annotated[bool, typer.Option(help="Write records.csv too.")] = True,
    names: Annotated[
        bool, typer.Option(help="Name the MSCs; else each is one MSCID and bears its number.")
    ] = True,
) -> None:
    """Write captures and records of a town: subscribers who travel as the table allows, and clones.

    mscs.csv, travel.csv, records.csv, a capture for each carrier, clones.csv and truth.csv.
    """
    with faults_explained():
        from clonewatch.lab import simulate as made

        try:
            simulation = made.simulate(
                directory,
                subscribers=subscribers,
                mscs=mscs,
                hours=hours,
                clones=clones,
                seed=seed,
                carriers=carrier or ["mtp3"],
                registrations=registrations,
                records=records,
                names=names,
            )
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
        told = dataclasses.asdict(simulation)
        told["captures"] = {str(kind): str(path) for kind, path in told["captures"].items()}
        json_line({k: str(v) if isinstance(v, Path) else v for k, v in told.items()})


@app.command()
def pcaps(
    directory: Annotated[Path, typer.Argument(help="The folder to write.", metavar="FOLDER")],
) -> None:
    """Write the small captures of the project's pcaps folder, with their tables and a page."""
    with faults_explained():
        from clonewatch.lab.scenes import write_scenes

        write_scenes(directory)
