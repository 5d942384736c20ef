"""The PVC setup packet (RFC 1613 §6.5): how two XOTs agree on a permanent virtual circuit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from construct import BitsInteger, BitStruct, Bytes, Const, Default, Int8ub, Int16ub, Struct, this

from is41.errors import EncodeError
from is41.grammar import Code, build, parse
from is41.x25.packets import FORMATS

from .codes import PvcStatus

WHAT: Final = "xot_pvc"
CLAUSE: Final = "RFC 1613 §6.5"
PACKET_TYPE: Final = 0xF5
VERSION: Final = 0x81

# fmt: off
# RFC 1613 §6.5. Windows in packets, packet sizes as the power of 2 that they are.
PVC_SETUP = Struct(
    "channel" / BitStruct(
        "spare"               / Default(BitsInteger(2), 0),
        "format"              / BitsInteger(2),                 # as in X.25 packets
        "lcn"                 / BitsInteger(12),
    ),
    "packet_type"             / Const(PACKET_TYPE, Int8ub),
    "version"                 / Const(VERSION, Int8ub),
    "status"                  / Code(Int8ub, PvcStatus),
    "initiator_length"        / Int8ub,                         # of the name
    "initiator_lcn"           / Int16ub,
    "responder_length"        / Int8ub,                         # of the name
    "responder_lcn"           / Int16ub,
    "incoming_window"         / Int8ub,                         # all four the sender's
    "outgoing_window"         / Int8ub,
    "incoming_packet_size"    / Int8ub,
    "outgoing_packet_size"    / Int8ub,
    "initiator"               / Bytes(this.initiator_length),   # interface name, ASCII
    "responder"               / Bytes(this.responder_length),   # interface name, ASCII
)
# fmt: on

_NAMES: Final = ("initiator", "responder")


@dataclass(frozen=True, slots=True, kw_only=True)
class PvcSetup:
    """What the initiator asks for, or the responder's answer: status 0 where it agrees."""

    lcn: int = 0
    modulo: int = 8
    status: int = PvcStatus.WAITING_TO_CONNECT
    initiator: bytes
    initiator_lcn: int
    responder: bytes
    responder_lcn: int
    incoming_window: int
    outgoing_window: int
    incoming_packet_size: int
    outgoing_packet_size: int

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Read the packet without its XOT header. Raises DecodeError."""
        fields = parse(PVC_SETUP, octets, what=WHAT, clause=CLAUSE)
        rest = {name: fields[name] for name in cls.__slots__ if name not in {"lcn", "modulo"}}
        modulo = FORMATS.get(fields.channel.format, 8)
        return cls(lcn=fields.channel.lcn, modulo=modulo, **rest)

    def encode(self) -> bytes:
        """Write the packet without its XOT header. Raises EncodeError."""
        formats = [each for each, modulo in FORMATS.items() if modulo == self.modulo]
        if not formats:
            raise EncodeError(f"modulo {self.modulo} is neither 8 nor 128")
        channel = {"format": formats[0], "lcn": self.lcn}
        lengths = {f"{name}_length": len(getattr(self, name)) for name in _NAMES}
        fields = {name: getattr(self, name) for name in self.__slots__}
        return build(PVC_SETUP, {"channel": channel, **lengths, **fields})
