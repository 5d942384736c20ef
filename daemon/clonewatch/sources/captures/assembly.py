"""Packets of any link type, a block at a time, put together to messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.sources.captures import flows, reassembly, sctp
from clonewatch.sources.captures.flows import NO_CARRIER, NO_PORTS, TOLD
from clonewatch.sources.captures.fragments import Fragments
from clonewatch.sources.captures.links import MALFORMED, Link, ip_header
from clonewatch.sources.captures.packets import PACKET_LENGTH_MAX, Packets
from is41.scan import Frames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from clonewatch.sources.captures.packets import Block
    from is41.sigtran import Carrier

_NAMES: Final = {at: name for name, at in TOLD.items()}
_MESSAGES: Final = {Link.TCAP, Link.SCCP, Link.MTP3}  # links whose packets are messages


@dataclass(frozen=True, slots=True)
class FrameBlock:
    """Octets and where the messages in them lie; valid until the next block is asked for."""

    octets: NDArray[np.uint8]
    frames: Frames
    count: int
    carriers: NDArray[np.uint8]  # what brought each frame: a Carrier, `flows.MTP2`, or none
    outer: NDArray[np.int64]  # where the carrier's own message begins


@dataclass(frozen=True, slots=True)
class LinkFault:
    """Something wrong below the messages, as it was seen in a packet."""

    packet: int
    counted_as: str
    amount: int  # octets where that is what is counted, else 1


class Assembly:
    """What is remembered between the blocks of one source, and counted.

    *link*: what every packet begins with; None where packets differ. Each fault below the messages
    is told to *tell*, if that is given. Blocks begin with `flows.ROOM` octets of room.
    """

    def __init__(
        self,
        link: int | None,
        ports: Mapping[int, Carrier] = NO_PORTS,
        tell: Callable[[LinkFault], None] | None = None,
    ) -> None:
        self.packets = 0  # taken so far
        self._tell = tell
        self._link = link
        self._fragments = Fragments()
        self._state = None if link in _MESSAGES else flows.State.empty(ports)

    @property
    def counts(self) -> dict[str, int]:
        """What was passed over on the way to the frames, but for zeros."""
        if self._state is None:
            return {}
        counts = self._state.counts
        told = {name: int(counts[at]) for name, at in TOLD.items()}
        told["ip_packets_incomplete"] = self._fragments.dropped
        return {name: number for name, number in told.items() if number}

    def take(self, block: Block) -> Iterator[FrameBlock]:
        """Give the frames, in the order in which they are complete."""
        self.packets += block.count
        if self._state is None:
            yield self._frames_of(block)
        else:
            yield from self._reassembled(block, self._state)

    def finish(self) -> Iterator[FrameBlock]:
        """Take up, at the end, what still waits for what never came."""
        if self._state is None:
            return
        octets = np.empty(flows.ROOM, np.uint8)
        frames = Frames.empty(flows.FRAMES)
        while (count := reassembly.finish(octets, frames, self._state)) >= 0:
            self._tell_faults(self._state)
            yield FrameBlock(octets, frames, count, self._state.carrier, self._state.outer)
        sctp.drop_pieces(self._state)
        self._fragments.finish()

    def _tell_faults(self, state: flows.State) -> None:
        """Tell what the kernel noted since it was called."""
        if self._tell is not None:
            for packet, which, amount in state.faults[: state.room[flows.FAULTS_USED]]:
                self._tell(LinkFault(int(packet), _NAMES[int(which)], int(amount)))

    def _frames_of(self, block: Block) -> FrameBlock:
        """Each packet is a frame."""
        packets, count = block.packets, block.count
        layers = packets.link[:count].astype(np.uint8)
        numbers = np.arange(block.first, block.first + count, dtype=np.int64)
        frames = Frames(packets.start, packets.end, packets.time, layers, numbers)
        carriers = np.full(count, NO_CARRIER, np.uint8)
        return FrameBlock(block.octets, frames, count, carriers, packets.start)

    def _reassembled(self, block: Block, state: flows.State) -> Iterator[FrameBlock]:
        """Put together what packets carry."""
        frames = Frames.empty(flows.FRAMES)
        at = 0
        while at < block.count:
            at, count = reassembly.reassemble(
                block.octets, block.packets, at, block.count, block.first, frames, state
            )
            stopped = int(state.room[flows.STOPPED])
            self._tell_faults(state)
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
        frames = Frames.empty(flows.FRAMES)
        number = block.first + at
        after, count = reassembly.reassemble(octets, packet, 0, 1, number, frames, state)
        if after == 0:
            flows.forget_idle(state)
            _, count = reassembly.reassemble(octets, packet, 0, 1, number, frames, state)
        self._tell_faults(state)
        if count:
            yield FrameBlock(octets, frames, count, state.carrier, state.outer)
