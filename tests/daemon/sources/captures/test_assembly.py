"""Packets of any link type, a block at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from clonewatch.sources.captures import flows
from clonewatch.sources.captures.assembly import Assembly
from clonewatch.sources.captures.links import Link
from clonewatch.sources.captures.packets import Block, Packets
from is41.tali.codes import Opcode
from is41.tali.messages import Message
from segments import SYN, segment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clonewatch.sources.captures.assembly import FrameBlock

REGNOT = Message(Opcode.SCCP, bytes(range(40)))


def block_of(packets: list[bytes], link: Link, first: int = 1) -> Block:
    lengths = np.array([len(packet) for packet in packets], np.int64)
    end = flows.ROOM + np.cumsum(lengths)
    octets = np.concatenate(
        [np.zeros(flows.ROOM, np.uint8), np.frombuffer(b"".join(packets), np.uint8)]
    )
    count = len(packets)
    links = np.full(count, link, np.int64)
    return Block(
        octets, Packets(end - lengths, end, np.zeros(count, np.int64), links), count, first
    )


def messages_of(blocks: Iterable[FrameBlock]) -> list[tuple[int, bytes]]:
    return [
        (
            int(block.frames.packet[at]),
            block.octets[block.frames.start[at] : block.frames.end[at]].tobytes(),
        )
        for block in blocks
        for at in range(block.count)
    ]


@pytest.mark.parametrize("link", [Link.TCAP, Link.SCCP, Link.MTP3])
def test_where_packets_are_messages_each_is_a_frame(link: Link) -> None:
    it = Assembly(link)
    (block,) = it.take(block_of([b"abc", b"de"], link, 5))
    assert block.frames.layer.tolist() == [link, link]
    assert messages_of([block]) == [(5, b"abc"), (6, b"de")]
    assert (it.packets, it.counts) == (2, {})
    assert list(it.finish()) == []


def test_a_message_cut_by_the_end_of_a_block_is_put_together() -> None:
    octets = REGNOT.encode()
    packets = [segment(b"", 0, flags=SYN), segment(octets[:20], 1), segment(octets[20:], 21)]
    it = Assembly(Link.ETHERNET)
    assert messages_of(it.take(block_of(packets[:2], Link.ETHERNET))) == []
    found = messages_of(it.take(block_of(packets[2:], Link.ETHERNET, 3)))
    assert found == [(3, REGNOT.payload)]
    assert it.packets == 3


def test_what_waits_for_a_segment_that_never_comes_is_taken_up_at_the_end() -> None:
    octets = REGNOT.encode()
    packets = [segment(b"", 0, flags=SYN), segment(octets, 1), segment(octets, 1 + 2 * len(octets))]
    it = Assembly(None)
    assert messages_of(it.take(block_of(packets, Link.ETHERNET))) == [(2, REGNOT.payload)]
    assert messages_of(it.finish()) == [(3, REGNOT.payload)]
    assert it.counts["tcp_gaps"] == 1
