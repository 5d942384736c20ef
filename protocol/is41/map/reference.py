"""Writes docs/parameters.md from the registries: ``python -m is41.map.reference > FILE``."""

from __future__ import annotations

import sys
from dataclasses import fields, is_dataclass
from enum import IntEnum, IntFlag
from inspect import getdoc, getmembers, isclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from is41.ber import write_tag

from . import codes, values
from .messages import BODIES
from .operations import ErrorCode, Operation
from .parameters import Parameters
from .registry import REGISTRY
from .tags import ParameterTag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

INTRODUCTION: Final = """\
# Operations and parameters of IS-41

Written by `python -m is41.map.reference` from the registries of `is41.map`; a test fails when it
is out of date. Tags, operation and error codes are hexadecimal. A parameter of another tag, or one
whose octets break its layout, is kept as octets; a code that its table lacks is kept as a number.
"""
_WORDS: Final = {
    bytes: "octets",
    int: "number",
    str: "digits",
    ParameterTag: "tag",
    Parameters: "parameters",
    Literal[True]: "present",
    type(None): "nothing",
}


def page() -> str:
    """Give the whole page."""
    parts = [INTRODUCTION, *_operations(), *_errors(), *_parameters(), *_values(), *_codes()]
    return "\n".join(parts)


def _operations() -> Iterator[str]:
    rows = []
    for operation in Operation:
        bodies = BODIES.get(operation)
        typed = [f"`{body.__name__}`" for body in bodies] if bodies else ["parameters"] * 2
        rows.append([f"`09 {operation:02X}`", operation.standard_name, *typed])
    yield "## Operations\n"
    yield from _table(("code", "operation", "invoke", "return result"), rows)


def _errors() -> Iterator[str]:
    yield "## Errors\n"
    rows = ([f"`{error:02X}`", error.standard_name] for error in ErrorCode)
    yield from _table(("code", "error"), rows)


def _parameters() -> Iterator[str]:
    yield "## Parameters\n"
    kinds = {tag: _kind(REGISTRY[tag].kind) for tag in REGISTRY}
    rows = (
        [f"`{write_tag(tag).hex(' ').upper()}`", tag.standard_name, kinds.get(tag, "octets")]
        for tag in ParameterTag
    )
    yield from _table(("tag", "parameter", "value"), rows)


def _values() -> Iterator[str]:
    yield "## Values\n"
    for name, kind in getmembers(values, is_dataclass):
        yield from _heading(name, kind)
        rows = ([f"`{each.name}`", f"`{each.type}`".replace("|", "\\|")] for each in fields(kind))
        yield from _table(("field", "type"), rows)


def _codes() -> Iterator[str]:
    yield "## Codes\n"
    for name, kind in getmembers(codes, isclass):
        if issubclass(kind, IntEnum | IntFlag) and kind.__module__ == codes.__name__:
            yield from _heading(name, kind)
            yield from _table(("code", "name"), ([f"{code:d}", f"`{code.name}`"] for code in kind))


def _heading(name: str, kind: object) -> Iterator[str]:
    yield f"### {name}\n"
    yield f"{getdoc(kind)}\n"


def _table(heads: tuple[str, ...], rows: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _kind(kind: Any) -> str:
    """Name the types of a value; those with a section here as links."""
    if kind in _WORDS:
        return _WORDS[kind]
    if isclass(kind):
        return f"[{kind.__name__}](#{kind.__name__.lower()})"
    kinds = get_args(kind)
    named = any(isclass(each) and issubclass(each, IntEnum) for each in kinds)
    return " or ".join(_kind(each) for each in kinds if not (named and each is int))


if __name__ == "__main__":
    sys.stdout.write(page())
