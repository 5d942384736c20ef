"""IPv4 (RFC 791) and IPv6 (RFC 8200)."""

from __future__ import annotations

import numpy as np
import pytest

from clonewatch.sources.captures.ip import FRAGMENT, SCTP, TCP, addresses, payload
from clonewatch.sources.captures.links import MALFORMED, OTHER

V4 = bytes.fromhex("4500 0028 0001 4000 4006 0000 0A000001 FE000002") + bytes(20)
V6 = bytes.fromhex("6000 0000 0014 06 40") + bytes(15) + b"\x01" + bytes(15) + b"\x02" + bytes(20)


def found(octets: bytes) -> tuple[int, int, int]:
    start, true_end, protocol = payload(np.frombuffer(octets, np.uint8), 0, len(octets))
    return int(start), int(true_end), int(protocol)


def test_the_payload_of_either_version_is_found() -> None:
    assert found(V4) == (20, 40, TCP)
    assert found(V6) == (40, 60, TCP)


def test_what_lies_behind_the_packet_is_not_its_own() -> None:
    assert found(V4 + bytes(6)) == (20, 40, TCP)
    assert found(V6 + bytes(6)) == (40, 60, TCP)


def test_options_and_extension_headers_are_passed() -> None:
    options = b"\x46" + V4[1:3] + b"\x2c" + V4[4:20] + bytes(4) + V4[20:]
    assert found(options) == (24, 44, TCP)
    hop_by_hop = V6[:5] + b"\x1c\x00" + V6[7:40] + b"\x84" + bytes(7) + V6[40:]
    assert found(hop_by_hop) == (48, 68, SCTP)


@pytest.mark.parametrize(
    ("octets", "what"),
    [
        (b"", MALFORMED),
        (b"\x51" + V4[1:], MALFORMED),  # version 5
        (b"\x44" + V4[1:], MALFORMED),  # a header of 16 octets
        (V4[:19], MALFORMED),
        (V6[:39], MALFORMED),
        (V4[:9] + b"\x11" + V4[10:], OTHER),  # UDP
        (V6[:6] + b"\x3a" + V6[7:], OTHER),  # ICMPv6
        (V4[:6] + b"\x20\x00" + V4[8:], FRAGMENT),
        (V4[:6] + b"\x00\x01" + V4[8:], FRAGMENT),
        (V6[:6] + b"\x2c" + V6[7:], FRAGMENT),
        (V6[:6] + b"\x00" + V6[7:40] + b"\x00" * 7, MALFORMED),  # an extension header cut
    ],
)
def test_what_has_no_payload_for_us_is_told_apart(octets: bytes, what: int) -> None:
    assert found(octets)[0] == what


def test_addresses_differ_by_each_of_their_octets() -> None:
    seen = {addresses(np.frombuffer(V4, np.uint8), 0)}
    for at in range(12, 20):
        octets = bytearray(V4)
        octets[at] ^= 0x80
        seen.add(addresses(np.frombuffer(octets, np.uint8), 0))
    for at in range(8, 40):
        octets = bytearray(V6)
        octets[at] ^= 0x80
        seen.add(addresses(np.frombuffer(octets, np.uint8), 0))
    assert len(seen) == 1 + 8 + 32
