"""Packets around messages: what carries them over IP, for tshark to read them in."""

from __future__ import annotations

from typing import Final

from scapy.layers.inet import IP, TCP
from scapy.layers.sctp import SCTP, SCTPChunkData

RAW_IP: Final = 101  # link type

# RFC 3331, 4666, 3868 and 4165: payload protocol identifier and port of each.
M2UA: Final = (2, 2904)
M3UA: Final = (3, 2905)
SUA: Final = (4, 14001)
M2PA: Final = (5, 3565)

XOT_PORT: Final = 1998


def in_sctp(message: bytes, layer: tuple[int, int]) -> bytes:
    """One message in one chunk."""
    identifier, port = layer
    chunk = SCTPChunkData(proto_id=identifier, data=message, beginning=1, ending=1, tsn=1)
    return bytes(IP(src="10.0.0.1", dst="10.0.0.2") / SCTP(sport=port, dport=port) / chunk)


def in_tcp(stream: list[bytes], port: int) -> list[bytes]:
    """Segments of one direction, as they are given."""
    packets, at = [], 1
    for octets in stream:
        tcp = TCP(sport=40000, dport=port, seq=at, ack=1, flags="PA")
        packets.append(bytes(IP(src="10.0.0.1", dst="10.0.0.2") / tcp / octets))
        at += len(octets)
    return packets
