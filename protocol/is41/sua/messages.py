"""SUA messages (RFC 3868 §3), and the connectionless ones in SCCP's terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, Self

from construct import (
    BitsInteger,
    BitStruct,
    Bytes,
    BytesInteger,
    Default,
    Flag,
    Int8ub,
    Struct,
)

from is41.adaptation.messages import Layer, Parameter
from is41.adaptation.messages import Message as CommonMessage
from is41.errors import DecodeError
from is41.grammar import Code, build, parse
from is41.sccp.codes import ReturnCause

from .codes import TYPES, Connectionless, MessageClass, ParameterTag

if TYPE_CHECKING:
    from construct import Construct

WHAT: Final = "sua"
CLAUSE: Final = "RFC 3868 §3.1"

# fmt: off
# RFC 3868 §3.10.21.
PROTOCOL_CLASS = Struct(
    "reserved"            / Default(Bytes(3), bytes(3)),
    "octet"               / BitStruct(
        "return_on_error" / Flag,                         # bit 8
        "spare"           / Default(BitsInteger(5), 0),
        "protocol_class"  / BitsInteger(2),               # bits 2 1
    ),
)

# RFC 3868 §3.10.23.
SEGMENTATION = BitStruct(
    "first"               / Flag,                         # bit 8
    "remaining"           / BitsInteger(7),               # segments
    "reference"           / BitsInteger(24),
)

# RFC 3868 §3.10.6.
SCCP_CAUSE = Struct(
    "reserved"            / Default(BytesInteger(2), 0),
    "cause_type"          / Int8ub,                       # 1: return cause, T1.112.3
    "cause_value"         / Code(Int8ub, ReturnCause),
)
# fmt: on

RETURN_CAUSE: Final = 1


class Segmentation(NamedTuple):
    """Which piece of some longer data it is."""

    first: bool
    remaining: int
    reference: int


class Message(CommonMessage):
    """One SUA message."""

    __slots__ = ()
    LAYER: ClassVar[Layer] = Layer(WHAT, CLAUSE, TYPES, ParameterTag)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unitdata:
    """CLDT, or CLDR where *return_cause* is given: what that carries was never delivered.

    Addresses stay in octets (see `Address`): an odd one must not cost the message.
    """

    source: bytes
    destination: bytes
    data: bytes
    protocol_class: int = 0
    return_on_error: bool = False
    segmentation: Segmentation | None = None
    return_cause: int | None = None

    @classmethod
    def of(cls, message: Message) -> Self | None:
        """Take it out of a message; None where that is no connectionless one.

        Raises DecodeError.
        """
        if message.message_class != MessageClass.CONNECTIONLESS or message.message_type not in {
            Connectionless.CLDT,
            Connectionless.CLDR,
        }:
            return None
        returned = message.message_type == Connectionless.CLDR
        handling = _read(PROTOCOL_CLASS, message.value(ParameterTag.PROTOCOL_CLASS))
        segmentation = _read(SEGMENTATION, message.value(ParameterTag.SEGMENTATION))
        cause = _read(SCCP_CAUSE, _needed(message, ParameterTag.SCCP_CAUSE)) if returned else None
        data = message.value(ParameterTag.DATA)
        return cls(
            source=_needed(message, ParameterTag.SOURCE_ADDRESS),
            destination=_needed(message, ParameterTag.DESTINATION_ADDRESS),
            data=_needed(message, ParameterTag.DATA) if not returned else data or b"",
            protocol_class=handling.octet.protocol_class if handling else 0,
            return_on_error=handling.octet.return_on_error if handling else False,
            segmentation=Segmentation(*(segmentation[name] for name in Segmentation._fields))
            if segmentation
            else None,
            return_cause=cause.cause_value if cause else None,
        )

    def message(self, *first: Parameter) -> Message:
        """Make the message, *first* (the routing context) before its own parameters.

        Raises EncodeError.
        """
        octet = {"return_on_error": self.return_on_error, "protocol_class": self.protocol_class}
        cause = {"cause_type": RETURN_CAUSE, "cause_value": self.return_cause}
        returned = self.return_cause is not None
        parameters = [
            *first,
            Parameter(ParameterTag.SCCP_CAUSE, build(SCCP_CAUSE, cause))
            if returned
            else Parameter(ParameterTag.PROTOCOL_CLASS, build(PROTOCOL_CLASS, {"octet": octet})),
            Parameter(ParameterTag.SOURCE_ADDRESS, self.source),
            Parameter(ParameterTag.DESTINATION_ADDRESS, self.destination),
        ]
        if not returned:
            parameters.append(Parameter.of(ParameterTag.SEQUENCE_CONTROL, 0))
        if self.segmentation is not None:
            value = build(SEGMENTATION, self.segmentation._asdict())
            parameters.append(Parameter(ParameterTag.SEGMENTATION, value))
        parameters.append(Parameter(ParameterTag.DATA, self.data))
        kind = Connectionless.CLDR if returned else Connectionless.CLDT
        return Message(MessageClass.CONNECTIONLESS, kind, tuple(parameters))


def _needed(message: Message, tag: ParameterTag) -> bytes:
    value = message.value(tag)
    if value is None:
        field = tag.name.lower()
        raise DecodeError("it is not there", what=WHAT, field=field, clause="RFC 3868 §3.2")
    return value


def _read(grammar: Construct[Any, Any], octets: bytes | None) -> Any:
    return None if octets is None else parse(grammar, octets, what=WHAT, clause="RFC 3868 §3.10")
