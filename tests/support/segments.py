"""Ethernet frames with IPv4 and TCP, written by hand: what the reassembly is tried with."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from clonewatch.lab.pcaps import LinkType, write_pcap

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SYN, ACK = 0x02, 0x10
START_US = 1_795_000_000_000_000


def segment(
    data: bytes, sequence: int, *, port: int = 40_000, flags: int = ACK, padding: int = 0
) -> bytes:
    """One frame from client to server; *padding* octets of Ethernet follow the IPv4 packet."""
    tcp = struct.pack(">HHIIBBHHH", port, 5000, sequence & 0xFFFFFFFF, 1, 0x50, flags, 8192, 0, 0)
    total = 20 + len(tcp) + len(data)
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, total, 1, 0x4000, 64, 6, 0, b"\n\0\0\1", b"\n\0\0\2")
    return bytes(12) + b"\x08\x00" + ip + tcp + data + bytes(padding)


def ethernet_capture(path: Path, frames: Sequence[bytes], *, step_us: int = 1000) -> Path:
    """Write *frames*, *step_us* apart."""
    times = [START_US + number * step_us for number in range(len(frames))]
    write_pcap(path, LinkType.ETHERNET, times, frames)
    return path
