"""A capture of any kind and link type we know, as blocks of octets with frames in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.errors import InputError
from clonewatch.sources.captures import flows, reassembly, sctp
from clonewatch.sources.captures.files import CaptureFile
from clonewatch.sources.captures.flows import NO_CARRIER, TOLD
from clonewatch.sources.captures.fragments import Fragments
from clonewatch.sources.captures.links import (
    LINK_TYPES,
    MALFORMED,
    USER_LINK_TYPES,
    Link,
    ip_header,
)
from clonewatch.sources.captures.packets import PACKET_LENGTH_MAX, Packets
from is41.scan import Frames

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from clonewatch.sources.captures.packets import Block
    from is41.sigtran import Carrier

FRAMES: Final = flows.FRAMES
_MESSAGES: Final = {Link.TCAP, Link.SCCP, Link.MTP3}  # links whose packets are messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What a capture does not say itself: what user link types hold, and what ports carry."""

    links: Mapping[int, Link] = field(default_factory=dict)
    ports: Mapping[int, Carrier] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FrameBlock:
    """Octets and where the messages in them lie; valid until the next block is asked for."""

    octets: NDArray[np.uint8]
    frames: Frames
    count: int
    carriers: NDArray[np.uint8]  # what brought each frame: a Carrier, `flows.MTP2`, or none
    outer: NDArray[np.int64]  # where the carrier's own message begins


class Capture:
    """One capture file. Raises InputError, when made, where it cannot be read at all."""

    def __init__(self, path: Path, wiring: Wiring | None = None) -> None:
        self.packets = 0  # read so far
        self._path = path
        self._wiring = wiring or Wiring()
        self._fragments = Fragments()
        self._file = CaptureFile(path, self._link, room=flows.ROOM)
        link = self._file.link
        if link == Link.UNKNOWN:
            self._file.close()
            raise InputError(path, self._unknown)
        self._state: flows.State | None = None
        if link not in _MESSAGES:
            self._state = flows.State.empty(self._wiring.ports)

    @property
    def cut(self) -> str | None:
        """Where the file breaks off, once all of it is read; None for a whole one."""
        return self._file.cut

    @property
    def counts(self) -> dict[str, int]:
        """What was passed over on the way to the frames, but for zeros."""
        if self._state is None:
            return {}
        counts = self._state.counts
        told = {name: int(counts[at]) for name, at in TOLD.items()}
        told["ip_packets_incomplete"] = self._fragments.dropped
        return {name: number for name, number in told.items() if number}

    def blocks(self) -> Iterator[FrameBlock]:
        """Give the frames, in the order in which they are complete. Raises OSError."""
        try:
            for block in self._file.blocks():
                self.packets += block.count
                if self._state is None:
                    yield self._frames_of(block)
                else:
                    yield from self._reassembled(block, self._state)
            if self._state is not None:
                yield from self._held(self._state)
        finally:
            self._file.close()

    def _link(self, link_type: int) -> int:
        """Tell what packets of a link type begin with."""
        link = self._wiring.links.get(link_type, LINK_TYPES.get(link_type, Link.UNKNOWN))
        if link is Link.UNKNOWN:
            known = ", ".join(str(number) for number in sorted(LINK_TYPES))
            self._unknown = f"link type {link_type} is not read here; known are {known}"
            if link_type in USER_LINK_TYPES:
                self._unknown = (
                    f"link type {link_type} is the user's own: say what it holds, as in "
                    f"--linktype {link_type}=mtp3"
                )
        return link

    def _frames_of(self, block: Block) -> FrameBlock:
        """Each packet is a frame."""
        packets, count = block.packets, block.count
        layers = np.full(count, self._file.link, np.uint8)
        numbers = np.arange(block.first, block.first + count, dtype=np.int64)
        frames = Frames(packets.start, packets.end, packets.time, layers, numbers)
        carriers = np.full(count, NO_CARRIER, np.uint8)
        return FrameBlock(block.octets, frames, count, carriers, packets.start)

    def _reassembled(self, block: Block, state: flows.State) -> Iterator[FrameBlock]:
        """Put together what packets carry."""
        frames = Frames.empty(FRAMES)
        at = 0
        while at < block.count:
            at, count = reassembly.reassemble(
                block.octets, block.packets, at, block.count, block.first, frames, state
            )
            stopped = int(state.room[flows.STOPPED])
            if count:
                yield FrameBlock(block.octets, frames, count, state.carrier, state.outer)
            if stopped == reassembly.AT_FULL_TABLE:
                flows.forget_idle(state)
            elif stopped == reassembly.AT_FRAGMENT:
                yield from self._fragment(block, at - 1, state)

    def _fragment(self, block: Block, at: int, state: flows.State) -> Iterator[FrameBlock]:
        """Put a fragment of IP to the others, and read the packet if it is whole."""
        packets = block.packets
        start, end, time = (int(column[at]) for column in packets[:3])
        header = ip_header(block.octets, start, end, int(packets.link[at]))
        if header <= MALFORMED:
            return
        whole = self._fragments.take(block.octets[header:end].tobytes(), time)
        if whole is None or len(whole) > PACKET_LENGTH_MAX:
            return
        octets = np.empty(flows.ROOM + len(whole), np.uint8)
        octets[flows.ROOM :] = np.frombuffer(whole, np.uint8)
        packet = Packets(
            *(np.array([v]) for v in (flows.ROOM, flows.ROOM + len(whole), time, int(Link.IP)))
        )
        frames = Frames.empty(FRAMES)
        number = block.first + at
        after, count = reassembly.reassemble(octets, packet, 0, 1, number, frames, state)
        if after == 0:
            flows.forget_idle(state)
            _, count = reassembly.reassemble(octets, packet, 0, 1, number, frames, state)
        if count:
            yield FrameBlock(octets, frames, count, state.carrier, state.outer)

    def _held(self, state: flows.State) -> Iterator[FrameBlock]:
        """Take up, at the end, what still waits for what never came."""
        octets = np.empty(flows.ROOM, np.uint8)
        frames = Frames.empty(FRAMES)
        while (count := reassembly.finish(octets, frames, state)) >= 0:
            yield FrameBlock(octets, frames, count, state.carrier, state.outer)
        sctp.drop_pieces(state)
        self._fragments.finish()
