"""SCTP (RFC 9260 §3.3.1): DATA chunks bundled, in pieces, repeated, lost, in any order."""

from __future__ import annotations

import os
import random
import struct
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clonewatch.lab.carriers import ipv4, sigtran
from clonewatch.sources.captures.reader import Capture
from clonewatch.sources.captures.sctp import WINDOW
from is41.sigtran import PAYLOAD_PROTOCOLS, Carrier, payload_of
from messages import mutated
from tshark import pcap

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

Chunk = tuple[int, int, bytes]  # TSN, flags, data
WHOLE, FIRST, LAST = 3, 2, 1
# How many mutations to compare, as in test_scan; some at once, each an association of its own.
MUTATIONS: Final = int(os.environ.get("IS41_MUTATIONS", "100000")) // 2
MUTATIONS_AT_ONCE: Final = 5_000


def m3ua(payload: bytes) -> bytes:
    value = struct.pack(">IIBBBB", 1, 2, 3, 2, 0, 5) + payload
    parameter = struct.pack(">HH", 0x0210, 4 + len(value)) + value
    return sigtran((1, 1), parameter + bytes(-len(parameter) % 4))


def packet(chunks: Sequence[Chunk], *, ppid: int = 3, tag: int = 7) -> bytes:
    octets = struct.pack(">HHII", 2905, 2905, tag, 0)
    octets += struct.pack(">BBHIIHHI", 3, 0, 16, 1, 1, 0, 0, 0)[:16]  # a SACK goes along
    for tsn, flags, data in chunks:
        head = struct.pack(">BBHIHHI", 0, flags, 16 + len(data), tsn & 0xFFFF_FFFF, 0, 0, ppid)
        octets += head + data + bytes(-len(data) % 4)
    return ipv4(132, octets)


def received(path: Path, packets: Sequence[bytes]) -> tuple[list[bytes], dict[str, int]]:
    path.write_bytes(pcap(packets, 101))
    capture = Capture(path)
    found = [
        block.octets[block.frames.start[at] : block.frames.end[at]].tobytes()
        for block in capture.blocks()
        for at in range(block.count)
    ]
    return found, capture.counts


def payloads(count: int) -> list[bytes]:
    return [bytes([9, number]) * (10 + number) for number in range(count)]


