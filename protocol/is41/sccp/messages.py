"""SCCP connectionless messages (T1.112.3, chapter 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from construct import (
    BitsInteger,
    BitStruct,
    Construct,
    GreedyBytes,
    Int8ub,
    Int16ul,
    Prefixed,
    Struct,
)

from is41.errors import DecodeError, EncodeError, Truncated, Unsupported
from is41.grammar import Code, build, parse

from .codes import MessageType, OptionalName, ReturnCause
from .parts import OptionalParameter, OptionalPart, Pointed

if TYPE_CHECKING:
    from collections.abc import Mapping

CLAUSE: Final = "T1.112.3"


# fmt: off
# T1.112.3, protocol class octet.
PROTOCOL_CLASS = BitStruct(
    "message_handling" / BitsInteger(4),  # bits H to E: 8 returns the message on error
    "protocol_class"   / BitsInteger(4),  # bits D to A
)

PARTY, DATA, LONG_DATA = (Prefixed(length, GreedyBytes) for length in (Int8ub, Int8ub, Int16ul))
PARTIES  = {"called": PARTY, "calling": PARTY}
CAUSE    = "return_cause" / Code(Int8ub, ReturnCause)
HOPS     = "hop_counter" / Int8ub
CLASS    = "class" / PROTOCOL_CLASS
SHORT    = "fields" / Pointed(Int8ub,  **PARTIES, data=DATA)
EXTENDED = "fields" / Pointed(Int8ub,  **PARTIES, data=DATA,      optional=OptionalPart())
LONG     = "fields" / Pointed(Int16ul, **PARTIES, data=LONG_DATA, optional=OptionalPart())

# T1.112.3, chapter 4: after the message type.
BODIES: Final[Mapping[int, Construct[Any, Any]]] = {
    MessageType.UDT:   Struct(CLASS, SHORT),
    MessageType.UDTS:  Struct(CAUSE, SHORT),
    MessageType.XUDT:  Struct(CLASS, HOPS, EXTENDED),
    MessageType.XUDTS: Struct(CAUSE, HOPS, EXTENDED),
    MessageType.LUDT:  Struct(CLASS, HOPS, LONG),
    MessageType.LUDTS: Struct(CAUSE, HOPS, LONG),
}
# fmt: on

# Octets before the pointer to the data.
_DATA_POINTER: Final = {
    MessageType.UDT: 4,
    MessageType.UDTS: 4,
    MessageType.XUDT: 5,
    MessageType.XUDTS: 5,
    MessageType.LUDT: 7,
    MessageType.LUDTS: 7,
}
_IN_SEQUENCE: Final = 0x40  # bit G of the segmentation parameter
_WHOLE: Final = 0x80  # first segment, none remaining
_SERVICES: Final = {MessageType.UDTS, MessageType.XUDTS, MessageType.LUDTS}
_SHORT: Final = {MessageType.UDT, MessageType.UDTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unitdata:
    """UDT, XUDT or LUDT. Addresses stay in octets: an odd one must not cost the message."""

    message_type: MessageType = MessageType.UDT
    protocol_class: int = 0
    message_handling: int = 0
    hop_counter: int | None = None  # XUDT and LUDT have one
    called: bytes
    calling: bytes
    data: bytes
    optional: tuple[OptionalParameter, ...] | None = None

    def encode(self) -> bytes:
        """Write the message. Raises EncodeError."""
        handling = {n: getattr(self, n) for n in ("message_handling", "protocol_class")}
        return _encode(self, {"class": handling})


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitdataService:
    """UDTS, XUDTS or LUDTS: a message that came back. What it carries was never delivered."""

    message_type: MessageType = MessageType.UDTS
    return_cause: int
    hop_counter: int | None = None  # XUDTS and LUDTS have one
    called: bytes
    calling: bytes
    data: bytes
    optional: tuple[OptionalParameter, ...] | None = None

    def encode(self) -> bytes:
        """Write the message. Raises EncodeError."""
        return _encode(self, {"return_cause": self.return_cause})


def decode(octets: bytes) -> Unitdata | UnitdataService:
    """Read a connectionless message from its type octet. Raises DecodeError."""
    if not octets:
        raise Truncated("no message type", what="sccp", field="message_type", clause=CLAUSE)
    body = BODIES.get(octets[0])
    if body is None:
        raise Unsupported(
            f"message type {octets[0]:02X} is not connectionless",
            what="sccp",
            field="message_type",
            clause=CLAUSE,
        )
    try:
        parsed = parse(body, octets[1:], what="sccp", clause=CLAUSE)
    except DecodeError as error:
        raise error.moved(1) from None
    common = {
        "message_type": MessageType(octets[0]),
        "hop_counter": parsed.get("hop_counter"),
        "optional": None,
        **parsed.fields,
    }
    if octets[0] in _SERVICES:
        return UnitdataService(return_cause=parsed.return_cause, **common)
    handling = parsed["class"]
    return Unitdata(
        message_handling=handling.message_handling,
        protocol_class=handling.protocol_class,
        **common,
    )


def data_offset(octets: bytes) -> int:
    """Where the data of a message that `decode` takes begins, from its type octet."""
    pointer = _DATA_POINTER[MessageType(octets[0])]
    if octets[0] in {MessageType.LUDT, MessageType.LUDTS}:
        return pointer + 1 + int.from_bytes(octets[pointer : pointer + 2], "little") + 2
    return pointer + octets[pointer] + 1


def is_segment(message: Unitdata | UnitdataService) -> bool:
    """Tell whether the data is a piece of some longer data (T1.112.3, segmentation)."""
    return any(
        name == OptionalName.SEGMENTATION and octets[:1] and octets[0] & ~_IN_SEQUENCE != _WHOLE
        for name, octets in message.optional or ()
    )


def _encode(message: Unitdata | UnitdataService, first: dict[str, Any]) -> bytes:
    if (message.message_type in _SERVICES) != isinstance(message, UnitdataService):
        raise EncodeError(f"{type(message).__name__} is no {message.message_type.name}")
    names = ("called", "calling", "data", "optional")
    fields = {name: getattr(message, name) for name in names}
    extended = message.message_type not in _SHORT
    if (message.hop_counter is not None) != extended or (
        message.optional is not None and not extended
    ):
        raise EncodeError(
            f"{message.message_type.name} {'needs' if extended else 'has no'} hop counter"
        )
    body = first | {"hop_counter": message.hop_counter, "fields": fields}
    return bytes([message.message_type]) + build(BODIES[message.message_type], body)
