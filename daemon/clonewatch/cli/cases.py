"""``clonewatch cases``: look at cases, and give orders, through the running daemon."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  # Typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from clonewatch.cli import options  # Typer reads the annotations
from clonewatch.cli.output import faults_explained, json_line, say, wants_json
from clonewatch.cli.regnots import decode, regnot_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_SEEN: Final = {"mscs": "MSCs", "esns": "ESNs", "terminal_types": "terminal types"}

app = typer.Typer(
    help="Cases: list, show, open, confirm, dismiss, suspend, restore, close; through the running "
    "daemon.",
    no_args_is_help=True,
)
Case = Annotated[int, typer.Argument(help="Its number.", metavar="CASE", min=1)]
Note = Annotated[str, typer.Option("--note", help="Why; it stands in the case's history.")]
States = Annotated[
    list[str] | None,
    typer.Option(
        "--state",
        help="Only cases in this state (open, confirmed, dismissed, suspended, restored, closed), "
        "or all. Repeatable. Default: open, confirmed and suspended.",
    ),
]
Subscriber = Annotated[
    str | None, typer.Option("--msid", help="Only cases of this MIN or IMSI.", metavar="DIGITS")
]
Limit = Annotated[int, typer.Option("--limit", help="At most so many.", min=1, max=1000)]
Before = Annotated[
    int | None, typer.Option("--before", help="Only cases below this number, to read on.")
]
Reissued = Annotated[
    bool,
    typer.Option("--reissued", help="The subscriber has new identifiers; the old are watched."),
]
Esns = Annotated[
    list[str] | None,
    typer.Option("--esn", help="A phone to watch, if not those of the case. Repeatable."),
]


@app.command("list")
def list_cases(
    states: States = None,
    msid: Subscriber = None,
    limit: Limit = 100,
    before: Before = None,
    socket: options.Socket = None,
    config: options.MaybeConfigFile = None,
    as_json: options.Json = False,
) -> None:
    """Cases in short, the newest first."""
    query = {"limit": str(limit)}
    query |= {"state": ",".join(states)} if states else {}
    query |= {"msid": msid} if msid else {}
    query |= {"before": str(before)} if before is not None else {}
    with faults_explained():
        from clonewatch.control.client import ask

        path = options.control_socket_of(socket, config)
        told = ask(path, "GET", "/cases", query=query)
        if wants_json(as_json):
            for case in told:
                json_line(case)
        else:
            _table(told)


@app.command("show")
def show(
    case: Case,
    socket: options.Socket = None,
    config: options.MaybeConfigFile = None,
    as_json: options.Json = False,
) -> None:
    """One case: who, where, when, how impossible, what was done, and the REGNOTs themselves.

    They are decoded whole, where their octets are kept: of the newest conflict, with --json of all.
    """
    with faults_explained():
        from clonewatch.control.client import ask

        told = ask(options.control_socket_of(socket, config), "GET", f"/cases/{case}")
        decode(told)
        if wants_json(as_json):
            json_line(told)
        else:
            for line in lines_of(told):
                typer.echo(line)


@app.command("open")
def open_case(
    msid: Annotated[str, typer.Argument(help="A MIN or an IMSI.", metavar="MSID")],
    note: Note = "",
    socket: options.Socket = None,
    config: options.MaybeConfigFile = None,
) -> None:
    """Take a victim's own report."""
    _order("/cases", {"msid": msid, "note": note}, socket, config)


@app.command("confirm")
def confirm(
    case: Case,
    note: Note = "",
    socket: options.Socket = None,
    config: options.MaybeConfigFile = None,
) -> None:
    """Say that it is a clone."""
    _order(f"/cases/{case}/confirm", {"note": note}, socket, config)


@app.command("dismiss")
def dismiss(
    case: Case,
    note: Note = "",
    socket: options.Socket = None,
    config: options.MaybeConfigFile = None,
) -> None:
    """Say that it is none: it is silent for a week, unless something graver is found."""
    _order(f"/cases/{case}/dismiss", {"note": note}, socket, config)


@app.command("note")
def add_note(
    case: Case,
    note: Annotated[str, typer.Argument(help="The note.")],
    socket: options.Socket = None,
    config: options.MaybeConfigFile = None,
) -> None:
    """Add a note to its history."""
    _order(f"/cases/{case}/note", {"note": note}, socket, config)


@app.command("close")
def close(
    case: Case,
    note: Note = "",
    reissued: Reissued = False,
    esns: Esns = None,
    socket: options.Socket = None,
    config: options.MaybeConfigFile = None,
) -> None:
    """End a case."""
    if esns and not reissued:
        raise typer.BadParameter("--esn is for what is watched: say --reissued, too")
    body = {"note": note, "reissued": reissued, "esns": esns or []}
    _order(f"/cases/{case}/close", body, socket, config)


@app.command("suspend")
def suspend(
    case: Case,
    note: Note = "",
    esn: Annotated[
        str | None, typer.Option("--esn", help="Which phone, where that is not clear.")
    ] = None,
    socket: options.Socket = None,
    config: options.MaybeConfigFile = None,
) -> None:
    """Ask the HLR to take its subscriber out of service, whatever ceilings and settling say."""
    body = {"note": note} | ({"esn": esn} if esn else {})
    _order(f"/cases/{case}/suspend", body, socket, config)


