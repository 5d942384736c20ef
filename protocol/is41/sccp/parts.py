"""How SCCP messages are put together: pointers, and the optional part (T1.112.3, chapter 1)."""

from __future__ import annotations

from io import BytesIO
from typing import Any, NamedTuple

from construct import CheckError, Construct, Int8ub, SizeofError, StreamError

from .codes import OptionalName


class OptionalParameter(NamedTuple):
    """One parameter of the optional part: its name (`OptionalName`) and contents."""

    name: int
    octets: bytes


class OptionalPart(Construct):  # type: ignore[type-arg]
    """T1.112.3, optional part: name, length, contents, over and over; ended by a name of 0."""

    def _parse(self, stream: Any, context: object, path: str) -> tuple[OptionalParameter, ...]:
        octets, at = stream.getvalue(), stream.tell()
        parameters = []
        while at < len(octets) and octets[at] != OptionalName.END:
            start = at + 2
            end = start + octets[at + 1] if start <= len(octets) else start
            if end > len(octets):
                raise StreamError("optional parameter goes on", path=path)
            parameters.append(OptionalParameter(octets[at], octets[start:end]))
            at = end
        if at == len(octets):
            raise StreamError("no end of optional parameters", path=path)
        stream.seek(at + 1)
        return tuple(parameters)

    def _build(self, obj: Any, stream: Any, context: object, path: str) -> Any:
        for name, octets in obj:
            if name == OptionalName.END:
                raise CheckError("this name ends the optional part", path=path)
            stream.write(Int8ub.build(name) + Int8ub.build(len(octets)) + octets)
        stream.write(bytes([OptionalName.END]))
        return obj

    def _sizeof(self, context: object, path: str) -> int:
        raise SizeofError("optional parameters are as long as they are", path=path)


class Pointed(Construct):  # type: ignore[type-arg]
    """Pointers, one a field, and the fields they point at (T1.112.3, chapter 1).

    A pointer counts from itself (of two octets: from its second) to the first octet of its field.
    Read in any arrangement; written one after the other. A pointer of 0 stands for an optional
    part that is not there. Octets after the last field are not the message's and are left out.
    """

    def __init__(self, pointer: Construct[int, int], **fields: Construct[Any, Any]) -> None:
        super().__init__()
        self.pointer, self.fields = pointer, fields
        self.width = pointer.sizeof()

    def _parse(self, stream: Any, context: Any, path: str) -> dict[str, Any]:
        octets, at = stream.getvalue(), stream.tell()
        values: dict[str, Any] = {}
        for name, field in self.fields.items():
            pointer = self.pointer._parsereport(stream, context, f"{path} -> {name}")
            after = stream.tell()
            values[name] = None
            if pointer or not isinstance(field, OptionalPart):
                start = at + self.width - 1 + pointer
                stream.seek(min(start, len(octets)))
                values[name] = field._parsereport(stream, context, f"{path} -> {name}")
            stream.seek(after)
            at = after
        stream.seek(len(octets))
        return values

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        body = BytesIO()
        for number, (name, field) in enumerate(self.fields.items()):
            left = self.width * (len(self.fields) - number - 1)
            pointer = left + body.tell() + 1
            if obj[name] is None and isinstance(field, OptionalPart):
                pointer = 0
            else:
                field._build(obj[name], body, context, path)
            stream.write(self.pointer.build(pointer))
        stream.write(body.getvalue())
        return obj

    def _sizeof(self, context: object, path: str) -> int:
        raise SizeofError("fields are as long as they are", path=path)
