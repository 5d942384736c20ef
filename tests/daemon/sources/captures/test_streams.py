"""Messages on TCP: TALI (RFC 3094 §3), XOT (RFC 1613), M3UA (RFC 4666 §3.1).

Cut, reordered, repeated, lost; and with lengths that are wrong.
"""

from __future__ import annotations

import bisect
import itertools
import random
import struct
from typing import TYPE_CHECKING, Final, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clonewatch.lab.carriers import ipv4, sigtran
from clonewatch.sources.captures.reader import Capture
from is41.layers import layer_of
from is41.tali.codes import Opcode
from is41.tali.messages import Message as Tali
from is41.xot.tap import MessageReceived, Tap
from tshark import pcap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

PORTS = {"xot": 1998, "m3ua": 2905, "tali": 5000}
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


def tali(payload: bytes) -> bytes:
    return Tali(Opcode.SCCP, payload).encode()


WRAPPED = {"xot": xot, "m3ua": m3ua, "tali": tali}
# Where the length of a message stands, and with which octet first.
LENGTHS: Final[dict[str, tuple[slice, Literal["big", "little"]]]] = {
    "xot": (slice(2, 4), "big"),
    "m3ua": (slice(4, 8), "big"),
    "tali": (slice(8, 10), "little"),
}
# What is added to it, or what it is instead.
DAMAGES: Final[dict[str, Callable[[int], int]]] = {
    **{f"bit {bit}": (1 << bit).__xor__ for bit in range(16)},
    "very long": lambda length: length + 3000,
    "too short": lambda length: length - 4,
    "much too short": lambda length: length // 2,
    "zero": lambda _: 0,
}


def payloads(count: int) -> list[bytes]:
    return [b"\xe2" + bytes([number, 77]) * (10 + number) for number in range(count)]


def received(path: Path, packets: Sequence[bytes]) -> tuple[list[bytes], dict[str, int]]:
    """The messages of a capture; see `located`."""
    found, counts = located(path, packets)
    return [octets for _, octets in found], counts


def located(path: Path, packets: Sequence[bytes]) -> tuple[list[tuple[int, bytes]], dict[str, int]]:
    """The messages of a capture, each with the number of its packet, whose time it must bear."""
    path.write_bytes(pcap(packets, 101))
    capture = Capture(path)
    found = []
    for block in capture.blocks():
        frames = block.frames
        for at in range(block.count):
            packet = int(frames.packet[at])
            assert frames.time[at] == (packet - 1) * 1000
            found.append((packet, block.octets[frames.start[at] : frames.end[at]].tobytes()))
    return found, capture.counts


def damaged(octets: bytes, carrier: str, damage: str) -> bytes:
    """A message whose length is wrong."""
    place, order = LENGTHS[carrier]
    length = int.from_bytes(octets[place], order)
    wrong = max(DAMAGES[damage](length), 0).to_bytes(place.stop - place.start, order)
    return octets[: place.start] + wrong + octets[place.stop :]


def cut(stream: bytes, lengths: Iterable[int]) -> list[bytes]:
    """Pieces of a stream; the last takes what is left."""
    pieces = []
    for length in lengths:
        if stream:
            pieces.append(stream[:length])
            stream = stream[length:]
    return [*pieces, stream] if stream else pieces


def segments(pieces: Iterable[bytes], port: int) -> list[bytes]:
    packets, at = [segment(b"", 0, port, SYN)], 1
    for piece in pieces:
        packets.append(segment(piece, at, port))
        at += len(piece)
    return packets


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


MANY, HIT = 70, 4  # messages, and which of them is damaged


def telling(count: int) -> list[bytes]:
    """Messages of different lengths, TCAP by their first octet, with nothing like XOT inside.

    No wrong length is wrong by just the messages behind it: that is not seen.
    """
    return [b"\xe2" + bytes([number, 1, 0, 1, 1]) * (9 + number * 2 % 9) for number in range(count)]


def wrapped(carrier: str, payload: bytes) -> bytes:
    return xot(payload, size=200) if carrier == "xot" else WRAPPED[carrier](payload)


