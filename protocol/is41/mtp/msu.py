"""The MTP level 3 message signal unit, ANSI (T1.111.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from construct import BitsInteger, BitStruct, GreedyBytes, Int8ub, Struct

from is41.grammar import Code, build, parse

from .codes import NetworkIndicator, ServiceIndicator
from .grammar import POINT_CODE

if TYPE_CHECKING:
    from .pointcode import PointCode

CLAUSE: Final = "T1.111.4"

# fmt: off
# T1.111.4, service information octet, bits H to A.
SERVICE_INFORMATION = BitStruct(
    "network_indicator" / Code(BitsInteger(2), NetworkIndicator),  # bits H G
    "priority"          / BitsInteger(2),                          # bits F E
    "service_indicator" / Code(BitsInteger(4), ServiceIndicator),  # bits D C B A
)

# T1.111.4, message signal unit from the SIO on.
MSU = Struct(
    "sio"     / SERVICE_INFORMATION,
    "dpc"     / POINT_CODE,
    "opc"     / POINT_CODE,
    "sls"     / Int8ub,       # signalling link selection: 5 bits once, 8 now
    "payload" / GreedyBytes,  # the user part's
)
# fmt: on


@dataclass(frozen=True, slots=True, kw_only=True)
class Msu:
    """A message from *opc* to *dpc* for the user part *service_indicator*."""

    network_indicator: int = NetworkIndicator.NATIONAL
    priority: int = 0
    service_indicator: int = ServiceIndicator.SCCP
    dpc: PointCode
    opc: PointCode
    sls: int = 0
    payload: bytes

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Read one message from its SIO. Raises DecodeError."""
        fields = parse(MSU, octets, what="mtp3", clause=CLAUSE)
        sio = fields.sio
        return cls(
            network_indicator=sio.network_indicator,
            priority=sio.priority,
            service_indicator=sio.service_indicator,
            dpc=fields.dpc,
            opc=fields.opc,
            sls=fields.sls,
            payload=fields.payload,
        )

    def encode(self) -> bytes:
        """Write the message. Raises EncodeError."""
        sio = ("network_indicator", "priority", "service_indicator")
        rest = ("dpc", "opc", "sls", "payload")
        fields: dict[str, object] = {name: getattr(self, name) for name in rest}
        return build(MSU, fields | {"sio": {name: getattr(self, name) for name in sio}})
