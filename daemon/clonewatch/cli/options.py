"""Options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Travel = Annotated[Path, typer.Option("--travel", help="Travel times: travel.csv.", metavar="CSV")]
Mscs = Annotated[Path | None, typer.Option("--mscs", help="The MSCs: mscs.csv.", metavar="CSV")]
Json = Annotated[bool, typer.Option("--json", help="JSON lines, on a terminal too.")]
Summary = Annotated[
    Path | None,
    typer.Option("--summary", help="Write the closing summary here, as JSON.", metavar="FILE"),
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Say of each refused message where and why.")
]
Window = Annotated[
    float, typer.Option("--window", help="Hours the window is wide.", min=0.01, max=168)
]
Lateness = Annotated[
    float,
    typer.Option("--lateness", help="Minutes a source may deliver late.", min=0, max=10080),
]
WINDOW_HOURS = 6.5  # the patent's
LATENESS_MINUTES = 45  # a half-hour group, and time to bring it
