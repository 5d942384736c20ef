"""What carries a message is told with it: RFC 3094 §3, RFC 4666 §3.3.1, RFC 1613, X.25 §4.3."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from clonewatch.sources.captures.reader import Capture
from is41.layers import Layer
from is41.sigtran import Carrier
from is41.tali.codes import Opcode
from is41.tali.messages import Message
from segments import ethernet_capture, segment

if TYPE_CHECKING:
    from clonewatch.sources.captures.assembly import FrameBlock

PCAPS = Path(__file__).parents[4] / "pcaps"
# Each carrier, what its own message begins with, and the layer of what it carries.
CARRIED = {
    "fig6-tali.pcap": (Carrier.TALI, b"TALI", Layer.SCCP),
    "fig6-m3ua-tcp.pcap": (Carrier.M3UA, b"\1\0\1\1", Layer.SCCP),
    "fig6-m2ua.pcap": (Carrier.M2UA, b"\1\0\6\1", Layer.MTP3),
    "fig6-m2pa.pcap": (Carrier.M2PA, b"\1\0\x0b\1", Layer.MTP3),
    "fig6-sua.pcap": (Carrier.SUA, b"\1\0\7\1", Layer.TCAP),
    "fig6-xot.pcap": (Carrier.XOT, b"\0\0", Layer.TCAP),
}


def outer_of(block: FrameBlock, frame: int) -> bytes:
    return block.octets[block.outer[frame] : block.frames.start[frame]].tobytes()


@pytest.mark.parametrize("name", CARRIED)
def test_each_frame_is_told_with_what_carried_it(name: str) -> None:
    carrier, begins, layer = CARRIED[name]
    told = [
        (block.carriers[at], block.frames.layer[at], outer_of(block, at)[: len(begins)])
        for block in Capture(PCAPS / name).blocks()
        for at in range(block.count)
    ]
    assert told == [(carrier, layer, begins)] * 14


def test_messages_that_carry_nothing_for_us_are_counted(tmp_path: Path) -> None:
    octets = Message(Opcode.TEST).encode() * 2
    capture = Capture(ethernet_capture(tmp_path / "a.pcap", [segment(octets, 1)]))
    assert sum(block.count for block in capture.blocks()) == 0
    assert capture.counts == {"tali_messages_other": 2}
