"""RFC 3868 §3.10.23: registrations that SUA carries in segments."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from scapy.layers.inet import IP
from scapy.layers.l2 import Ether
from scapy.layers.sctp import SCTP, SCTPChunkData

from carriers import SUA
from clonewatch.collector import Collector, Refusal
from clonewatch.mscs import Mscs
from clonewatch.sources.captures.reader import Capture
from clonewatch.suasegments import SuaSegments
from is41.sccp.reassembly import T_REASSEMBLY
from is41.sua.messages import Segmentation, Unitdata
from messages import vectors
from segments import ethernet_capture

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

REGNOT: Final = next(octets for name, octets in vectors("tcap").items() if "regnot" in name)
SOURCE, DESTINATION = (bytes.fromhex(f"00020001 80030008 000000{ssn}") for ssn in ("05", "06"))


def captured(path: Path, segments: Sequence[Unitdata], step_us: int = 1000) -> Capture:
    """Each in a chunk and a packet of its own."""
    packets = [
        bytes(
            Ether()
            / IP(src="10.0.0.1", dst="10.0.0.2")
            / SCTP(sport=14001, dport=14001)
            / SCTPChunkData(
                proto_id=SUA[0], data=each.message().encode(), beginning=1, ending=1, tsn=tsn
            )
        )
        for tsn, each in enumerate(segments, 1)
    ]
    return Capture(ethernet_capture(path, packets, step_us=step_us))


def cut(data: bytes, *places: int, reference: int = 7, source: bytes = SOURCE) -> list[Unitdata]:
    """Segments of one message, cut at *places*."""
    pieces = [data[at:to] for at, to in pairwise([0, *places, len(data)])]
    return [
        Unitdata(
            source=source,
            destination=DESTINATION,
            data=piece,
            segmentation=Segmentation(number == 0, len(pieces) - 1 - number, reference),
        )
        for number, piece in enumerate(pieces)
    ]


def collected(capture: Capture) -> tuple[int, Collector, list[Refusal]]:
    refusals: list[Refusal] = []
    collector = Collector(Mscs([]), refuse=refusals.append)
    batches = [batch for block in capture.blocks() for batch in collector.take_block(block)]
    return sum(map(len, batches)), collector, refusals


def test_a_message_in_segments_gives_the_registration_of_the_whole(tmp_path: Path) -> None:
    whole = Unitdata(source=SOURCE, destination=DESTINATION, data=REGNOT)
    found, collector, refusals = collected(
        captured(tmp_path / "a.pcap", [*cut(REGNOT, 9, 30), whole, *cut(REGNOT)])
    )
    assert (found, collector.counts.messages, refusals) == (3, 3, [])


def test_segments_of_two_senders_and_of_two_messages_do_not_mix(tmp_path: Path) -> None:
    runs = [cut(REGNOT, 9), cut(REGNOT, 20, reference=8), cut(REGNOT, 30, source=DESTINATION)]
    mixed = [each for parts in zip(*runs, strict=True) for each in parts]
    assert collected(captured(tmp_path / "a.pcap", mixed))[0] == 3


def test_a_segment_that_follows_none_is_refused_and_costs_its_message_only(tmp_path: Path) -> None:
    first, second, third = cut(REGNOT, 9, 30)
    found, collector, refusals = collected(
        captured(tmp_path / "a.pcap", [first, third, second, *cut(REGNOT, 12, reference=9)])
    )
    assert found == 1
    assert collector.counts.refused == {"sua_segment_malformed": 2}
    assert [(each.packet, each.octets) for each in refusals] == [(2, third.data), (3, second.data)]
    assert str(refusals[0].error).startswith("sua_segment")


def test_a_segment_that_comes_too_late_is_refused(tmp_path: Path) -> None:
    late_us = int(T_REASSEMBLY * 1_000_000) + 1000
    found, collector, _ = collected(captured(tmp_path / "a.pcap", cut(REGNOT, 9), late_us))
    assert (found, collector.counts.refused) == (0, {"sua_segment_malformed": 1})


def test_a_message_that_is_no_segment_waits_for_none(tmp_path: Path) -> None:
    whole = Unitdata(
        source=SOURCE, destination=DESTINATION, data=bytes.fromhex("0117 0008 00000000")
    )
    (block,) = captured(tmp_path / "a.pcap", [whole]).blocks()
    assert SuaSegments().take(block, np.arange(block.count)) == {}
