"""SUA source and destination addresses (RFC 3868 §3.10.2, §3.10.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from construct import (
    BitsInteger,
    BitStruct,
    Bytes,
    Default,
    Flag,
    GreedyBytes,
    Int8ub,
    Int16ub,
    Int32ub,
    Struct,
)

from is41.adaptation.messages import Layer, Parameter, decode_parameters, encode_parameters
from is41.adaptation.pointcode import point_code
from is41.errors import DecodeError, EncodeError
from is41.grammar import Code, build, parse

from .codes import TYPES, ParameterTag, RoutingIndicator

if TYPE_CHECKING:
    from is41.mtp.pointcode import PointCode

WHAT: Final = "sua_address"
CLAUSE: Final = "RFC 3868 §3.10.2"
LAYER: Final = Layer(WHAT, CLAUSE, TYPES, ParameterTag)

# fmt: off
# RFC 3868 §3.10.2.1 and §3.10.2.2. The indicator says what stood in the SCCP address, or shall.
INDICATORS = Struct(
    "routing_indicator" / Code(Int16ub, RoutingIndicator),
    "included"          / BitStruct(
        "spare"         / Default(BitsInteger(13), 0),
        "global_title"  / Flag,                         # bit 3
        "point_code"    / Flag,                         # bit 2
        "subsystem"     / Flag,                         # bit 1
    ),
    "parameters"        / GreedyBytes,
)

# RFC 3868 §3.10.2.3.
GLOBAL_TITLE = Struct(
    "reserved"          / Default(Bytes(3), bytes(3)),
    "indicator"         / Int8ub,                       # GTI: which fields the network has
    "number_of_digits"  / Int8ub,
    "translation_type"  / Int8ub,
    "numbering_plan"    / Int8ub,
    "nature_of_address" / Int8ub,
    "digits"            / GreedyBytes,                  # two an octet, the first one low
)

# RFC 3868 §3.10.2.5.
SUBSYSTEM_NUMBER = Struct(
    "reserved"          / Default(Bytes(3), bytes(3)),
    "subsystem"         / Int8ub,
)
# fmt: on


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalTitle:
    """A global title; *indicator* says which of its fields mean something."""

    indicator: int
    translation_type: int = 0
    numbering_plan: int = 0
    nature_of_address: int = 0
    digits: str

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Read the value of the parameter. Raises DecodeError."""
        fields = parse(GLOBAL_TITLE, octets, what=WHAT, clause=CLAUSE)
        signals = "".join(f"{octet & 0x0F:x}{octet >> 4:x}" for octet in fields.digits)
        if fields.number_of_digits > len(signals):
            raise DecodeError(
                f"{fields.number_of_digits} digits, but room for {len(signals)}",
                what=WHAT,
                field="number_of_digits",
                clause=CLAUSE,
                offset=4,
            )
        return cls(
            indicator=fields.indicator,
            translation_type=fields.translation_type,
            numbering_plan=fields.numbering_plan,
            nature_of_address=fields.nature_of_address,
            digits=signals[: fields.number_of_digits],
        )

    def encode(self) -> bytes:
        """Write the value of the parameter. Raises EncodeError."""
        filled = self.digits + "0" * (len(self.digits) % 2)
        try:
            octets = bytes.fromhex(filled)
        except ValueError as exc:
            raise EncodeError(f"{self.digits!r} are no digits") from exc
        fields = {name: getattr(self, name) for name in self.__slots__}
        fields |= {
            "number_of_digits": len(self.digits),
            "digits": bytes(octet >> 4 | octet << 4 & 0xF0 for octet in octets),
        }
        return build(GLOBAL_TITLE, fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a message goes or comes from.

    What `included` names stood in the SCCP address too; the rest was added on the way, from the
    routing label for one. *others* are the parameters of IP networks.
    """

    routing_indicator: int = RoutingIndicator.SSN_AND_PC
    included: frozenset[ParameterTag] = frozenset()
    global_title: GlobalTitle | None = None
    point_code: PointCode | None = None
    subsystem: int | None = None
    others: tuple[Parameter, ...] = ()

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Read the value of the parameter. Raises DecodeError."""
        fields = parse(INDICATORS, octets, what=WHAT, clause=CLAUSE)
        try:
            parameters = decode_parameters(fields.parameters, LAYER)
        except DecodeError as error:
            raise error.moved(len(octets) - len(fields.parameters)) from None
        first: dict[int, bytes] = {}
        others = []
        for parameter in parameters:
            if parameter.tag in _NAMES and parameter.tag not in first:
                first[parameter.tag] = parameter.value
            else:
                others.append(parameter)
        title = first.get(ParameterTag.GLOBAL_TITLE)
        code = first.get(ParameterTag.POINT_CODE)
        subsystem = first.get(ParameterTag.SUBSYSTEM_NUMBER)
        return cls(
            routing_indicator=fields.routing_indicator,
            included=frozenset(tag for tag, name in _NAMES.items() if fields.included[name]),
            global_title=None if title is None else GlobalTitle.decode(title),
            point_code=None if code is None else _point_code(code),
            subsystem=None if subsystem is None else _subsystem(subsystem),
            others=tuple(others),
        )

    def encode(self) -> bytes:
        """Write the value of the parameter. Raises EncodeError."""
        parameters = []
        if self.global_title is not None:
            parameters.append(Parameter(ParameterTag.GLOBAL_TITLE, self.global_title.encode()))
        if self.point_code is not None:
            value = build(Int32ub, int(self.point_code))
            parameters.append(Parameter(ParameterTag.POINT_CODE, value))
        if self.subsystem is not None:
            value = build(SUBSYSTEM_NUMBER, {"subsystem": self.subsystem})
            parameters.append(Parameter(ParameterTag.SUBSYSTEM_NUMBER, value))
        fields = {
            "routing_indicator": self.routing_indicator,
            "included": {name: tag in self.included for tag, name in _NAMES.items()},
            "parameters": encode_parameters((*parameters, *self.others)),
        }
        return build(INDICATORS, fields)


def _point_code(octets: bytes) -> PointCode:
    number: int = parse(Int32ub, octets, what=WHAT, clause="RFC 3868 §3.10.2.4")
    return point_code(number)


def _subsystem(octets: bytes) -> int:
    fields = parse(SUBSYSTEM_NUMBER, octets, what=WHAT, clause="RFC 3868 §3.10.2.5")
    subsystem: int = fields.subsystem
    return subsystem


_NAMES: Final = {
    ParameterTag.GLOBAL_TITLE: "global_title",
    ParameterTag.POINT_CODE: "point_code",
    ParameterTag.SUBSYSTEM_NUMBER: "subsystem",
}
