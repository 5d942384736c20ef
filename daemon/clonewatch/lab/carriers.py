"""REGNOTs in every wrapping that captures are read in, message by message.

What `lab.regnots` and `lab.tali` write by the million for three carriers, this writes more slowly
for all: link by link, protocol by protocol. Checksums that nobody checks stay 0.

RFC 791, 8200, 9260, 9293; RFC 1613, 3331, 3868, 4165, 4666; T1.111.3.
"""

from __future__ import annotations

import gzip
import struct
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from clonewatch.lab.pcaps import SNAPLEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

MTP3_LABEL: Final = 8  # octets: SIO, DPC, OPC, SLS
X25_DATA_MAX: Final = 64  # octets a packet: a size that cuts every REGNOT
CHUNK_DATA_MAX: Final = 60  # octets a piece, likewise
FRAGMENT_MAX: Final = 64  # octets of IP, likewise
SECOND_US: Final = 1_000_000
TCP_PORT_CLIENT: Final = 40_000
_TAG: Final = 0x00C0_FFEE  # SCTP's verification tag


class Wrapping(StrEnum):
    """How a capture holds the messages."""

    TCAP = "tcap"  # user link type 147
    MTP2 = "mtp2"
    MTP2_EXTENDED = "mtp2-extended"
    MTP2_PSEUDO = "mtp2-pseudo"
    M3UA = "m3ua-sctp"
    M3UA_PIECES = "m3ua-pieces"
    M3UA_TCP = "m3ua-tcp"
    M2UA = "m2ua"
    M2PA = "m2pa"
    SUA = "sua"
    XOT = "xot"
    XOT_128 = "xot-128"
    COOKED = "cooked"
    COOKED_2 = "cooked2"
    VLAN = "vlan"
    IPV6 = "ipv6"
    FRAGMENTS = "fragments"
    FRAGMENTS_6 = "fragments6"
    PCAPNG = "pcapng"
    GZIP = "gzip"


class Message(NamedTuple):
    """One message in the forms that carriers take it in."""

    msu: bytes  # from the SIO on
    tcap: bytes

    @classmethod
    def of(cls, msu: bytes) -> Self:
        """Take a message with a UDT inside."""
        at = MTP3_LABEL + 4  # T1.112.3: the third pointer, to the data
        at += msu[at]
        return cls(msu, msu[at + 1 : at + 1 + msu[at]])

    @property
    def sccp(self) -> bytes:
        """The SCCP message."""
        return self.msu[MTP3_LABEL:]


Packets = list[bytes]


def file_name(stem: str, wrapping: Wrapping) -> str:
    """Name of a capture file, its ending that of its container."""
    endings = {Wrapping.PCAPNG: "pcapng", Wrapping.GZIP: "pcap.gz"}
    return f"{stem}.{endings.get(wrapping, 'pcap')}"


class _Wire:
    """Where one direction of one connection stands."""

    def __init__(self) -> None:
        self.sequence = 1  # TCP's, or the TSN
        self.identification = 1  # of IP
        self.number = 0  # P(S), BSN

    def tcp(self, data: bytes, port: int) -> bytes:
        head = struct.pack(
            ">HHIIBBHHH",
            TCP_PORT_CLIENT,
            port,
            self.sequence & 0xFFFF_FFFF,
            1,
            0x50,
            0x18,
            8192,
            0,
            0,
        )
        self.sequence += len(data)
        return head + data

    def sctp(self, pieces: Iterable[tuple[int, bytes]], port: int, protocol: int) -> bytes:
        """One packet whose DATA chunks are *pieces*, each with its B and E bits."""
        packet = struct.pack(">HHII", port, port, _TAG, 0)
        for flags, data in pieces:
            head = struct.pack(">BBHIHHI", 0, flags, 16 + len(data), self.sequence, 0, 0, protocol)
            self.sequence += 1
            packet += head + data + bytes(-len(data) % 4)
        return packet


def ipv4(protocol: int, payload: bytes, *, flags: int = 0x4000, identification: int = 0) -> bytes:
    """One IPv4 packet."""
    total = 20 + len(payload)
    addresses = bytes((10, 0, 0, 1, 10, 0, 0, 2))
    head = struct.pack(">BBHHHBBH", 0x45, 0, total, identification, flags, 64, protocol, 0)
    checksum = sum(struct.unpack(">10H", head + addresses))
    checksum = (checksum & 0xFFFF) + (checksum >> 16)
    checksum = ~((checksum & 0xFFFF) + (checksum >> 16)) & 0xFFFF
    return b"".join((head[:10], checksum.to_bytes(2), addresses, payload))


def ipv6(protocol: int, payload: bytes) -> bytes:
    """One IPv6 packet, with a hop-by-hop header before the payload."""
    options = bytes((protocol, 0, 1, 4, 0, 0, 0, 0))
    head = struct.pack(">IHBB", 6 << 28, len(options) + len(payload), 0, 64)
    prefix = bytes.fromhex("2001 0DB8 0000 0000 0000 0000 0000")
    return head + prefix + b"\0\1" + prefix + b"\0\2" + options + payload


