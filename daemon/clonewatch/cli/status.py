"""``clonewatch status``: what the running daemon says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from clonewatch.cli import options  # Typer reads the annotations
from clonewatch.cli.output import faults_explained, json_line, wants_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.table import Table

FIGURES_MAX: Final = 12  # of one line: ours


def status(
    socket: options.Socket = None,
    config: options.MaybeConfigFile = None,
    as_json: options.Json = False,
) -> None:
    """Links, rates, window and alarms of the running daemon."""
    with faults_explained():
        from clonewatch.control.client import ask

        told = ask(options.control_socket_of(socket, config), "GET", "/status")
        if wants_json(as_json):
            json_line(told)
        else:
            _show(told)


def _show(told: Mapping[str, Any]) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    console.print(
        f"clonewatch {told['version']}, mode {told['mode']}: {told['state']}, since {told['since']}",
        markup=False,
    )
    console.print(_sources(told["sources"]))
    for heading in ("messages", "counts", "window", "record_file"):
        if told[heading]:
            figures = [f"{_figure(value)} {_words(name)}" for name, value in told[heading].items()]
            if len(figures) > FIGURES_MAX:
                figures[FIGURES_MAX:] = [f"and {len(figures) - FIGURES_MAX} kinds more"]
            console.print(f"{_words(heading)}: {', '.join(figures)}", markup=False)
    for heading in ("alarms", "problems"):
        for line in told[heading]:
            console.print(f"{heading[:-1]}: {line}", markup=False)


def _sources(sources: list[Mapping[str, Any]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for heading in ("source", "kind", "state"):
        table.add_column(heading)
    for heading in ("REGNOTs", "a second", "messages", "refused"):
        table.add_column(heading, justify="right")
    table.add_column("newest")
    for source in sources:
        figures = (source[name] for name in ("registrations", "registrations_per_s", "messages"))
        table.add_row(
            *(Text(source[name]) for name in ("name", "kind", "state")),
            *map(_figure, figures),
            _figure(source["refused"]),
            (source["newest"] or "")[5:19].replace("T", " "),  # day and time, UTC
        )
    return table


def _figure(value: float | str) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else value


def _words(name: str) -> str:
    return name.replace("_", " ")
