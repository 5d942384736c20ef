"""Constructs that the layouts of IS-41 parameters share."""

# ruff: noqa: ARG002, SLF001
# That is construct's own way to write a construct.

from __future__ import annotations

from dataclasses import fields
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, Literal

from construct import (
    Adapter,
    CheckError,
    Construct,
    ConstructError,
    GreedyBytes,
    SizeofError,
    stream_read,
)

from is41.ber import read_tag, write_tag
from is41.errors import DecodeError
from is41.grammar import Octets

from .parameters import Parameters
from .tags import ParameterTag

if TYPE_CHECKING:
    from enum import IntFlag

MIN_LENGTH: Final = 5  # octets
IMSI_DIGITS_MAX: Final = 15  # ITU-T E.212
IMSI_LENGTH_MAX: Final = 8  # octets

# TIA-41.5 §6.5.2.58, BCD digits: 11 and 12 are the codes of that name, F is ST.
BCD_DIGITS: Final = "0123456789ABC*#F"
_HEX: Final = "0123456789abcdef"
_FROM_HEX: Final = str.maketrans(_HEX, BCD_DIGITS)
_TO_HEX: Final = str.maketrans(BCD_DIGITS, _HEX)


def read_bcd(octets: bytes) -> str:
    """Digits, two an octet, the low nibble's first; `BCD_DIGITS` shows those above 9."""
    nibbles = octets.hex()
    swapped = "".join(high + low for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))
    return swapped.translate(_FROM_HEX)


def write_bcd(digits: str, filler: str = "0") -> bytes:
    """Octets of *digits*; the last high nibble of an odd number is *filler*. Raises ValueError."""
    if not set(digits) <= set(BCD_DIGITS):
        raise ValueError(f"{digits!r} has other digits than {BCD_DIGITS}")
    nibbles = (digits + filler if len(digits) % 2 else digits).translate(_TO_HEX)
    swapped = "".join(low + high for high, low in zip(nibbles[::2], nibbles[1::2], strict=True))
    return bytes.fromhex(swapped)


def _is_decimal(digits: str) -> bool:
    return digits.isascii() and digits.isdigit()


class MinDigits(Adapter):  # type: ignore[type-arg]
    """Ten BCD digits, zero as nibble 0; neither count nor filler."""

    def __init__(self) -> None:
        super().__init__(Octets(MIN_LENGTH, MIN_LENGTH))

    def _decode(self, obj: bytes, context: object, path: str) -> str:
        return self._checked(read_bcd(obj), path)

    def _encode(self, obj: str, context: object, path: str) -> bytes:
        return write_bcd(self._checked(obj, path))

    def _checked(self, digits: str, path: str) -> str:
        if len(digits) != 2 * MIN_LENGTH or not _is_decimal(digits):
            raise CheckError(f"{digits!r} is not ten digits", path=path)
        return digits


class ImsiDigits(Adapter):  # type: ignore[type-arg]
    """Up to 15 BCD digits, without a count; filler F after an odd number.

    Not in the standard: some senders fill with 0. Of 15 digits that shows, as no IMSI has 16; of
    fewer it cannot be told from a digit.
    """

    def __init__(self) -> None:
        super().__init__(Octets(1, IMSI_LENGTH_MAX))

    def _decode(self, obj: bytes, context: object, path: str) -> str:
        digits = read_bcd(obj)
        if digits[-1] == "F" or (len(digits) > IMSI_DIGITS_MAX and digits[-1] == "0"):
            digits = digits[:-1]
        return self._checked(digits, path)

    def _encode(self, obj: str, context: object, path: str) -> bytes:
        return write_bcd(self._checked(obj, path), filler="F")

    def _checked(self, digits: str, path: str) -> str:
        if not (1 <= len(digits) <= IMSI_DIGITS_MAX and _is_decimal(digits)):
            raise CheckError(f"{digits!r} is not 1 to {IMSI_DIGITS_MAX} digits", path=path)
        return digits


class HexDigits(Adapter):  # type: ignore[type-arg]
    """Hexadecimal digits, two an octet, the high nibble's first."""

    def __init__(self, length_octets: int) -> None:
        super().__init__(Octets(length_octets, length_octets))

    def _decode(self, obj: bytes, context: object, path: str) -> str:
        return obj.hex().upper()

    def _encode(self, obj: str, context: object, path: str) -> bytes:
        return bytes.fromhex(obj)


