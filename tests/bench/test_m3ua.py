"""RFC 9260 §3.3.1, RFC 4666 §3.3.1: M3UA as the measurements carry it."""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bench import captures, m3ua
from clonewatch.lab.carriers import Message
from clonewatch.lab.carriers import m3ua as data_message
from clonewatch.lab.tali import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REGISTRATIONS = 3000
UNDISTURBED = Wire()
Chunk = tuple[int, int, int, bytes]  # verification tag, flags, TSN, octets


@pytest.fixture(scope="module")
def mtp3(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return captures.disturbed(REGISTRATIONS, tmp_path_factory.mktemp("m3ua")).mtp3


def packets(path: Path) -> Iterator[bytes]:
    octets, at = path.read_bytes(), 24
    while at < len(octets):
        length = struct.unpack_from("<8xI", octets, at)[0]
        yield octets[at + 16 : at + 16 + length]
        at += 16 + length


def chunks(path: Path) -> Iterator[Chunk]:
    for packet in packets(path):
        assert int.from_bytes(packet[16:18]) == len(packet) - 14  # IPv4 total length
        tag, at = int.from_bytes(packet[38:42]), m3ua.PAYLOAD_AT
        while at < len(packet):
            flags, length, tsn = struct.unpack_from(">xBHI", packet, at)
            yield tag, flags, tsn, packet[at + 16 : at + length]
            at += length + 3 & ~3


def test_an_undisturbed_message_is_the_labs(mtp3: Path, tmp_path: Path) -> None:
    m3ua.carry(mtp3, tmp_path / "m3ua.pcap", UNDISTURBED)
    told = sorted(octets for _, _, _, octets in chunks(tmp_path / "m3ua.pcap"))
    assert told == sorted(data_message(Message.of(msu)) for msu in packets(mtp3))


def test_pieces_bear_tsns_in_a_row_and_join_to_whole_messages(mtp3: Path, tmp_path: Path) -> None:
    count = m3ua.carry(mtp3, tmp_path / "m3ua.pcap", Wire(cut=1.0))
    assert count == len(list(packets(tmp_path / "m3ua.pcap")))
    by_tag: dict[int, list[Chunk]] = {}
    for chunk in chunks(tmp_path / "m3ua.pcap"):
        by_tag.setdefault(chunk[0], []).append(chunk)
    assert len(by_tag) == m3ua.ASSOCIATIONS
    joined = []
    for held in by_tag.values():
        tsns = [tsn for _, _, tsn, _ in held]
        assert all((b - a) % (1 << 32) == 1 for a, b in pairwise(tsns))
        assert [flags for _, flags, _, _ in held] == [m3ua.BEGINS, m3ua.ENDS] * (len(held) // 2)
        joined += [a[3] + b[3] for a, b in zip(held[::2], held[1::2], strict=True)]
    assert sorted(joined) == sorted(data_message(Message.of(msu)) for msu in packets(mtp3))


def test_packets_are_repeated_as_often_as_is_asked(mtp3: Path, tmp_path: Path) -> None:
    m3ua.carry(mtp3, tmp_path / "m3ua.pcap", Wire(repeated=1.0))
    tsns = [(tag, tsn) for tag, _, tsn, _ in chunks(tmp_path / "m3ua.pcap")]
    assert len(tsns) == 2 * len(set(tsns)) == 2 * REGISTRATIONS


def test_a_seed_gives_the_same_octets_again(mtp3: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        m3ua.carry(mtp3, tmp_path / name, captures.WIRE, seed=3)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
