"""XOT messages (RFC 1613 §4): a header and an X.25 packet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from construct import GreedyBytes, Int16ub, Struct

from is41.errors import DecodeError, EncodeError, Truncated
from is41.grammar import build, parse

WHAT: Final = "xot"
CLAUSE: Final = "RFC 1613 §4.1"
PORT: Final = 1998  # RFC 1613 §5
VERSION: Final = 0
HEADER_LENGTH: Final = 4  # octets
PACKET_LENGTH_MIN: Final = 3  # octets: the shortest X.25 packet
PACKET_LENGTH_MAX: Final = 4100  # octets: 4096 of user data behind the modulo 128 header

# fmt: off
# RFC 1613 §4.1.
MESSAGE = Struct(
    "version" / Int16ub,
    "length"  / Int16ub,      # of the packet alone
    "packet"  / GreedyBytes,
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Message:
    """One X.25 packet, or a PVC setup packet, still in octets."""

    packet: bytes

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Read one whole message. Raises DecodeError."""
        length = packet_length(octets)
        packet = octets[HEADER_LENGTH:]
        reason = f"says {length} octets, has {len(packet)}"
        if length > len(packet):
            raise Truncated(reason, what=WHAT, field="packet", clause=CLAUSE, offset=len(octets))
        if length < len(packet):
            raise DecodeError(reason, what=WHAT, field="length", clause=CLAUSE, offset=2)
        return cls(packet)

    def encode(self) -> bytes:
        """Write the message. Raises EncodeError."""
        length = len(self.packet)
        if not PACKET_LENGTH_MIN <= length <= PACKET_LENGTH_MAX:
            reason = f"a packet has {PACKET_LENGTH_MIN} to {PACKET_LENGTH_MAX} octets"
            raise EncodeError(f"{reason}, not {length}")
        return build(MESSAGE, {"version": VERSION, "length": length, "packet": self.packet})


def packet_length(octets: bytes) -> int:
    """Read the header of a message that may go on. Raises DecodeError, Truncated without it."""
    header = parse(MESSAGE, octets[:HEADER_LENGTH], what=WHAT, clause=CLAUSE)
    if header.version != VERSION:
        reason = f"{header.version}, not {VERSION}"
        raise DecodeError(reason, what=WHAT, field="version", clause=CLAUSE)
    length: int = header.length
    if not PACKET_LENGTH_MIN <= length <= PACKET_LENGTH_MAX:
        reason = f"{length} octets, not {PACKET_LENGTH_MIN} to {PACKET_LENGTH_MAX}"
        raise DecodeError(reason, what=WHAT, field="length", clause=CLAUSE, offset=2)
    return length
