"""Constructs the grammars share, and the way in and out of them.

A grammar is a construct; `parse` and `build` run it and tell of trouble in our own terms, so that
nothing of construct's leaves the library.
"""

from __future__ import annotations

import struct
from dataclasses import fields, is_dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from construct import Adapter, CheckError, Construct, ConstructError, SizeofError, StreamError

from .errors import DecodeError, EncodeError, Truncated

if TYPE_CHECKING:
    from enum import IntEnum


class Code(Adapter):  # type: ignore[type-arg]
    """An integer named by a table; a code the table lacks stays a plain int."""

    def __init__(self, subcon: Construct[Any, Any], table: type[IntEnum]) -> None:
        super().__init__(subcon)
        self.table = table
        self._members = table._value2member_map_

    def _decode(self, obj: int, context: object, path: str) -> int:
        return self._members.get(obj, obj)  # type: ignore[return-value]

    def _encode(self, obj: int, context: object, path: str) -> int:
        return int(obj)


class Octets(Construct):  # type: ignore[type-arg]
    """All the octets that are left: at least *least*, at most *most*."""

    def __init__(self, least: int, most: int) -> None:
        super().__init__()
        self.least, self.most = least, most

    def _parse(self, stream: Any, context: object, path: str) -> bytes:
        return self._checked(stream.read(), path)

    def _build(self, obj: bytes, stream: Any, context: object, path: str) -> Any:
        stream.write(self._checked(obj, path))
        return obj

    def _checked(self, octets: bytes, path: str) -> bytes:
        if self.least <= len(octets) <= self.most:
            return octets
        allowed = f"{self.least}" if self.least == self.most else f"{self.least} to {self.most}"
        raise CheckError(f"{len(octets)} octets, not {allowed}", path=path)

    def _sizeof(self, context: object, path: str) -> int:
        if self.least == self.most:
            return self.least
        raise SizeofError("as many octets as are left", path=path)


class Value(Adapter):  # type: ignore[type-arg]
    """A frozen dataclass or NamedTuple of the fields of *subcon*: no Container leaves a grammar."""

    def __init__(self, subcon: Construct[Any, Any], kind: type[Any]) -> None:
        super().__init__(subcon)
        self.kind = kind
        self._names = (
            tuple(field.name for field in fields(kind)) if is_dataclass(kind) else kind._fields
        )

    def _decode(self, obj: dict[str, Any], context: object, path: str) -> object:
        return self.kind(**{name: obj[name] for name in self._names})

    def _encode(self, obj: object, context: object, path: str) -> dict[str, Any]:
        return {name: getattr(obj, name) for name in self._names}


def field_of(path: str | None) -> str:
    """Give the last name on construct's path; where it has none the field is the message."""
    names = (path or "").split(" -> ")[1:]
    return names[-1] if names else "message"


def parse(grammar: Construct[Any, Any], octets: bytes, *, what: str, clause: str) -> Any:
    """Parse all of *octets*. Raises DecodeError, with the offset where reading stopped."""
    stream = BytesIO(octets)
    try:
        parsed = grammar.parse_stream(stream)
    except DecodeError as error:
        if error.what == "ber":
            error.what = what
        raise
    except ConstructError as exc:
        kind = Truncated if isinstance(exc, StreamError) else DecodeError
        field, reason = field_of(exc.path), str(exc).splitlines()[-1]
        raise kind(reason, what=what, field=field, clause=clause, offset=stream.tell()) from exc
    if stream.tell() != len(octets):
        raise DecodeError(
            f"{len(octets) - stream.tell()} octets follow the last field",
            what=what,
            field="end",
            clause=clause,
            offset=stream.tell(),
        )
    return parsed


def build(grammar: Construct[Any, Any], value: object) -> bytes:
    """Build *value*. Raises EncodeError."""
    try:
        return grammar.build(value)
    except (ConstructError, struct.error, ValueError, TypeError, OverflowError) as exc:
        raise EncodeError(str(exc).splitlines()[-1]) from exc
