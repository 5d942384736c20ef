"""M3UA messages (RFC 4666 §3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from construct import GreedyBytes, Int8ub, Int16ub, Int32ub, Struct

from is41.adaptation.messages import Layer
from is41.adaptation.messages import Message as CommonMessage
from is41.adaptation.pointcode import point_code
from is41.errors import DecodeError
from is41.grammar import Code, build, parse
from is41.mtp.codes import NetworkIndicator, ServiceIndicator
from is41.mtp.msu import Msu

from .codes import TYPES, MessageClass, ParameterTag, StatusType, Transfer

WHAT: Final = "m3ua"
CLAUSE: Final = "RFC 4666 §3.1"
CLAUSE_OF_DATA: Final = "RFC 4666 §3.3.1"
CLAUSE_OF_STATUS: Final = "RFC 4666 §3.8.2"

# fmt: off
# RFC 4666 §3.3.1, protocol data: another order than the routing label's.
PROTOCOL_DATA = Struct(
    "opc"  / Int32ub,                         # originating point code
    "dpc"  / Int32ub,                         # destination point code
    "si"   / Code(Int8ub, ServiceIndicator),
    "ni"   / Code(Int8ub, NetworkIndicator),
    "mp"   / Int8ub,                          # message priority
    "sls"  / Int8ub,                          # signalling link selection
    "data" / GreedyBytes,                     # the user part's
)

# RFC 4666 §3.8.2, status.
STATUS = Struct(
    "status_type" / Code(Int16ub, StatusType),
    "information" / Int16ub,                  # AsState or OtherStatus
)
# fmt: on


class Message(CommonMessage):
    """One M3UA message."""

    __slots__ = ()
    LAYER: ClassVar[Layer] = Layer(WHAT, CLAUSE, TYPES, ParameterTag)

    def protocol_data(self) -> ProtocolData | None:
        """Read what DATA carries; None of other messages. Raises DecodeError."""
        if self.kind != (MessageClass.TRANSFER, Transfer.DATA):
            return None
        value = self.value(ParameterTag.PROTOCOL_DATA)
        if value is None:
            raise DecodeError(
                "DATA without it", what=WHAT, field="protocol_data", clause=CLAUSE_OF_DATA
            )
        return ProtocolData.decode(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolData:
    """What DATA carries. The point codes are plain numbers: see `point_code`."""

    opc: int
    dpc: int
    si: int = ServiceIndicator.SCCP
    ni: int = NetworkIndicator.NATIONAL
    mp: int = 0
    sls: int = 0
    data: bytes

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Read the value of the parameter. Raises DecodeError."""
        fields = parse(PROTOCOL_DATA, octets, what=WHAT, clause=CLAUSE_OF_DATA)
        return cls(**{name: fields[name] for name in cls.__slots__})

    @classmethod
    def of(cls, msu: Msu) -> Self:
        """Say the same as an ANSI message signal unit; `msu` is the way back."""
        return cls(
            opc=int(msu.opc),
            dpc=int(msu.dpc),
            si=msu.service_indicator,
            ni=msu.network_indicator,
            mp=msu.priority,
            sls=msu.sls,
            data=msu.payload,
        )

    def encode(self) -> bytes:
        """Write the value of the parameter. Raises EncodeError."""
        return build(PROTOCOL_DATA, {name: getattr(self, name) for name in self.__slots__})

    def msu(self) -> Msu:
        """Say the same as an ANSI message signal unit. Raises DecodeError where it has no room."""
        for name, most in (("si", 0x0F), ("ni", 0x03), ("mp", 0x03)):
            if getattr(self, name) > most:
                reason = f"{getattr(self, name)}, not 0 to {most}"
                raise DecodeError(reason, what=WHAT, field=name, clause=CLAUSE_OF_DATA)
        return Msu(
            network_indicator=self.ni,
            priority=self.mp,
            service_indicator=self.si,
            dpc=point_code(self.dpc),
            opc=point_code(self.opc),
            sls=self.sls,
            payload=self.data,
        )


@dataclass(frozen=True, slots=True)
class Status:
    """What NTFY says: a type, and information that each type has its own table for."""

    status_type: int
    information: int

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Read the value of the parameter. Raises DecodeError."""
        fields = parse(STATUS, octets, what=WHAT, clause=CLAUSE_OF_STATUS)
        return cls(fields.status_type, fields.information)

    def encode(self) -> bytes:
        """Write the value of the parameter. Raises EncodeError."""
        return build(STATUS, {"status_type": self.status_type, "information": self.information})
