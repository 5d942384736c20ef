"""``clonewatch lab up`` and what belongs to it: the lab's network, live."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from clonewatch.cli import options  # noqa: TC001  # Typer reads the annotations
from clonewatch.cli.output import faults_explained, json_line, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from clonewatch.lab.network.board import Board, Line
    from clonewatch.lab.network.network import Network
    from clonewatch.lab.network.screen import Screen

T = TypeVar("T")


class Suspending(Enum):
    """Who says yes."""

    PROPOSE = "propose"
    AUTO = "auto"


Name = Annotated[
    str,
    typer.Option(
        "--scenario", help="fig1, fig2, fig6, direct, suspension, or a file.", metavar="NAME|FILE"
    ),
]
Speed = Annotated[
    float | None,
    typer.Option(help="Times as fast as the wall's clock; else the scenario's own.", min=0.1),
]
To = Annotated[
    list[str] | None,
    typer.Option(
        help="Where copies of every REGNOT go: a running clonewatch, or another peer. Of one "
        "node: NAME=URL. Repeatable.",
        metavar="tali://HOST:PORT",
    ),
]
Spool = Annotated[
    list[str] | None,
    typer.Option(
        help="Folder of the groups of RVCDs that write them. Of one: NAME=FOLDER. Repeatable.",
        metavar="FOLDER",
    ),
]
Between = Annotated[
    list[str] | None,
    typer.Option(
        help="Somebody between an MSC and its RVCD: where the MSC connects, where the RVCD "
        "listens. Repeatable.",
        metavar="MSC>RVCD=HOST:PORT,HOST:PORT",
    ),
]


def up(
    scenario: Name = "fig1",
    speed: Speed = None,
    seconds: Annotated[
        float | None, typer.Option("--for", help="Seconds to run.", min=0.1, metavar="SECONDS")
    ] = None,
    to: To = None,
    spool: Spool = None,
    relay: Between = None,
    hlr: Annotated[
        str | None,
        typer.Option(
            help="Where the HLR takes directives; port 0 finds one.", metavar="tali://HOST:PORT"
        ),
    ] = None,
    homes: Annotated[
        Path | None, typer.Option(help="The HLR's SQLite file; else memory.", metavar="FILE")
    ] = None,
    warm_up: Annotated[
        float,
        typer.Option(
            help="Seconds between the links' opening and the first phone. What comes in the first "
            "minute of a link, by the scenario's clock, alarms, but suspends nobody.",
            min=0,
            metavar="SECONDS",
        ),
    ] = 0,
    as_json: options.Json = False,
    summary: options.Summary = None,
) -> None:
    """Run a network: MSCs, RVCDs, an HLR. Phones register as the scenario says.

    On a terminal it is shown alive; elsewhere each event is a line. Ctrl-C ends it.
    `lab configure` writes what a clonewatch beside it needs.
    """
    with faults_explained():
        from clonewatch.cli.output import write_summary
        from clonewatch.lab.network.network import Outside, Relay
        from clonewatch.lab.network.up import Course, Lab
        from clonewatch.lab.scenario import load_scenario
        from clonewatch.links.urls import Url

        loaded = load_scenario(scenario)
        outside = Outside(
            to=_by_name("--to", to, Url.of),
            spools=_by_name("--spool", spool, Path),
            relays=_by_name("--relay", relay, Relay.of),
            hlr=None if hlr is None else _read("--hlr", hlr, Url.of),
            homes=homes,
        )
        course = Course(speed=speed or loaded.speed, warm_up_s=warm_up, seconds=seconds)
        say(f"{loaded.title}\n{loaded.shows.strip()}")
        try:
            numbers = Lab(
                loaded, outside, course, _screen(course.speed, as_json=as_json), say
            ).run()
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
        write_summary(numbers, summary)
        say(", ".join(f"{number:,} {name}" for name, number in numbers.items() if number))


def scenarios() -> None:
    """Say which scenarios come with the program."""
    with faults_explained():
        from clonewatch.lab.scenario import load_scenario, shipped

        for name in shipped():
            loaded = load_scenario(name)
            sys.stdout.write(f"{name}  {loaded.title}\n{_indented(loaded.shows)}\n")


def configure(
    folder: Annotated[Path, typer.Argument(help="The folder to write.", metavar="FOLDER")],
    scenario: Name = "fig1",
    speed: Speed = None,
    transport: Annotated[str, typer.Option(help="Of the copies: tali, xot or m3ua.")] = "tali",
    relay: Annotated[
        bool,
        typer.Option("--relay", help="Stand between MSCs and RVCDs, instead of taking copies."),
    ] = False,
    port: Annotated[
        int, typer.Option(help="The first that clonewatch listens at.", min=1, max=0xFF00)
    ] = 7001,
    suspend: Annotated[
        Suspending | None,
        typer.Option(
            help="Let it be active: alarms go to alarms.jsonl, clones are suspended, by itself or "
            "when somebody says so. Without it, mode test."
        ),
    ] = None,
    add: Annotated[
        Path | None,
        typer.Option(help="Tables to add, as [[alarms]] for further outputs.", metavar="FILE"),
    ] = None,
) -> None:
    """Write mscs.csv, travel.csv and clonewatch.toml for a clonewatch beside `lab up`.

    A scenario that runs N times as fast has travel times that are N times shorter.
    """
    with faults_explained():
        from clonewatch.lab.daemonfiles import write_daemon_files
        from clonewatch.lab.scenario import load_scenario
        from clonewatch.links.urls import Transport

        loaded = load_scenario(scenario)
        fast = speed or loaded.speed
        told = write_daemon_files(
            folder,
            loaded,
            fast,
            _read("--transport", transport, Transport),
            port,
            relay=relay,
            suspension=None if suspend is None else suspend.value,
            further="" if add is None else _read("--add", str(add), _text_of),
        )
        say(f"clonewatch run -c {folder / 'clonewatch.toml'}")
        say(f"clonewatch lab up --scenario {scenario} --speed {fast:g} {' '.join(told)}")


def _screen(speed: float, *, as_json: bool) -> Callable[[Network, Board], Screen]:
    """Tables on a terminal, lines elsewhere."""
    from rich.console import Console

    from clonewatch.lab.network.screen import Lines, Tables

    if as_json:
        return lambda _network, _board: Lines(_write_json)
    if not sys.stdout.isatty():
        return lambda _network, _board: Lines(lambda line: print(line, flush=True))  # noqa: T201  # as it happens
    return lambda network, board: Tables(Console(), network, board, speed)


def _write_json(line: Line) -> None:
    json_line(line._asdict())
    sys.stdout.flush()


def _by_name(option: str, texts: list[str] | None, read: Callable[[str], T]) -> dict[str, T]:
    """Read NAME=VALUE, or a VALUE that is everybody's. Raises BadParameter."""
    values = {}
    for text in texts or ():
        name, equals, value = text.rpartition("=")
        values[name if equals else ""] = _read(option, value, read)
    return values


def _read(option: str, text: str, read: Callable[[str], T]) -> T:
    try:
        return read(text)
    except ValueError as error:
        raise typer.BadParameter(f"{option}: {error}") from None


def _text_of(path: str) -> str:
    return Path(path).read_text("utf-8")


def _indented(text: str) -> str:
    return "".join(f"      {line}\n" for line in text.strip().splitlines())
