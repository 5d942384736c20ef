"""Link types of the tcpdump group's registry: 1, 141, 142."""

from __future__ import annotations

from pathlib import Path

import pytest

from clonewatch.errors import InputError
from clonewatch.sources.captures.assembly import LinkFault
from clonewatch.sources.captures.reader import Capture
from is41.layers import Layer
from is41.tali.codes import Opcode
from is41.tali.messages import Message
from segments import SYN, ethernet_capture, segment

CAPTURES = Path(__file__).parents[3] / "captures"


def frames_of(path: Path) -> list[tuple[int, Layer, bytes]]:
    found = []
    for block in Capture(path).blocks():
        frames = block.frames
        for at in range(block.count):
            octets = block.octets[frames.start[at] : frames.end[at]].tobytes()
            found.append((int(frames.packet[at]), Layer(frames.layer[at]), octets))
    return found


def test_an_mtp3_packet_is_a_frame_from_the_sio_on() -> None:
    frames = frames_of(CAPTURES / "mtp3_ansi_dlt141.pcap")
    assert [number for number, _, _ in frames] == list(range(1, 35))
    assert {layer for _, layer, _ in frames} == {Layer.MTP3}
    assert frames[0][2][:8] == bytes.fromhex("83 28140A 1E140A 05")


def test_an_sccp_packet_is_a_frame_from_the_message_type_on() -> None:
    frames = frames_of(CAPTURES / "sccp_ansi_dlt142.pcap")
    assert {layer for _, layer, _ in frames} == {Layer.SCCP}
    assert frames[0][2][0] == 0x09


def test_tali_frames_bear_the_number_of_the_packet_that_completes_them() -> None:
    frames = frames_of(CAPTURES / "tali_tcp.pcap")
    assert [(number, layer) for number, layer, _ in frames] == [
        (9, Layer.SCCP),
        (10, Layer.SCCP),
        (11, Layer.MTP3),
        (12, Layer.MTP3),
        (14, Layer.SCCP),
        (14, Layer.SCCP),
    ]


def test_link_management_is_counted_and_is_no_frame() -> None:
    capture = Capture(CAPTURES / "tali_tcp.pcap")
    assert sum(block.count for block in capture.blocks()) == 6
    assert capture.packets == 14
    assert capture.counts == {"tali_messages_other": 8}


def test_a_link_type_that_is_not_read_is_refused_with_those_that_are(tmp_path: Path) -> None:
    octets = bytearray((CAPTURES / "mtp3_ansi_dlt141.pcap").read_bytes())
    octets[20] = 105  # IEEE 802.11
    path = tmp_path / "a.pcap"
    path.write_bytes(octets)
    with pytest.raises(
        InputError, match=r"a\.pcap: link type 105 is not read here; known are 1, 12, "
    ):
        Capture(path)


def test_faults_below_the_messages_are_told_with_their_packets(tmp_path: Path) -> None:
    good = Message(Opcode.SCCP, bytes(20)).encode()
    frames = [
        segment(b"", 0, flags=SYN),
        segment(good, 1),
        segment(b"rubbish" + good, 1 + len(good)),
        segment(good, 9 + 3 * len(good)),
        segment(b"", 0)[:30],
    ]
    told: list[LinkFault] = []
    capture = Capture(ethernet_capture(tmp_path / "a.pcap", frames), tell=told.append)
    assert sum(block.count for block in capture.blocks()) == 3
    assert told == [
        LinkFault(3, "tali_syncs_lost", 1),
        LinkFault(3, "tali_octets_skipped", 7),
        LinkFault(5, "packets_malformed", 1),
        LinkFault(4, "tcp_gaps", 1),
    ]