@settings(max_examples=100)
@given(
    count=st.integers(1, 20),
    sizes=st.lists(st.integers(16, 60), min_size=20, max_size=20),
    first=st.integers(0, 0xFFFF_FFFF),
    seed=st.integers(0, 1000),
    bundled=st.integers(1, 4),
)
def test_any_pieces_any_order_near_by_any_repeat_and_any_bundle_give_the_messages(
    count: int,
    sizes: list[int],
    first: int,
    seed: int,
    bundled: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    chunks: list[Chunk] = []
    for payload, size in zip(payloads(count), sizes, strict=False):
        octets = m3ua(payload)
        starts = range(0, len(octets), size)
        for at in starts:
            flags = (FIRST if at == 0 else 0) | (LAST if at == starts[-1] else 0)
            chunks.append((first + len(chunks), flags, octets[at : at + size]))
    shuffled = random.Random(seed)
    order = sorted(range(len(chunks)), key=lambda at: at + shuffled.uniform(0, 5))
    order += [at for at in order if shuffled.random() < 0.2]
    packets = [
        packet([chunks[which] for which in order[at : at + bundled]])
        for at in range(0, len(order), bundled)
    ]
    found, counts = received(tmp_path_factory.mktemp("s") / "a.pcap", packets)
    assert sorted(found) == sorted(payloads(count))
    assert set(counts) <= {"sctp_chunks_repeated"}


def test_a_lost_piece_costs_its_message_and_no_other(tmp_path: Path) -> None:
    chunks: list[Chunk] = []
    for payload in payloads(5):
        octets = m3ua(payload)
        chunks += [(len(chunks), FIRST, octets[:20]), (len(chunks) + 1, LAST, octets[20:])]
    packets = [packet([chunk]) for number, chunk in enumerate(chunks) if number != 4]
    found, counts = received(tmp_path / "a.pcap", packets)
    assert found == payloads(2) + payloads(5)[3:]
    assert counts == {"sctp_pieces_lost": 1}


def test_associations_do_not_mix(tmp_path: Path) -> None:
    octets = [m3ua(payload) for payload in payloads(2)]
    packets = [
        packet([(1, FIRST, octets[0][:20])], tag=1),
        packet([(1, FIRST, octets[1][:24])], tag=2),
        packet([(2, LAST, octets[1][24:])], tag=2),
        packet([(2, LAST, octets[0][20:])], tag=1),
    ]
    found, counts = received(tmp_path / "a.pcap", packets)
    assert (found, counts) == (payloads(2)[::-1], {})


def test_other_payloads_and_damaged_messages_are_counted(tmp_path: Path) -> None:
    good = m3ua(payloads(1)[0])
    packets = [
        packet([(1, WHOLE, good)], ppid=46),  # Diameter
        packet([(2, WHOLE, sigtran((3, 3), b""))]),  # BEAT
        packet([(3, WHOLE, good[:8] + b"\2\x10\xff\xff" + good[12:])]),
        packet([(4, WHOLE, good)])[:-9],
        packet([(5, WHOLE, good)], ppid=0),  # the port tells
        packet([(6, WHOLE, good)], ppid=3 << 24),
    ]
    found, counts = received(tmp_path / "a.pcap", packets)
    assert found == payloads(1) * 2
    assert counts == {
        "sctp_chunks_other": 1,
        "m3ua_messages_other": 1,
        "m3ua_messages_malformed": 1,
        "packets_malformed": 1,
    }


@given(packets=st.lists(st.binary(max_size=60), max_size=8), draw=st.data())
def test_no_octets_crash_it(
    packets: list[bytes], draw: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    good = packet([(1, WHOLE, m3ua(payloads(1)[0])), (2, FIRST, b"12345")])
    hostile = []
    for octets in packets:
        at = draw.draw(st.integers(0, len(good)))
        hostile.append(good[:at] + octets + good[at + len(octets) :])
    another = packet([(1, WHOLE, m3ua(payloads(2)[1]))], tag=0x5EED_5EED)
    found, _ = received(tmp_path_factory.mktemp("s") / "a.pcap", [*hostile, another])
    assert found[-1] == payloads(2)[1]


def read_slowly(chunks: bytes) -> list[bytes] | None:
    """The messages in the chunks of one packet; None where one of them is in pieces."""
    found, at, seen, newest = [], 0, set[int](), None
    while at + 4 <= len(chunks):
        kind, flags, length = struct.unpack_from(">BBH", chunks, at)
        if length < 4 or at + length > len(chunks):
            break
        if kind == 0 and length > 16:
            if flags & WHOLE != WHOLE:
                return None
            tsn, ppid = struct.unpack_from(">I4xI", chunks, at + 4)
            if ppid and not ppid & 0x00FF_FFFF:
                ppid >>= 24
            carrier = PAYLOAD_PROTOCOLS.get(ppid) if ppid else Carrier.M3UA
            if carrier is not None:
                newest = tsn if newest is None else newest
                ahead = (tsn - newest + (1 << 31)) % (1 << 32) - (1 << 31)
                if abs(ahead) >= WINDOW:
                    seen.clear()
                newest = tsn if ahead > 0 or ahead <= -WINDOW else newest
                data = chunks[at + 16 : at + length]
                start, end = payload_of(np.frombuffer(data, np.uint8), 0, len(data), int(carrier))
                if tsn not in seen and start >= 0:
                    found.append(data[start:end])
                seen.add(tsn)
        at += length + 3 & ~3
    return found


def test_mutations_of_valid_packets_give_the_messages_that_are_there(tmp_path: Path) -> None:
    chance = random.Random(1)
    bundle = [(number, WHOLE, m3ua(payload)) for number, payload in enumerate(payloads(3), 1)]
    head, chunks = packet(bundle)[20:32], packet(bundle)[32:]
    whole = 0
    for _ in range(0, MUTATIONS, MUTATIONS_AT_ONCE):
        packets: list[bytes] = []
        expected = {}
        while len(packets) < MUTATIONS_AT_ONCE:
            octets = mutated(chunks, chance)
            messages = read_slowly(octets)
            if messages is not None:
                tag = len(packets) + 1
                packets.append(ipv4(132, head[:4] + struct.pack(">I", tag) + head[8:] + octets))
                expected[tag] = messages
        path = tmp_path / "a.pcap"
        path.write_bytes(pcap(packets, 101))
        found = defaultdict[int, list[bytes]](list)
        for block in Capture(path).blocks():
            for at in range(block.count):
                start, end = block.frames.start[at], block.frames.end[at]
                found[int(block.frames.packet[at])].append(block.octets[start:end].tobytes())
        for tag, messages in expected.items():
            assert found[tag] == messages, packets[tag - 1].hex()
            whole += len(messages) == len(bundle)
    assert whole > MUTATIONS // 10
