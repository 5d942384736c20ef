"""Packets of any link in, messages out."""

from __future__ import annotations

from pathlib import Path

import pytest

from clonewatch.sources.captures.reader import Capture
from is41.tali.codes import Opcode
from is41.tali.messages import Message
from segments import SYN, ethernet_capture, segment

PCAPS = Path(__file__).parents[4] / "pcaps"
REGNOT = Message(Opcode.SCCP, bytes(range(40)))


def messages_of(path: Path) -> list[bytes]:
    return [
        block.octets[block.frames.start[at] : block.frames.end[at]].tobytes()
        for block in Capture(path).blocks()
        for at in range(block.count)
    ]


CAPTURES = [path for path in sorted(PCAPS.glob("fig6-*")) if "tcap" not in path.name]


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.name)
def test_every_wrapping_of_fig_6_gives_fourteen_messages(path: Path) -> None:
    assert len(messages_of(path)) == 14


def test_a_packet_that_claims_more_than_it_holds_overruns_nothing(tmp_path: Path) -> None:
    octets = REGNOT.encode()
    honest = segment(octets, 1)
    head = bytearray(segment(octets, 1 + 2 * len(octets)))
    head[16:18] = b"\0\0"  # a total length of 0: what was captured counts
    large = bytes(head) + octets * 3000
    frames = [segment(b"", 0, flags=SYN), honest, large, segment(octets, 1 + len(octets))]
    found = messages_of(ethernet_capture(tmp_path / "a.pcap", frames))
    assert found[:2] == [REGNOT.payload] * 2
    assert set(found) == {REGNOT.payload}
