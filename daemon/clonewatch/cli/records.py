"""``clonewatch records``: the record file."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from clonewatch.cli import options  # noqa: TC001  # Typer reads the annotations
from clonewatch.cli.output import Exit, faults_explained, json_line, say, wants_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from clonewatch.recordfile.groups import Group
    from clonewatch.recordfile.rows import Rows

TOGETHER_ROWS: Final = 1 << 16  # whose messages are in memory at once
app = typer.Typer(help="The record file: list, export, verify.", no_args_is_help=True)
Directory = Annotated[
    Path, typer.Argument(help="The folder of a record file.", metavar="DIR", exists=True)
]


class Format(StrEnum):
    """What `export` writes."""

    CSV = "csv"
    PARQUET = "parquet"
    JSONL = "jsonl"


@app.command("list")
def list_groups(directory: Directory, as_json: options.Json = False) -> None:
    """List the groups: when received, which sequences, how many registrations and octets.

    The octets of the messages, where these are kept, are told apart.
    """
    with faults_explained():
        from clonewatch.recordfile.groups import groups_in
        from clonewatch.recordfile.reading import count_rows
        from clonewatch.registrations import time_text

        for group in groups_in(directory):
            path, messages = group.path, group.messages_path
            told: dict[str, Any] = {
                "group": path.name,
                "received": time_text(group.start_ms),
                "sealed": group.is_sealed,
                "first": group.first,
                "registrations": count_rows(group),
                "octets": path.stat().st_size,
                "messages_octets": messages.stat().st_size if messages else 0,
            }
            if wants_json(as_json):
                json_line(told)
            else:
                typer.echo(
                    f"{told['received'][:16]}Z  {told['registrations']:>12,} registrations"
                    f"  {told['octets']:>14,} octets"
                    + (f" and {told['messages_octets']:,} of messages" if messages else "")
                    + f"  {told['group']}"
                )


@app.command()
def export(
    directory: Directory,
    begin: Annotated[
        str | None, typer.Option("--from", help="Registrations at this time (RFC 3339) or later.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="And before this.")] = None,
    form: Annotated[Format, typer.Option("--format", help="As what.")] = Format.CSV,
) -> None:
    """Write registrations to standard output, in their order of arrival.

    jsonl has the messages, where they are kept; csv and parquet leave them out. They lie beside
    the groups, as Parquet: DIR/*.octets.
    """
    from_ms = None if begin is None else _moment(begin)
    to_ms = None if end is None else _moment(end)
    with faults_explained():
        from clonewatch.recordfile.groups import groups_in

        groups = groups_in(directory)
        _EXPORTS[form](_between(groups, from_ms, to_ms))
        left_out = [] if form is Format.JSONL else [g for g in groups if g.messages_path]
        if left_out:
            say(
                f"clonewatch: {directory}: the messages beside {len(left_out)} of the groups are left out"
            )


@app.command()
def verify(directory: Directory, as_json: options.Json = False) -> None:
    """Look for damage: check sums, order, and sequences that are missing or stand twice.

    Messages, where they are kept, are looked at as well.
    """
    faults = 0
    with faults_explained():
        from clonewatch.recordfile import verify as verifying

        for verified in verifying.verify(directory):
            faults += len(verified.faults)
            name = verified.group.path.name
            if wants_json(as_json):
                json_line(
                    {
                        "group": name,
                        "registrations": verified.rows,
                        "messages": verified.messages,
                        "faults": verified.faults,
                    }
                )
                continue
            kept = f", {verified.messages:,} messages" if verified.messages else ""
            typer.echo(f"{name}  {verified.rows:,} registrations{kept}")
            for fault in verified.faults:
                typer.echo(f"  {fault}")
    if faults:
        say(f"clonewatch: {directory}: {faults} faults")
        raise typer.Exit(Exit.UNREADABLE)


def _between(
    groups: Iterable[Group], from_ms: int | None, to_ms: int | None
) -> Iterator[tuple[Group, Rows]]:
    from clonewatch.recordfile.reading import read_group

    for group in groups:
        rows = read_group(group)
        time = rows.batch.time
        wanted = (time >= (from_ms or 0)) & (time < (to_ms or 1 << 62))
        yield group, rows if wanted.all() else rows[wanted]


def _csv(parts: Iterable[tuple[Group, Rows]]) -> None:
    from clonewatch.sources.records import RecordsWriter

    records = RecordsWriter(sys.stdout)
    for _, rows in parts:
        records.write(rows.batch)


def _parquet(parts: Iterable[tuple[Group, Rows]]) -> None:
    import pyarrow.parquet as pq

    from clonewatch.recordfile.sealing import SCHEMA, table_of

    with pq.ParquetWriter(sys.stdout.buffer, SCHEMA, compression="lz4") as file:
        for _, rows in parts:
            file.write_table(table_of(rows))


def _jsonl(parts: Iterable[tuple[Group, Rows]]) -> None:
    from clonewatch.recordfile.messagereading import GroupMessages

    for group, rows in parts:
        kept = GroupMessages(group)
        for at in range(0, len(rows), TOGETHER_ROWS):
            some = rows[at : at + TOGETHER_ROWS]
            messages = kept.of(some.sequence.tolist())
            for registration in _registrations(some):
                message = messages.get(registration["sequence"])
                json_line(registration | (message.as_record() if message else {}))


def _registrations(rows: Rows) -> Iterator[dict[str, Any]]:
    from clonewatch.registrations import DTYPES, mscid_text, time_text
    from is41.msid import msid_digits

    numbers = [name for name in DTYPES if name not in {"time", "msid", "esn", "mscid", "msc"}]
    columns = {name: getattr(rows.batch, name).tolist() for name in DTYPES}
    for at, (sequence, received) in enumerate(
        zip(rows.sequence.tolist(), rows.received.tolist(), strict=True)
    ):
        yield {
            "sequence": sequence,
            "received": time_text(received),
            "time": time_text(columns["time"][at]),
            "msid": msid_digits(columns["msid"][at]),
            "esn": f"{columns['esn'][at]:08X}",
            "mscid": mscid_text(columns["mscid"][at]),
            **{name: columns[name][at] for name in numbers},
        }


def _moment(text: str) -> int:
    from clonewatch.sources.records import parse_time

    try:
        return parse_time(text)
    except ValueError as fault:
        raise typer.BadParameter(str(fault)) from None


_EXPORTS = {Format.CSV: _csv, Format.PARQUET: _parquet, Format.JSONL: _jsonl}
