"""TCP segments made by hand: octets of streams, in the form that captures have them."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

SYN, ACK = 0x02, 0x10
HEADERS_LENGTH: Final = 40  # octets
_IPV4: Final = struct.Struct(">BBHHHBBHII")
_TCP: Final = struct.Struct(">HHIIBBHHH")


class End(NamedTuple):
    """One end of a connection: an IPv4 address as a number, and a port."""

    address: int
    port: int


def segment(
    octets: bytes, source: End, destination: End, *, sequence: int = 0, flags: int = ACK
) -> bytes:
    """An IPv4 packet with one segment; check sums are left out. At most 65,495 octets."""
    length = HEADERS_LENGTH + len(octets)
    ip = _IPV4.pack(0x45, 0, length, 0, 0x4000, 64, 6, 0, source.address, destination.address)
    tcp = _TCP.pack(source.port, destination.port, sequence, 0, 5 << 4, flags, 0, 0, 0)
    return ip + tcp + octets
