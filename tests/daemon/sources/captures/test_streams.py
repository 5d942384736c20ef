"""Messages on TCP: XOT (RFC 1613) and M3UA (RFC 4666 §3.1), cut, reordered, repeated, lost."""

from __future__ import annotations

import random
import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clonewatch.lab.carriers import ipv4, sigtran
from clonewatch.sources.captures.reader import Capture
from is41.reading import layer_of
from is41.xot.tap import MessageReceived, Tap
from tshark import pcap

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PORTS = {"xot": 1998, "m3ua": 2905}
SYN, ACK = 0x02, 0x10


def segment(data: bytes, sequence: int, port: int, flags: int = ACK) -> bytes:
    head = struct.pack(
        ">HHIIBBHHH", 40_000, port, sequence & 0xFFFF_FFFF, 1, 0x50, flags, 8192, 0, 0
    )
    return ipv4(6, head + data)


def x25(packet: bytes) -> bytes:
    return struct.pack(">HH", 0, len(packet)) + packet


def xot(payload: bytes, *, size: int = 20, header: bytes = b"\x10\1") -> bytes:
    """The payload in packets of *size*, joined by the M bit."""
    octets = b""
    for at in range(0, len(payload), size):
        more = 0x10 if at + size < len(payload) else 0
        octets += x25(header + bytes([more]) + payload[at : at + size])
    return octets


def m3ua(payload: bytes) -> bytes:
    value = struct.pack(">IIBBBB", 1, 2, 3, 2, 0, 5) + payload
    parameter = struct.pack(">HH", 0x0210, 4 + len(value)) + value
    return sigtran((1, 1), parameter + bytes(-len(parameter) % 4))


WRAPPED = {"xot": xot, "m3ua": m3ua}


def payloads(count: int) -> list[bytes]:
    return [b"\xe2" + bytes([number, 77]) * (10 + number) for number in range(count)]


def received(path: Path, packets: Sequence[bytes]) -> tuple[list[bytes], dict[str, int]]:
    path.write_bytes(pcap(packets, 101))
    capture = Capture(path)
    found = [
        block.octets[block.frames.start[at] : block.frames.end[at]].tobytes()
        for block in capture.blocks()
        for at in range(block.count)
    ]
    return found, capture.counts


@settings(max_examples=100)
@given(
    carrier=st.sampled_from(sorted(PORTS)),
    count=st.integers(1, 20),
    lengths=st.lists(st.integers(1, 80), max_size=40),
    first=st.integers(0, 0xFFFF_FFFF),
    seed=st.integers(0, 1000),
)
def test_any_cut_any_order_near_by_and_any_repeat_give_the_messages(
    carrier: str,
    count: int,
    lengths: list[int],
    first: int,
    seed: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    port = PORTS[carrier]
    stream = b"".join(map(WRAPPED[carrier], payloads(count)))
    pieces, at = [], 0
    for length in [*lengths, len(stream)]:
        pieces.append((at, stream[at : at + length]))
        at += length
    shuffled = random.Random(seed)
    order = sorted(range(len(pieces)), key=lambda which: which + shuffled.uniform(0, 4))
    order += [which for which in order if shuffled.random() < 0.2]
    packets = [segment(b"", first, port, SYN)]
    packets += [segment(pieces[which][1], first + 1 + pieces[which][0], port) for which in order]
    found, counts = received(tmp_path_factory.mktemp("t") / "a.pcap", packets)
    assert found == payloads(count)
    assert set(counts) <= {"tcp_segments_repeated", "tcp_segments_early"}


@pytest.mark.parametrize("carrier", PORTS)
def test_a_lost_segment_costs_its_message_and_no_other(carrier: str, tmp_path: Path) -> None:
    packets, at = [], 1
    for number, payload in enumerate(payloads(6)):
        octets = WRAPPED[carrier](payload)
        if number != 2:
            packets.append(segment(octets, at, PORTS[carrier]))
        at += len(octets)
    found, counts = received(tmp_path / "a.pcap", packets)
    assert found == payloads(2) + payloads(6)[3:]
    assert counts["tcp_gaps"] == 1


def test_the_rest_of_a_message_whose_beginning_is_lost_is_not_joined_to_the_next(
    tmp_path: Path,
) -> None:
    first, second = xot(payloads(1)[0], size=8), xot(b"\xe3 another message", size=8)
    packets = [segment(first[:15], 1, 1998), segment(second, 1 + len(first), 1998)]
    found, counts = received(tmp_path / "a.pcap", packets)
    assert found == [b"\xe3 another message"]
    assert counts["x25_messages_broken"] == 1


def test_calls_channels_and_qualified_data_do_not_mix(tmp_path: Path) -> None:
    more = x25(bytes.fromhex("1001 10 E2 AAAA"))
    stream = b"".join(
        (
            more,
            x25(bytes.fromhex("9001 02 FFFF")),  # Q bit: apart
            x25(bytes.fromhex("1001 21")),  # RR
            x25(bytes.fromhex("1001 02 BBBB")),
            more,
            x25(bytes.fromhex("1001 13 0000")),  # clear
            xot(b"\xe3 after the clear", size=40),
            more,
            xot(b"\xe4 of another channel", header=b"\x10\2"),
        )
    )
    found, counts = received(tmp_path / "a.pcap", [segment(stream, 1, 1998)])
    assert found == [
        bytes.fromhex("E2 AAAA BBBB"),
        b"\xe3 after the clear",
        b"\xe4 of another channel",
    ]
    assert counts == {"x25_messages_broken": 2, "x25_packets_qualified": 1}


@given(
    packets=st.lists(
        st.tuples(
            st.sampled_from([b"\x10\1\0", b"\x10\1\x10", b"\x20\1\0\0", b"\x20\1\0\1"]),
            st.sampled_from([b"\xe2 one", b"\x09 two", b"none", b"\xe3" * 30]),
        ),
        max_size=8,
    )
)
def test_the_tap_of_the_library_joins_alike(
    packets: list[tuple[bytes, bytes]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    modulo = packets[0][0][0] if packets else 0
    numbered, stream = 0, b""
    for head, data in packets:
        if head[0] != modulo:
            continue
        sequence = numbered % 8 << 1 if modulo == 0x10 else numbered % 128 << 1
        numbered += 1
        stream += x25(head[:2] + bytes([head[2] | sequence]) + head[3:] + data)
    tap = Tap()
    tap.receive(stream, 0.0)
    tapped = []
    while (event := tap.next_event()) is not None:
        if isinstance(event, MessageReceived) and layer_of(event.octets) is not None:
            tapped.append(event.octets)
    frames = [segment(b"", 0, 1998, SYN), *([segment(stream, 1, 1998)] if stream else [])]
    assert received(tmp_path_factory.mktemp("t") / "a.pcap", frames)[0] == tapped


@given(octets=st.binary(max_size=80), at=st.integers(0, 60), carrier=st.sampled_from(sorted(PORTS)))
def test_no_octets_crash_it(
    octets: bytes, at: int, carrier: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stream = WRAPPED[carrier](payloads(1)[0])
    packets = [segment(stream[:at] + octets + stream, 1, PORTS[carrier])]
    received(tmp_path_factory.mktemp("t") / "a.pcap", packets)
