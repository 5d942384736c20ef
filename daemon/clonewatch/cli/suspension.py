"""``clonewatch suspension``: the kill switch, through the running daemon."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  # Typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clonewatch.cli import options  # Typer reads the annotations
from clonewatch.cli.output import faults_explained, json_line, say, wants_json

if TYPE_CHECKING:
    from collections.abc import Mapping

app = typer.Typer(
    help="Suspension: pause, resume, status; through the running daemon.", no_args_is_help=True
)
Note = Annotated[str, typer.Option("--note", help="Why; whoever comes next will read it.")]


@app.command("pause")
def pause(
    note: Note = "",
    socket: options.Socket = None,
    config: options.MaybeConfigFile = None,
) -> None:
    """Suspend nobody any more, from now on and through restarts. Restorations go on."""
    say(_words(_turned("pause", note, socket, config)))


@app.command("resume")
def resume(
    note: Note = "",
    socket: options.Socket = None,
    config: options.MaybeConfigFile = None,
) -> None:
    """Go on after a pause, or after the breaker tripped."""
    say(_words(_turned("resume", note, socket, config)))


@app.command("status")
def status(
    socket: options.Socket = None,
    config: options.MaybeConfigFile = None,
    as_json: options.Json = False,
) -> None:
    """How the switch stands, how many are suspended, how much waits for the HLR."""
    with faults_explained():
        from clonewatch.control.client import ask

        told = ask(options.control_socket_of(socket, config), "GET", "/suspension")
        if wants_json(as_json):
            json_line(told)
        else:
            typer.echo(f"mode {told['mode']}: {_words(told)}")
            typer.echo(f"{told['suspended']:,} suspended, {told['waiting']:,} waiting for the HLR")


def _turned(how: str, note: str, socket: Path | None, config: Path | None) -> Mapping[str, Any]:
    with faults_explained():
        from clonewatch.control.client import ask

        path = options.control_socket_of(socket, config)
        told: Mapping[str, Any] = ask(path, "POST", f"/suspension/{how}", body={"note": note})
    return told


def _words(told: Mapping[str, Any]) -> str:
    who = f" by {told['who']} since {told['since']}" if told["who"] else ""
    note = f": {told['note']}" if told["note"] else ""
    return f"suspension is {told['switch']}{who}{note}"