class CountedDigits(Construct):  # type: ignore[type-arg]
    """TIA-41.5 §6.5.2.58: a count of digits, then BCD, filler 0."""

    def _parse(self, stream: Any, context: object, path: str) -> str:
        count = stream_read(stream, 1, path)[0]
        return read_bcd(stream_read(stream, (count + 1) // 2, path))[:count]

    def _build(self, obj: str, stream: Any, context: object, path: str) -> Any:
        stream.write(bytes([len(obj)]) + write_bcd(obj))
        return obj

    def _sizeof(self, context: object, path: str) -> int:
        raise SizeofError("as long as its count says", path=path)


class Flags(Adapter):  # type: ignore[type-arg]
    """A bit mask; bits that *table* lacks are kept."""

    def __init__(self, subcon: Construct[Any, Any], table: type[IntFlag]) -> None:
        super().__init__(subcon)
        self.table = table

    def _decode(self, obj: int, context: object, path: str) -> IntFlag:
        return self.table(obj)

    def _encode(self, obj: int, context: object, path: str) -> int:
        return int(obj)


class Present(Adapter):  # type: ignore[type-arg]
    """A parameter without contents: that it is there is all it says."""

    def __init__(self) -> None:
        super().__init__(Octets(0, 0))

    def _decode(self, obj: bytes, context: object, path: str) -> Literal[True]:
        return True

    def _encode(self, obj: Literal[True], context: object, path: str) -> bytes:
        if obj is not True:
            raise CheckError("says True or is left out", path=path)
        return b""


class Nested(Adapter):  # type: ignore[type-arg]
    """A parameter made of parameters."""

    def __init__(self) -> None:
        super().__init__(GreedyBytes)

    def _decode(self, obj: bytes, context: object, path: str) -> Parameters:
        return Parameters.decode(obj)

    def _encode(self, obj: Parameters, context: object, path: str) -> bytes:
        return obj.encode()


class Identifier(Construct):  # type: ignore[type-arg]
    """The tag of a parameter: its octets read as one number."""

    def _parse(self, stream: Any, context: object, path: str) -> int:
        octets, at = stream.getvalue(), stream.tell()
        try:
            tag, after = read_tag(octets, at, len(octets))
        except DecodeError as error:
            raise CheckError(error.reason, path=path) from error
        stream.seek(after)
        return ParameterTag._value2member_map_.get(tag, tag)  # type: ignore[return-value]

    def _build(self, obj: int, stream: Any, context: object, path: str) -> Any:
        stream.write(write_tag(obj))
        return obj

    def _sizeof(self, context: object, path: str) -> int:
        raise SizeofError("a tag is as long as it says", path=path)


class OrNone(Construct):  # type: ignore[type-arg]
    """*subcon*, or nothing where no octet is left."""

    def __init__(self, subcon: Construct[Any, Any]) -> None:
        super().__init__()
        self.subcon = subcon
        self.flagbuildnone = True

    def _parse(self, stream: Any, context: Any, path: str) -> Any:
        if stream.tell() == len(stream.getvalue()):
            return None
        return self.subcon._parsereport(stream, context, path)

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        return obj if obj is None else self.subcon._build(obj, stream, context, path)

    def _sizeof(self, context: object, path: str) -> int:
        raise SizeofError("it may be left out", path=path)


class OrOctets(Construct):  # type: ignore[type-arg]
    """*subcon* where the octets are its own, else the octets as they are.

    For layouts known from memory alone: better the octets than an error that may be ours.
    """

    def __init__(self, subcon: Construct[Any, Any]) -> None:
        super().__init__()
        self.subcon = subcon

    def _parse(self, stream: Any, context: Any, path: str) -> Any:
        octets = stream.read()
        inner = BytesIO(octets)
        try:
            value = self.subcon._parsereport(inner, context, path)
        except ConstructError:
            return octets
        return value if inner.tell() == len(octets) else octets

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        if not isinstance(obj, bytes):
            return self.subcon._build(obj, stream, context, path)
        stream.write(obj)
        return obj

    def _sizeof(self, context: object, path: str) -> int:
        raise SizeofError("octets may be any number", path=path)


class Rows(Adapter):  # type: ignore[type-arg]
    """A frozen dataclass of what the rows of *subcon* hold: its fields, and those of bit tables.

    A bit table that may be left out (`OrNone`) gives None for each of its fields; only the last
    ones may be.
    """

    def __init__(self, subcon: Construct[Any, Any], kind: type[Any]) -> None:
        super().__init__(subcon)
        self.kind = kind
        names = {field.name for field in fields(kind)}
        self._rows = {
            row.name: tuple(name for name in _names(row) if name in names)
            for row in _rows(subcon) or ()
        }

    def _decode(self, obj: dict[str, Any], context: object, path: str) -> object:
        values: dict[str, Any] = {}
        for row, names in self._rows.items():
            if names:
                bits = obj[row] or dict.fromkeys(names)
                values.update((name, bits[name]) for name in names)
            else:
                values[row] = obj[row]
        return self.kind(**values)

    def _encode(self, obj: object, context: object, path: str) -> dict[str, Any]:
        rows: dict[str, Any] = {}
        last = ""
        for row, names in self._rows.items():
            if not names:
                rows[row] = getattr(obj, row)
                continue
            bits = {name: getattr(obj, name) for name in names}
            absent = [name for name, value in bits.items() if value is None]
            if absent and len(absent) < len(names):
                raise CheckError(f"{absent[0]} is missing from its octet", path=path)
            if last and not absent:
                raise CheckError(f"{names[0]} stands behind {last}, which is missing", path=path)
            last = absent[0] if absent else ""
            rows[row] = None if absent else bits
        return rows


def _rows(table: Construct[Any, Any]) -> list[Any] | None:
    """The rows of the table that *table* is, or wraps; None where it is none."""
    inner: Any = table
    while not hasattr(inner, "subcons"):
        if isinstance(inner, Adapter) or not hasattr(inner, "subcon"):
            return None
        inner = inner.subcon
    rows: list[Any] = inner.subcons
    return rows


def _names(row: Construct[Any, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(field.name for field in _rows(row) or ()))
