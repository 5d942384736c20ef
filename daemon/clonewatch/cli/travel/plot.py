"""``clonewatch travel plot``: travel times drawn."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  # Typer reads the annotations
from typing import Annotated

import typer

from clonewatch.cli import options as common  # noqa: TC001  # Typer reads the annotations
from clonewatch.cli.output import faults_explained
from clonewatch.cli.travel import options  # noqa: TC001  # likewise


def plot(
    table: options.Table,
    output: Annotated[
        Path, typer.Option("-o", help="The drawing: .png, .svg or .pdf.", metavar="FILE")
    ],
    mscs: common.Mscs = None,
    as_map: Annotated[
        bool, typer.Option("--map", help="The MSCs on a map, with the fastest ways.")
    ] = False,
) -> None:
    """Draw the table as a heat map, or its MSCs on a map."""
    with faults_explained():
        from clonewatch.travel.plot import SUFFIXES, heat_map, mscs_map, save
        from clonewatch.travel.table import load_travel, write_atomically

        if output.suffix.lower() not in SUFFIXES:
            raise typer.BadParameter(f"-o {output}: its name ends in none of {', '.join(SUFFIXES)}")
        times = load_travel(table, mscs)[1]
        try:
            figure = mscs_map(times) if as_map else heat_map(times)
        except ValueError as fault:
            raise typer.BadParameter(f"--map: {fault}; give --mscs") from None
        with write_atomically(output) as stream:
            save(figure, stream.buffer, output.suffix.lower())