def _ethernet(kind: str, payload: bytes) -> bytes:
    return bytes.fromhex("020000000002 020000000001" + kind) + payload


def sigtran(kind: tuple[int, int], body: bytes) -> bytes:
    """One message behind the common header of the user adaptation layers."""
    return struct.pack(">BBBBI", 1, 0, *kind, 8 + len(body)) + body


def _parameter(tag: int, value: bytes) -> bytes:
    return struct.pack(">HH", tag, 4 + len(value)) + value + bytes(-len(value) % 4)


def m3ua(message: Message) -> bytes:
    """DATA (RFC 4666 §3.3.1)."""
    sio, label = message.msu[0], message.msu[1:MTP3_LABEL]
    dpc, opc = int.from_bytes(label[:3], "little"), int.from_bytes(label[3:6], "little")
    head = struct.pack(">IIBBBB", opc, dpc, sio & 0x0F, sio >> 6, sio >> 4 & 3, label[6])
    return sigtran((1, 1), _parameter(0x0006, bytes(4)) + _parameter(0x0210, head + message.sccp))


def m2ua(message: Message) -> bytes:
    """Data (RFC 3331 §3.3.1.1)."""
    return sigtran((6, 1), _parameter(0x0001, bytes(4)) + _parameter(0x0300, message.msu))


def m2pa(message: Message) -> bytes:
    """User data (RFC 4165 §2.3.1)."""
    return sigtran((11, 1), bytes(8) + b"\0" + message.msu)


def sua(message: Message) -> bytes:
    """CLDT (RFC 3868 §3.2.1): both addresses a subsystem number alone."""
    address = struct.pack(">HH", 2, 1) + _parameter(0x8003, bytes((0, 0, 0, 8)))
    parameters = (
        _parameter(0x0006, bytes(4))
        + _parameter(0x0115, bytes(4))
        + _parameter(0x0102, address)
        + _parameter(0x0103, address)
        + _parameter(0x0116, bytes(4))
    )
    return sigtran((7, 1), parameters + _parameter(0x010B, message.tcap))


def x25(message: Message, wire: _Wire, *, extended: bool = False) -> Packets:
    """XOT packets of the TCAP message, joined by the M bit (RFC 1613)."""
    packets = []
    data = message.tcap
    for at in range(0, len(data), X25_DATA_MAX):
        more = at + X25_DATA_MAX < len(data)
        if extended:
            head = bytes((0x20, 1, wire.number % 128 << 1, int(more)))
        else:
            head = bytes((0x10, 1, wire.number % 8 << 1 | (0x10 if more else 0)))
        wire.number += 1
        packet = head + data[at : at + X25_DATA_MAX]
        packets.append(struct.pack(">HH", 0, len(packet)) + packet)
    return packets


def mtp2(message: Message, wire: _Wire, *, extended: bool = False) -> bytes:
    """One MSU behind BSN, FSN and LI."""
    wire.number += 1
    length = len(message.msu)
    if extended:
        return struct.pack("<HHH", 0, wire.number % 4096, length) + message.msu
    return bytes((0x80, wire.number % 128 | 0x80, min(length, 63))) + message.msu


def _pieces(message: Message, wire: _Wire) -> Packets:
    """M3UA in pieces, a packet each."""
    whole = m3ua(message)
    parts = [whole[at : at + CHUNK_DATA_MAX] for at in range(0, len(whole), CHUNK_DATA_MAX)]
    last = len(parts) - 1
    return [
        _on_sctp(wire, part, 3, 2905, (2 if at == 0 else 0) | (1 if at == last else 0))
        for at, part in enumerate(parts)
    ]


def _on_sctp(wire: _Wire, data: bytes, protocol: int, port: int, flags: int = 3) -> bytes:
    return ipv4(132, wire.sctp([(flags, data)], port, protocol))


def _fragments(message: Message, wire: _Wire) -> Packets:
    """M3UA on SCTP in fragments of IPv4, the last first."""
    payload = wire.sctp([(3, m3ua(message))], 2905, 3)
    wire.identification += 1
    starts = range(0, len(payload), FRAGMENT_MAX)
    packets = [
        ipv4(
            132,
            payload[at : at + FRAGMENT_MAX],
            flags=at // 8 | (0x2000 if at + FRAGMENT_MAX < len(payload) else 0),
            identification=wire.identification & 0xFFFF,
        )
        for at in starts
    ]
    return packets[::-1]


def _fragments_6(message: Message, wire: _Wire) -> Packets:
    """TALI on TCP in fragments of IPv6."""
    payload = wire.tcp(_tali(message), 5000)
    wire.identification += 1
    packets = []
    for at in range(0, len(payload), FRAGMENT_MAX):
        more = at + FRAGMENT_MAX < len(payload)
        head = struct.pack(">BBHI", 6, 0, at | more, wire.identification)
        part = head + payload[at : at + FRAGMENT_MAX]
        whole = ipv6(44, part)
        packets.append(whole)
    return packets


