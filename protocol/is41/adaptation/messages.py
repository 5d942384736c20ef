"""The common message header and the variable-length parameters.

RFC 4666 §3.1 and §3.2; RFC 3331 and RFC 3868 have the same ones, RFC 4165 the header alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, Self

from construct import Default, GreedyBytes, Int8ub, Int16ub, Int32ub, Struct

from is41.errors import DecodeError, EncodeError, Truncated
from is41.grammar import build, parse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import IntEnum

VERSION: Final = 1
HEADER_LENGTH: Final = 8  # octets
PARAMETER_HEADER_LENGTH: Final = 4  # octets: tag, length
MESSAGE_LENGTH_MAX: Final = 8192  # octets: ours; the longest SCCP message, LUDT, has about 4000

# fmt: off
# RFC 4666 §3.1, common message header.
COMMON_HEADER = Struct(
    "version"       / Int8ub,
    "reserved"      / Default(Int8ub, 0),  # read as it comes, written as zero
    "message_class" / Int8ub,
    "message_type"  / Int8ub,
    "length"        / Int32ub,             # of the message, header included
)

# RFC 4666 §3.2, variable-length parameter, without the padding to a multiple of 4 octets.
PARAMETER = Struct(
    "tag"    / Int16ub,
    "length" / Int16ub,     # tag and length included, padding not
    "value"  / GreedyBytes,
)
# fmt: on


class Layer(NamedTuple):
    """What tells one SIGTRAN layer's messages from another's."""

    what: str  # how errors call it
    clause: str  # of the common header
    types: Mapping[IntEnum, type[IntEnum]]  # the message types of each class
    tags: type[IntEnum]


class Header(NamedTuple):
    """Which message it is. The length covers the header too."""

    message_class: int
    message_type: int
    length: int


class Parameter(NamedTuple):
    """A parameter by its tag; the value without padding."""

    tag: int
    value: bytes

    @classmethod
    def of(cls, tag: int, number: int) -> Self:
        """Make a parameter of one 32-bit integer, as most are."""
        return cls(tag, build(Int32ub, number))

    def number(self) -> int:
        """Read the value as one 32-bit integer. Raises DecodeError."""
        number: int = parse(Int32ub, self.value, what="parameter", clause="RFC 4666 §3.2")
        return number


def read_header(octets: bytes, what: str, clause: str) -> Header:
    """Read the header of a message that may go on. Raises DecodeError, Truncated without it."""
    header = parse(COMMON_HEADER, octets[:HEADER_LENGTH], what=what, clause=clause)
    if header.version != VERSION:
        reason = f"{header.version}, not {VERSION}"
        raise DecodeError(reason, what=what, field="version", clause=clause)
    if not HEADER_LENGTH <= header.length <= MESSAGE_LENGTH_MAX:
        reason = f"{header.length} octets, not {HEADER_LENGTH} to {MESSAGE_LENGTH_MAX}"
        raise DecodeError(reason, what=what, field="length", clause=clause, offset=4)
    return Header(header.message_class, header.message_type, header.length)


def split(octets: bytes, what: str, clause: str) -> tuple[Header, bytes]:
    """Part one whole message into header and body. Raises DecodeError."""
    header = read_header(octets, what, clause)
    if header.length == len(octets):
        return header, octets[HEADER_LENGTH:]
    reason = f"says {header.length} octets, has {len(octets)}"
    if header.length > len(octets):
        raise Truncated(reason, what=what, field="body", clause=clause, offset=len(octets))
    raise DecodeError(reason, what=what, field="length", clause=clause, offset=4)


def join(message_class: int, message_type: int, body: bytes) -> bytes:
    """Put the header before a body. Raises EncodeError."""
    length = HEADER_LENGTH + len(body)
    if length > MESSAGE_LENGTH_MAX:
        raise EncodeError(f"a message has {MESSAGE_LENGTH_MAX} octets at most, not {length}")
    header = Header(message_class, message_type, length)
    return build(COMMON_HEADER, {"version": VERSION, **header._asdict()}) + body


def decode_parameters(octets: bytes, layer: Layer) -> tuple[Parameter, ...]:
    """Read parameters up to the end. Raises DecodeError.

    The padding of the last one may be missing (RFC 4666 §3.1.4).
    """
    names, parameters, at = layer.tags._value2member_map_, [], 0
    while at < len(octets):
        left = len(octets) - at
        length = int.from_bytes(octets[at + 2 : at + PARAMETER_HEADER_LENGTH])
        if not PARAMETER_HEADER_LENGTH <= length <= left:
            raise DecodeError(
                f"a parameter of {length} octets where {left} are left",
                what=layer.what,
                field="parameter",
                clause=layer.clause,
                offset=at,
            )
        whole = octets[at : at + length]
        fields = parse(PARAMETER, whole, what=layer.what, clause=layer.clause)
        parameters.append(Parameter(names.get(fields.tag, fields.tag), fields.value))
        at += length + -length % 4
    return tuple(parameters)


def encode_parameters(parameters: tuple[Parameter, ...]) -> bytes:
    """Write parameters, each padded to a multiple of 4 octets. Raises EncodeError."""
    octets = b""
    for parameter in parameters:
        length = PARAMETER_HEADER_LENGTH + len(parameter.value)
        fields = {"length": length, **parameter._asdict()}
        octets += build(PARAMETER, fields) + bytes(-length % 4)
    return octets


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a SIGTRAN layer: parameters in the order they came, unknown ones among them.

    Codes that the layer's tables lack stay plain numbers.
    """

    message_class: int
    message_type: int
    parameters: tuple[Parameter, ...] = ()

    LAYER: ClassVar[Layer]

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Read one whole message. Raises DecodeError."""
        layer = cls.LAYER
        header, body = split(octets, layer.what, layer.clause)
        try:
            parameters = decode_parameters(body, layer)
        except DecodeError as error:
            raise error.moved(HEADER_LENGTH) from None
        for member, types in layer.types.items():
            if member == header.message_class:
                named = types._value2member_map_.get(header.message_type, header.message_type)
                return cls(member, named, parameters)  # type: ignore[arg-type]
        return cls(header.message_class, header.message_type, parameters)

    def encode(self) -> bytes:
        """Write the message. Raises EncodeError."""
        return join(self.message_class, self.message_type, encode_parameters(self.parameters))

    @property
    def kind(self) -> tuple[int, int]:
        """Class and type, which together say what message it is."""
        return self.message_class, self.message_type

    def value(self, tag: int) -> bytes | None:
        """Give the first value of *tag*, None where there is none."""
        return next((value for each, value in self.parameters if each == tag), None)

    def only(self, tag: int) -> tuple[Parameter, ...]:
        """Give all parameters of *tag*, in the order they came."""
        return tuple(parameter for parameter in self.parameters if parameter.tag == tag)
