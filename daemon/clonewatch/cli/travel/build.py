"""``clonewatch travel build``: travel times from coordinates."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clonewatch.cli.output import Exit, faults_explained, say, tell_of_compiling
from clonewatch.cli.travel import options  # noqa: TC001  # Typer reads the annotations

Given = Annotated[
    list[Path] | None,
    typer.Option(
        "--given",
        help="Entries to take as they are: a travel.csv, or first,second,minutes. Repeatable.",
        metavar="CSV",
    ),
]
Regions = Annotated[
    Path | None, typer.Option("--regions", help="Speeds by region: regions.csv.", metavar="CSV")
]


Cells = Annotated[
    Path | None,
    typer.Option("--cells", help="Areas by their cells: cells.csv.", metavar="CSV"),
]


def build(
    mscs: Annotated[Path, typer.Argument(help="The MSCs: mscs.csv.", metavar="MSCS")],
    given: Given = None,
    cells: Cells = None,
    regions: Regions = None,
    radius: options.Radius = None,
    road: Annotated[float, typer.Option("--road", help="km/h by road.", min=1, max=10_000)] = 160,
    air: Annotated[float, typer.Option("--air", help="km/h by air.", min=1, max=10_000)] = 850,
    air_minutes: Annotated[
        float, typer.Option("--air-minutes", help="On top of each flight.", min=0, max=1_440)
    ] = 20,
    partly: Annotated[
        bool, typer.Option("--partly", help="Leave blank what has no coordinates.")
    ] = False,
    believe: Annotated[
        bool, typer.Option("--believe", help="Take coordinates that look swapped as they are.")
    ] = False,
    output: options.Output = None,
) -> None:
    """Build travel times from where the MSCs are."""
    with faults_explained():
        from clonewatch.mscs import Mscs
        from clonewatch.travel.build import Recipe
        from clonewatch.travel.build import build as built
        from clonewatch.travel.coordinates import examine
        from clonewatch.travel.speeds import Speeds
        from clonewatch.travel.table import written

        directory = Mscs.load(mscs)
        examined = examine(mscs, directory, radius_km=radius, partly=partly, believe=believe)
        for told in (*examined.faults, *examined.doubts):
            say(f"clonewatch: {told}")
        if examined.faults:
            raise typer.Exit(Exit.UNREADABLE)
        speeds = Speeds(road_km_per_h=road, air_km_per_h=air, air_minutes=air_minutes)
        recipe = Recipe(
            mscs=mscs,
            speeds=speeds,
            radius_km=radius,
            cells=cells,
            regions=regions,
            given=given or (),
        )
        tell_of_compiling()
        times = built(recipe, directory)
        with written(output) as stream:
            times.write(stream)