def _tali(message: Message) -> bytes:
    return b"TALIsccp" + len(message.sccp).to_bytes(2, "little") + message.sccp


def _cooked(packet: bytes) -> bytes:
    return bytes.fromhex("0000 0001 0006 020000000001 0000 0800") + packet


def _cooked_2(packet: bytes) -> bytes:
    return bytes.fromhex("0800 0000 00000002 0001 00 06 020000000001 0000") + packet


# fmt: off
# Each wrapping's link type, and how it makes packets of a message.
_WRAPPINGS: Final[Mapping[Wrapping, tuple[int, Callable[[Message, _Wire], Packets]]]] = {
    Wrapping.TCAP:          (147, lambda m, _: [m.tcap]),
    Wrapping.MTP2:          (140, lambda m, w: [mtp2(m, w)]),
    Wrapping.MTP2_EXTENDED: (140, lambda m, w: [mtp2(m, w, extended=True)]),
    Wrapping.MTP2_PSEUDO:   (139, lambda m, w: [bytes(4) + mtp2(m, w)]),
    Wrapping.M3UA:          (101, lambda m, w: [_on_sctp(w, m3ua(m), 3, 2905)]),
    Wrapping.M3UA_PIECES:   (101, _pieces),
    Wrapping.M3UA_TCP:      (101, lambda m, w: [ipv4(6, w.tcp(m3ua(m), 2905))]),
    Wrapping.M2UA:          (101, lambda m, w: [_on_sctp(w, m2ua(m), 2, 2904)]),
    Wrapping.M2PA:          (101, lambda m, w: [_on_sctp(w, m2pa(m), 5, 3565)]),
    Wrapping.SUA:           (101, lambda m, w: [_on_sctp(w, sua(m), 4, 14001)]),
    Wrapping.XOT:           (101, lambda m, w: [ipv4(6, w.tcp(x, 1998)) for x in x25(m, w)]),
    Wrapping.XOT_128:       (101, lambda m, w: [ipv4(6, w.tcp(b"".join(x25(m, w, extended=True)), 1998))]),
    Wrapping.COOKED:        (113, lambda m, w: [_cooked(_on_sctp(w, m3ua(m), 3, 2905))]),
    Wrapping.COOKED_2:      (276, lambda m, w: [_cooked_2(_on_sctp(w, m3ua(m), 3, 2905))]),
    Wrapping.VLAN:          (1,   lambda m, w: [_ethernet("88A8 0005 8100 0006 0800", ipv4(6, w.tcp(_tali(m), 5000)))]),
    Wrapping.IPV6:          (1,   lambda m, w: [_ethernet("86DD", ipv6(6, w.tcp(_tali(m), 5000)))]),
    Wrapping.FRAGMENTS:     (101, _fragments),
    Wrapping.FRAGMENTS_6:   (229, _fragments_6),
    Wrapping.PCAPNG:        (101, lambda m, w: [_on_sctp(w, m3ua(m), 3, 2905)]),
    Wrapping.GZIP:          (141, lambda m, _: [m.msu]),
}
# fmt: on


class WrappedCapture:
    """A capture in one wrapping being written: pcapng and gzip by their names, else pcap."""

    def __init__(self, path: Path, wrapping: Wrapping) -> None:
        self._wrapping = wrapping
        self._link_type, self._packets = _WRAPPINGS[wrapping]
        self._wire = _Wire()
        self._file = (
            gzip.GzipFile(path, "wb", mtime=0) if wrapping is Wrapping.GZIP else path.open("wb")
        )
        if wrapping is Wrapping.PCAPNG:
            self._file.write(section() + interface(self._link_type))
        else:
            self._file.write(
                struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, SNAPLEN, self._link_type)
            )

    def packets(self, message: Message) -> Packets:
        """The packets of the next message."""
        return self._packets(message, self._wire)

    def write(self, time_us: int, packets: Packets) -> None:
        """Write packets of one moment."""
        for packet in packets:
            if self._wrapping is Wrapping.PCAPNG:
                self._file.write(enhanced_packet(0, time_us, packet))
                continue
            times = divmod(time_us, SECOND_US)
            self._file.write(struct.pack("<IIII", *times, len(packet), len(packet)) + packet)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    """One block of pcapng."""
    length = 12 + len(body) + -len(body) % 4
    head, tail = struct.pack(f"{order}II", kind, length), struct.pack(f"{order}I", length)
    return b"".join((head, body, bytes(-len(body) % 4), tail))


def section(order: str = "<") -> bytes:
    """A section header."""
    return block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link_type: int, options: bytes = b"", order: str = "<", snaplen: int = 0) -> bytes:
    """An interface description."""
    return block(1, struct.pack(f"{order}HHI", link_type, 0, snaplen) + options, order)


def enhanced_packet(which: int, ticks: int, packet: bytes, order: str = "<") -> bytes:
    """A packet of an interface."""
    high, low = divmod(ticks, 1 << 32)
    head = struct.pack(f"{order}IIIII", which, high, low, len(packet), len(packet))
    return block(6, head + packet, order)
