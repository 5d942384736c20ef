"""``clonewatch lab``: a network in miniature."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import typer

from clonewatch.cli import network
from clonewatch.cli.output import faults_explained, json_line

app = typer.Typer(
    help="A network in miniature: live, or its traffic with the truth beside it.",
    no_args_is_help=True,
)
app.command("up")(network.up)
app.command("scenarios")(network.scenarios)
app.command("configure")(network.configure)
Carriers = Annotated[
    list[str] | None,
    typer.Option(
        help="mtp3, sccp, tali; or, slower, tcap, mtp2, mtp2-extended, mtp2-pseudo, m3ua-sctp, "
        "m3ua-pieces, m3ua-tcp, m2ua, m2pa, sua, xot, xot-128, cooked, cooked2, vlan, ipv6, "
        "fragments, fragments6, pcapng, gzip. Several are written alike."
    ),
]
Country = Annotated[
    bool,
    typer.Option(
        "--country",
        help="Real cities of the United States: commuters, drivers, flyers, day and night, "
        "clones near and far; homes.csv too.",
    ),
]


def _share(words: str) -> Any:
    """An option for a share, 0 to 1."""
    return typer.Option(help=words, min=0, max=1)


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
    carrier: Carriers = None,
    registrations: Annotated[int | None, typer.Option(help="Stop after so many.", min=1)] = None,
    records: Annotated[bool, typer.Option(help="Write records.csv too.")] = True,
    names: Annotated[
        bool, typer.Option(help="Name the MSCs; else each is one MSCID and bears its number.")
    ] = True,
    country: Country = False,
    per_hour: Annotated[
        float | None,
        typer.Option(help="What a phone sends by itself: 1, or in a country 0.25.", min=0.001),
    ] = None,
    imsi: Annotated[float, _share("Share with an IMSI.")] = 0,
    relayed: Annotated[float, _share("Share seen twice.")] = 0,
    late: Annotated[float, _share("Share that comes late.")] = 0,
    lost: Annotated[float, _share("Share that is lost.")] = 0,
    skewed: Annotated[float, _share("Share of MSCs with clocks up to 10 minutes off.")] = 0,
    cut: Annotated[float, _share("TALI: share of messages that segments cut.")] = 0,
    swapped: Annotated[float, _share("Share of packets of one moment that change places.")] = 0,
    repeated: Annotated[float, _share("Share of packets that come twice.")] = 0,
    parquet: Annotated[
        bool, typer.Option("--parquet", help="Write records.parquet too: much faster to read.")
    ] = False,
) -> None:
    """Write captures and records of a town: subscribers who travel as the table allows, and clones.

    mscs.csv, travel.csv, records.csv, a capture for each carrier, clones.csv and truth.csv. With
    --country people do not look at the table, and travel.csv is what is possible at all.
    """
    with faults_explained():
        from clonewatch.lab import simulate as made
        from clonewatch.lab.tali import Wire
        from clonewatch.lab.traffic import Mishaps

        try:
            simulation = made.simulate(
                directory,
                subscribers=subscribers,
                mscs=mscs,
                hours=hours,
                clones=clones,
                seed=seed,
                carriers=(["mtp3"] if not parquet else []) if carrier is None else carrier,
                registrations=registrations,
                records=records,
                names=names,
                country=country,
                parquet=parquet,
                per_hour=per_hour or (0.25 if country else 1.0),
                imsi=imsi,
                mishaps=Mishaps(relayed=relayed, late=late, lost=lost, skewed=skewed),
                wire=Wire(cut=cut, swapped=swapped, repeated=repeated),
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
