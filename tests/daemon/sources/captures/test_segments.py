"""RFC 791, RFC 9293: segments made by hand, as scapy reads them."""

from __future__ import annotations

from scapy.layers.inet import IP, TCP

from clonewatch.sources.captures.segments import HEADERS_LENGTH, SYN, End, segment


def test_scapy_reads_what_was_written() -> None:
    octets = segment(b"abc", End(0x0A000001, 40_000), End(5, 1998), sequence=7, flags=SYN)
    packet = IP(octets)
    assert (packet.src, packet.dst, packet.len) == ("10.0.0.1", "0.0.0.5", HEADERS_LENGTH + 3)
    assert (packet[TCP].sport, packet[TCP].dport, packet[TCP].seq) == (40_000, 1998, 7)
    assert packet[TCP].flags == "S"
    assert bytes(packet[TCP].payload) == b"abc"
