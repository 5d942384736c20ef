"""What verbs say, and how they end.

Records go to standard output: a table for people, JSON lines for programs. Progress, words and the
closing summary go to standard error.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path


_in_json: Final = json.JSONEncoder(ensure_ascii=False).encode


class Exit(IntEnum):
    """Exit codes; 65 and 78 as in sysexits.h."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    UNREADABLE = 65
    MISCONFIGURED = 78


def say(words: str) -> None:
    """Write a line for people."""
    typer.echo(words, err=True)


@contextlib.contextmanager
def faults_explained() -> Iterator[None]:
    """Turn what can go wrong with files into lines and an exit code."""
    from clonewatch.errors import ControlError, InputError, Misconfigured

    try:
        yield
    except Misconfigured as error:
        for fault in error.faults:
            say(f"clonewatch: {error.path}: {fault}")
        raise typer.Exit(Exit.MISCONFIGURED) from None
    except InputError as error:
        say(f"clonewatch: {error}")
        raise typer.Exit(Exit.UNREADABLE) from None
    except ControlError as error:
        say(f"clonewatch: {error}")
        raise typer.Exit(Exit.FAILED) from None
    except BrokenPipeError:
        # Who read our output has gone; nothing is to be said, not even when Python flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(Exit.FAILED) from None
    except OSError as error:
        say(f"clonewatch: {error.filename or 'file'}: {error.strerror or error}")
        unreadable = isinstance(error, FileNotFoundError | IsADirectoryError | PermissionError)
        raise typer.Exit(Exit.UNREADABLE if unreadable else Exit.FAILED) from None


def tell_of_compiling() -> None:
    """Say it when a kernel has to be compiled, as it is called for the first time."""
    from is41.kernel import TOLD_OF_COMPILING

    TOLD_OF_COMPILING[:] = [_say_compiling]


def load_kernels() -> None:
    """Load, and where need be compile, all kernels of the daemon: it has no time for that later."""
    tell_of_compiling()
    import clonewatch.app  # noqa: F401
    from is41.kernel import load_all

    load_all()


def _say_compiling(name: str) -> None:
    say(f"compiling {name}, once on each machine: up to a minute")


def wants_json(asked: bool) -> bool:
    """Tell whether records go out as JSON lines."""
    return asked or not sys.stdout.isatty()


def json_line(record: Mapping[str, Any]) -> None:
    """Write one record as a line of JSON."""
    sys.stdout.write(_in_json(record) + "\n")


def tree(message: Mapping[str, Any]) -> None:
    """Write one decoded message as lines for people, indented by layer."""
    for line in _branches(message, 0):
        sys.stdout.write(line + "\n")
    sys.stdout.write("\n")


def _branches(value: Any, depth: int) -> Iterator[str]:
    pad = "  " * depth
    for name, inner in value.items():
        if isinstance(inner, dict):
            yield f"{pad}{name}"
            yield from _branches(inner, depth + 1)
        elif name == "parameters":
            yield from _parameter_lines(inner, pad)
        elif isinstance(inner, list) and inner and isinstance(inner[0], dict):
            for number, item in enumerate(inner, 1):
                yield f"{pad}{name} {number}"
                yield from _branches(item, depth + 1)
        else:
            yield f"{pad}{name}: {inner}"


def _parameter_lines(parameters: Iterable[Mapping[str, Any]], pad: str) -> Iterator[str]:
    for parameter in parameters:
        yield (
            f"{pad}{parameter.get('offset', ''):>4} {parameter.get('tag', ''):6} "
            f"{parameter.get('name', 'unreadable')}: {parameter_text(parameter)}"
        )


def parameter_text(parameter: Mapping[str, Any]) -> str:
    """The value of a decoded parameter, or what is wrong with it."""
    told = parameter.get("value", parameter.get("error"))
    if isinstance(told, dict):
        return ", ".join(f"{name} {value}" for name, value in told.items())
    return str(told)


def clone_records(records: Iterable[Mapping[str, Any]], *, as_json: bool) -> None:
    """Write clone records as they are found."""
    for record in records:
        if as_json:
            json_line(record)
        else:
            sys.stdout.write(_sentence(record) + "\n")
    sys.stdout.flush()


def _sentence(record: Mapping[str, Any]) -> str:
    first, second = record["first"], record["second"]
    took, needs = record["elapsed_s"] / 60, record["travel_time_s"] / 60
    esns = "" if first["esn"] == second["esn"] else f"  ESN {first['esn']} / {second['esn']}"
    return (
        f"{'superseded' if record['superseded'] else 'clone':10}  {record['msid']:15}  "
        f"{first['msc']} {first['time'][:19]}Z -> {second['msc']} {second['time'][:19]}Z  "
        f"{took:.1f} min of {round(needs, 2):g} needed{esns}{_weight(record.get('evidence'))}"
    )


def _weight(evidence: Mapping[str, Any] | None) -> str:
    if evidence is None:
        return ""
    who = "" if evidence["clone"] == "unknown" else f", the {evidence['clone']} is the clone"
    return f"  {evidence['severity']} {evidence['confidence']:.2f}{who}"


def write_summary(numbers: Mapping[str, Any], file: Path | None) -> None:
    """Write how it went to *file*, if there is one, as one JSON object."""
    if file is not None:
        file.write_text(json.dumps(numbers, indent=2) + "\n", encoding="utf-8")


def summary(numbers: Mapping[str, Any], file: Path | None) -> None:
    """Say how it went, and write it to *file* as one JSON object."""
    write_summary(numbers, file)
    refused = numbers["refused"]
    say(
        f"{numbers['frames']:,} frames, {numbers['registrations']:,} registrations, "
        f"{numbers['conflicts']:,} conflicts in {numbers['elapsed_s']:.2f} s "
        f"({numbers['registrations_per_s']:,} registrations a second)"
    )
    beside = {name: n for name, n in numbers.items() if name in _TOLD_IF_ANY and n}
    if beside:
        say("  " + ", ".join(f"{n:,} {_TOLD_IF_ANY[name]}" for name, n in beside.items()))
    if refused:
        say("  refused: " + ", ".join(f"{n:,} {name}" for name, n in refused.items()))
    for where in numbers.get("cut", ()):
        say(f"  cut: {where}")


_TOLD_IF_ANY = {
    "superseded": "superseded",
    "duplicates": "duplicates",
    "late": "late",
    "unknown_msc": "at unknown MSCs",
    "pairs_unknown": "pairs without a travel time",
    "window_overflowed": "beyond the window's bounds",
    "record_lost": "not recorded",
    "clock_suspect": "with a suspect clock",
    "returned": "returned undelivered",
    "tcp_gaps": "gaps in TCP",
    "tali_syncs_lost": "losses of TALI sync",
}
