"""X.25 facilities (X.25 §7): codes and parameters, one after the other."""

from __future__ import annotations

from typing import Final, NamedTuple

from construct import Bytes, GreedyBytes, Int8ub, Struct, this

from is41.errors import DecodeError, EncodeError
from is41.grammar import build, parse

from .codes import FacilityCode

WHAT: Final = "x25"
CLAUSE: Final = "X.25 §7"

# fmt: off
# X.25 §5.2, facility length field and facility field.
FACILITIES = Struct(
    "length"     / Int8ub,
    "facilities" / Bytes(this.length),
    "rest"       / GreedyBytes,
)

# X.25 §7, octets of parameter by class, the two high bits of the code.
LENGTHS: Final = {
    0b00: 1,     # class A
    0b01: 2,     # class B
    0b10: 3,     # class C
    0b11: None,  # class D: the parameter begins with its length
}
# fmt: on


class Facility(NamedTuple):
    """One facility. The parameter is without the length that class D has."""

    code: int
    parameter: bytes


class Sizes(NamedTuple):
    """A value for each direction of the data."""

    from_called: int
    from_calling: int


def decode(octets: bytes) -> tuple[tuple[Facility, ...], bytes]:
    """Read the facilities at the beginning of *octets*, and what follows. Raises DecodeError."""
    fields = parse(FACILITIES, octets, what=WHAT, clause=CLAUSE)
    field, facilities, at = fields.facilities, [], 0
    while at < len(field):
        start, length = at + 1, LENGTHS[field[at] >> 6]
        if length is None:
            start, length = at + 2, int.from_bytes(field[at + 1 : at + 2])
        if start + length > len(field):
            raise DecodeError(
                f"facility {field[at]:02X} is longer than all facilities",
                what=WHAT,
                field="facilities",
                clause=CLAUSE,
                offset=1 + at,
            )
        code = _CODES.get(field[at], field[at])
        facilities.append(Facility(code, field[start : start + length]))
        at = start + length
    return tuple(facilities), fields.rest


def encode(facilities: tuple[Facility, ...]) -> bytes:
    """Write the facilities behind their length. Raises EncodeError."""
    octets = b""
    for code, parameter in facilities:
        length = LENGTHS.get(code >> 6, -1)
        if length is not None and length != len(parameter):
            raise EncodeError(f"facility {code:02X} has no {len(parameter)} octets")
        octets += build(Int8ub, code)
        octets += parameter if length is not None else build(Int8ub, len(parameter)) + parameter
    return build(FACILITIES, {"length": len(octets), "facilities": octets, "rest": b""})


def packet_sizes(facilities: tuple[Facility, ...]) -> Sizes | None:
    """Give the packet sizes asked for, in octets; None where that is left to the network."""
    parameter = dict(facilities).get(FacilityCode.PACKET_SIZE)
    return None if parameter is None else Sizes(*(1 << (octet & 0x0F) for octet in parameter))


def window_sizes(facilities: tuple[Facility, ...]) -> Sizes | None:
    """Give the window sizes asked for, in packets; None where that is left to the network."""
    parameter = dict(facilities).get(FacilityCode.WINDOW_SIZE)
    return None if parameter is None else Sizes(*(octet & 0x7F for octet in parameter))


_CODES: Final = FacilityCode._value2member_map_
