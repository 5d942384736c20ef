"""``clonewatch travel``: travel times."""

from __future__ import annotations

import typer

from clonewatch.cli.travel import build, check, learn, plot

app = typer.Typer(
    help="Travel times: made from coordinates, looked through, corrected from traffic, drawn.",
    no_args_is_help=True,
)
app.command("build")(build.build)
app.command("check")(check.check)
app.command("learn")(learn.learn)
app.command("plot")(plot.plot)
