"""A capture of any link type we know, as blocks of octets with frames in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.errors import InputError
from clonewatch.sources.captures import tcp
from clonewatch.sources.captures.pcap import PcapReader
from is41.reading import Layer
from is41.scan import Frames
from is41.tali.framing import MESSAGES_OTHER, OCTETS_SKIPPED, SYNCS_LOST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from clonewatch.sources.captures.pcap import Block

ETHERNET: Final = 1  # LINKTYPE_ETHERNET
LAYERS: Final[Mapping[int, Layer]] = {
    141: Layer.MTP3,  # LINKTYPE_MTP3
    142: Layer.SCCP,  # LINKTYPE_SCCP
}
TCP_FRAMES: Final = 2 * tcp.FRAMES_A_PACKET_MAX

# What of `tcp`'s counts is told, and under which name.
TOLD: Final[Mapping[str, int]] = {
    "tali_syncs_lost": SYNCS_LOST,
    "tali_octets_skipped": OCTETS_SKIPPED,
    "tali_messages_other": MESSAGES_OTHER,
    "tcp_segments_repeated": tcp.SEGMENTS_REPEATED,
    "tcp_segments_early": tcp.SEGMENTS_EARLY,
    "tcp_gaps": tcp.GAPS,
    "packets_other": tcp.PACKETS_OTHER,
    "packets_malformed": tcp.PACKETS_MALFORMED,
    "ip_fragments": tcp.FRAGMENTS,
}


@dataclass(frozen=True, slots=True)
class FrameBlock:
    """Octets and where the messages in them lie; valid until the next block is asked for."""

    octets: NDArray[np.uint8]
    frames: Frames
    count: int


class Capture:
    """One capture file. Raises InputError, when made, where it cannot be read at all."""

    def __init__(self, path: Path) -> None:
        self.packets = 0  # read so far
        self._reader = PcapReader(path, room=tcp.ROOM)
        self._tcp: tcp.State | None = None
        link_type = self._reader.header.link_type
        self.layer = LAYERS.get(link_type)
        if link_type == ETHERNET:
            self._tcp = tcp.State.empty()
        elif self.layer is None:
            self._reader.close()
            known = ", ".join(str(number) for number in sorted({ETHERNET, *LAYERS}))
            raise InputError(path, f"link type {link_type} is not read here; known are {known}")

    @property
    def cut(self) -> str | None:
        """Where the file breaks off, once all of it is read; None for a whole one."""
        return self._reader.cut

    @property
    def counts(self) -> dict[str, int]:
        """What was passed over on the way to the frames, but for zeros."""
        if self._tcp is None:
            return {}
        counts = self._tcp.counts
        return {name: int(counts[at]) for name, at in TOLD.items() if counts[at]}

    def blocks(self) -> Iterator[FrameBlock]:
        """Give the frames, in the order in which they are complete. Raises OSError."""
        try:
            for block in self._reader.blocks():
                self.packets += block.count
                if self._tcp is None:
                    yield self._frames_of(block)
                else:
                    yield from self._reassembled(block, self._tcp)
            if self._tcp is not None:
                yield from self._held(self._tcp)
        finally:
            self._reader.close()

    def _frames_of(self, block: Block) -> FrameBlock:
        """Each packet is a frame."""
        packets, count = block.packets, block.count
        layers = np.full(count, self.layer, np.uint8)
        numbers = np.arange(block.first, block.first + count, dtype=np.int64)
        frames = Frames(packets.start, packets.end, packets.time, layers, numbers)
        return FrameBlock(block.octets, frames, count)

    def _reassembled(self, block: Block, state: tcp.State) -> Iterator[FrameBlock]:
        """Put together what TCP segments carry."""
        frames = Frames.empty(TCP_FRAMES)
        at = 0
        while at < block.count:
            after, count = tcp.reassemble(
                block.octets, block.packets, at, block.count, block.first, frames, state
            )
            if count:
                yield FrameBlock(block.octets, frames, count)
            elif after == at:
                tcp.forget_idle(state)
            at = after

    def _held(self, state: tcp.State) -> Iterator[FrameBlock]:
        """Take up, at the end, what still waits for segments that never came."""
        octets = np.empty(tcp.ROOM, np.uint8)
        frames = Frames.empty(TCP_FRAMES)
        while (count := tcp.finish(octets, frames, state)) >= 0:
            yield FrameBlock(octets, frames, count)