def others_of(found: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """What was found, but for what is left of the damaged message."""
    return [(packet, octets) for packet, octets in found if octets[1:2] != bytes([HIT])]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("carrier", PORTS)
@pytest.mark.parametrize("size", [1, 13, 100, 536, 5000, "aligned", "three"])
def test_a_wrong_length_costs_its_message_and_no_other(
    size: int | str, carrier: str, damage: str, tmp_path: Path
) -> None:
    sent = telling(MANY)
    messages = [wrapped(carrier, payload) for payload in sent]
    ends = list(itertools.accumulate(map(len, messages)))
    messages[HIT] = damaged(messages[HIT], carrier, damage)
    if size == "aligned":
        pieces = messages
    elif size == "three":
        pieces = [b"".join(messages[at : at + 3]) for at in range(0, MANY, 3)]
    else:
        pieces = cut(b"".join(messages), itertools.repeat(int(size), ends[-1]))
    begins = [0, *itertools.accumulate(map(len, pieces))]
    found, counts = located(tmp_path / "a.pcap", segments(pieces, PORTS[carrier]))
    # The SYN is packet 1; with so many small segments the last ones of a mark are not told apart.
    expected = [
        (bisect.bisect_left(begins, end) + 1, payload)
        for end, payload in zip(ends, sent, strict=True)
    ]
    if isinstance(size, int) and size < 500:
        found = [(0, octets) for _, octets in found]
        expected = [(0, octets) for _, octets in expected]
    assert others_of(found) == others_of(expected)
    assert found[HIT][1] != sent[HIT] or carrier == "m3ua"
    assert counts


@settings(max_examples=300)
@given(
    carrier=st.sampled_from(sorted(PORTS)),
    damage=st.sampled_from(sorted(DAMAGES)),
    lengths=st.lists(st.integers(1, 150), max_size=60),
)
def test_a_wrong_length_costs_no_other_message_however_the_stream_is_cut(
    carrier: str, damage: str, lengths: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    sent = telling(MANY)
    messages = [wrapped(carrier, payload) for payload in sent]
    messages[HIT] = damaged(messages[HIT], carrier, damage)
    packets = segments(cut(b"".join(messages), lengths), PORTS[carrier])
    found, _ = located(tmp_path_factory.mktemp("t") / "a.pcap", packets)
    expected = [payload for number, payload in enumerate(sent) if number != HIT]
    assert [octets for _, octets in others_of(found)] == expected


@settings(max_examples=200)
@given(
    carrier=st.sampled_from(sorted(PORTS)),
    inside=st.lists(
        st.sampled_from(["message", "header", "sync", "zeros"]), min_size=1, max_size=8
    ),
    lengths=st.lists(st.integers(1, 90), max_size=60),
)
def test_what_looks_like_messages_inside_a_message_is_part_of_it_however_cut(
    carrier: str, inside: list[str], lengths: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    inner = wrapped(carrier, b"\xe2 a message inside")
    octets = {"message": inner, "header": inner[:10], "sync": inner[:4], "zeros": bytes(9)}
    sent = [
        b"\xe2 and more" + b"".join(octets[each] for each in inside[at:])
        for at in range(len(inside))
    ]
    stream = b"".join(wrapped_whole(carrier, payload) for payload in sent)
    packets = segments(cut(stream, lengths), PORTS[carrier])
    found, counts = received(tmp_path_factory.mktemp("t") / "a.pcap", packets)
    assert found == sent
    assert counts == {}


def wrapped_whole(carrier: str, payload: bytes) -> bytes:
    return xot(payload, size=4000) if carrier == "xot" else WRAPPED[carrier](payload)


@pytest.mark.parametrize("carrier", PORTS)
def test_two_damaged_messages_beside_one_another_cost_themselves(
    carrier: str, tmp_path: Path
) -> None:
    sent = telling(MANY)
    messages = [wrapped(carrier, payload) for payload in sent]
    for hit in (HIT, HIT + 1):
        messages[hit] = damaged(messages[hit], carrier, "bit 5")
    found, _ = received(tmp_path / "a.pcap", segments([b"".join(messages)], PORTS[carrier]))
    left = [octets for octets in found if octets[1:2] not in (bytes([HIT]), bytes([HIT + 1]))]
    assert left == sent[:HIT] + sent[HIT + 2 :]


@pytest.mark.parametrize("carrier", PORTS)
def test_what_a_wrong_length_held_back_is_read_when_nothing_more_comes(
    carrier: str, tmp_path: Path
) -> None:
    sent = telling(8)
    messages = [wrapped(carrier, payload) for payload in sent]
    messages[HIT] = damaged(messages[HIT], carrier, "very long")
    expected = sent[:HIT] + sent[HIT + 1 :]
    ended = segments(messages, PORTS[carrier])
    assert received(tmp_path / "a.pcap", ended)[0] == expected
    anew = segment(b"", 1 << 30, PORTS[carrier], SYN)
    begun = segment(messages[0], (1 << 30) + 1, PORTS[carrier])
    assert received(tmp_path / "b.pcap", [*ended, anew, begun])[0] == [*expected, sent[0]]
    gap = segment(messages[0], 9000, PORTS[carrier])
    assert received(tmp_path / "c.pcap", [*ended, gap])[0] == [*expected, sent[0]]


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
    other = segment(WRAPPED[carrier](payloads(2)[1]), 1, PORTS[carrier])
    packets.append(other[:20] + (40_001).to_bytes(2) + other[22:])  # another connection
    found, _ = received(tmp_path_factory.mktemp("t") / "a.pcap", packets)
    assert found.count(payloads(2)[1]) == 1
