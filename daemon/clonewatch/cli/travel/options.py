"""Options that the verbs of ``travel`` share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Table = Annotated[Path, typer.Argument(help="Travel times: travel.csv.", metavar="CSV")]
Output = Annotated[
    Path | None,
    typer.Option("-o", help="Write the file here, whole or not at all.", metavar="FILE"),
]
Radius = Annotated[
    float | None,
    typer.Option("--radius", help="Kilometres, where mscs.csv has no radius_km.", min=0),
]