@app.command("restore")
def restore(
    case: Annotated[int | None, typer.Argument(help="Its number.", metavar="CASE", min=1)] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            help="All that were suspended since then, instead of one case.",
            metavar="2026-11-22T10:00:00Z",
        ),
    ] = None,
    is_done: Annotated[
        bool,
        typer.Option("--done", help="Somebody has put him back otherwise: ask the HLR no more."),
    ] = False,
    note: Note = "",
    socket: options.Socket = None,
    config: options.MaybeConfigFile = None,
) -> None:
    """Ask the HLR to put its subscriber back; cancel a suspension that is not sent yet."""
    if (case is None) == (since is None):
        raise typer.BadParameter("give the number of a case, or --since")
    if is_done and case is None:
        raise typer.BadParameter("--done is for one case: give its number")
    if case is not None:
        _order(f"/cases/{case}/restore", {"note": note, "done": is_done}, socket, config)
        return
    with faults_explained():
        from clonewatch.control.client import ask

        path = options.control_socket_of(socket, config)
        cases = ask(path, "POST", "/suspension/restore", body={"since": since, "note": note})
        for told in cases:
            say(f"case {told['case']}, {told['msid']}: {told['state']}")
        say(f"{_many(len(cases), 'restoration')} asked")


def _order(target: str, body: Mapping[str, Any], socket: Path | None, config: Path | None) -> None:
    """Give an order, and say what the case is then."""
    with faults_explained():
        from clonewatch.control.client import ask

        told = ask(options.control_socket_of(socket, config), "POST", target, body=body)
        say(f"case {told['case']}, {told['msid']}: {told['state']}")


def _table(cases: Sequence[Mapping[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for heading in ("case", "conflicts", "confidence"):
        table.add_column(heading, justify="right")
    for heading in ("state", "severity", "subscriber", "last"):
        table.add_column(heading, no_wrap=True)
    table.add_column("MSCs")
    for case in cases:
        table.add_row(
            *(f"{case[name]:,}" for name in ("case", "conflicts")),
            f"{case['confidence']:.2f}",
            *(Text(case[name]) for name in ("state", "severity", "msid")),
            (case["last"] or "")[:19],
            Text(", ".join(case["mscs"])),
        )
    Console(highlight=False).print(table)


def lines_of(case: Mapping[str, Any]) -> Iterator[str]:
    """A case for people, on one screen."""
    yield (
        f"case {case['case']}, {case['state']}: subscriber {case['msid']}, {case['severity']}, "
        f"confidence {case['confidence']:.2f}, {_many(case['conflicts'], 'conflict')}"
    )
    if case["silent_until"]:
        yield f"  silent until {_at(case['silent_until'])}"
    for what, words in _SEEN.items():
        seen = ", ".join(f"{name} ({count})" for name, count in case["seen"][what].items())
        yield f"  {words}: {seen or 'none'}"
    if alarm := case["alarm"]:
        over = f"cleared {_at(alarm['cleared'])}" if alarm["cleared"] else alarm["severity"]
        yield f"  alarm {alarm['alarm']}: raised {_at(alarm['raised'])}, {over}"
    yield "conflicts, the newest first"
    for record in case["clone_records"]:
        yield from _record_lines(record)
    yield "sent"
    for action in case["actions"]:
        tries = f" after {action['attempts']} tries" if action["attempts"] > 1 else ""
        why = f": {action['reason']}" if action["reason"] else ""
        yield (
            f"  {_at(action['made'])}  {action['kind']} {action['what']} to {action['to']}, "
            f"{action['outcome']}{tries}{why}"
        )
    yield "history"
    for event in case["history"]:
        note = f": {event['note']}" if event["note"] else ""
        yield f"  {_at(event['at'])}  {event['who']}  {event['what']}, {event['state']}{note}"
    if case["clone_records"]:
        yield from regnot_lines(case["clone_records"][0])


def _record_lines(record: Mapping[str, Any]) -> Iterator[str]:
    first, second, evidence = record["first"], record["second"], record["evidence"]
    marks = [name for name in ("superseded", "suspect") if record[name]]
    speed = evidence.get("speed_kmh")
    yield (
        f"  {first['msc']} {_at(first['time'])} -> {second['msc']} {_at(second['time'])}: "
        f"{record['elapsed_s'] / 60:.1f} min of {round(record['travel_time_s'] / 60, 2):g} needed"
        + (f", {speed:,} km/h" if speed is not None else "")
        + (f"  ({', '.join(marks)})" if marks else "")
    )
    yield f"    ESN {first['esn']} / {second['esn']}, by {first['source']} / {second['source']}"
    if first["terminal_type"] or second["terminal_type"]:
        types = (side["terminal_type"] or "not told" for side in (first, second))
        yield f"    terminal type {' / '.join(types)}"
    for found in evidence.get("found", ()):
        yield f"    {found['clone_points']:+} {found['words']}"
    if evidence.get("clone", "unknown") != "unknown":
        yield f"    the {evidence['clone']} is the clone: {'; '.join(evidence['reasons'])}"


def _at(time: str) -> str:
    return time[:19] + "Z"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
