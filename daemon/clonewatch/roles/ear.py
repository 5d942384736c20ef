"""What a relay overhears: spliced octets as the messages in them, for the intake.

Octets of a splice become segments of a TCP connection, for the kernels that read captures: these
find the messages of every carrier, and go on behind what is damaged or missing. Hearing is bounded:
what comes faster than it can be read is dropped and counted, and the splice never waits for it.
Far ends cannot be told to send nothing until the window is filled, so what they say waits here.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from clonewatch.gathering import gathered
from clonewatch.messages import Messages
from clonewatch.sources.captures import flows
from clonewatch.sources.captures.assembly import Assembly
from clonewatch.sources.captures.links import Link
from clonewatch.sources.captures.packets import Block, Packets
from clonewatch.sources.captures.segments import ACK, SYN, End, segment
from is41.link import MessagesReceived
from is41.scan import Frames

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clonewatch.live.intake import Intake
    from clonewatch.live.lines import Counts, Line
    from clonewatch.sources.captures.assembly import FrameBlock
    from is41.sigtran import Carrier

WAITING_LENGTH_MAX: Final = 1 << 22  # octets heard and not yet read, of all splices of a link: ours
SEGMENT_LENGTH_MAX: Final = 32_768  # octets: ours, an IPv4 packet holds 65,535
READ_LENGTH_MAX: Final = 1 << 17  # octets read at once, which find room in the intake: ours
CALLER_PORT: Final = 2
CALLED_PORT: Final = 1
_SEQUENCES: Final = 1 << 32


class _Segment(NamedTuple):
    line: Line
    octets: bytes


class Hearing:
    """All that is overheard on one relay, whose octets are of one *carrier*.

    Nothing of it is read until `open`.
    """

    def __init__(self, intake: Intake, source: int, counts: Counts, carrier: Carrier) -> None:
        self.octets_dropped = 0  # monotonic
        self.is_open = False
        self._intake = intake
        self._source = source
        self._counts = counts
        self._assembly = Assembly(Link.IP, {CALLED_PORT: carrier})
        self._loop = asyncio.get_running_loop()
        self._waiting: list[_Segment] = []
        self._waiting_length = 0
        self._ended: list[Line] = []  # before `open`
        self._flows = 0  # opened so far
        self._octets = np.empty(flows.ROOM + READ_LENGTH_MAX, np.uint8)

    def open(self) -> None:
        """Hand on what was overheard, and from now on what is."""
        self.is_open = True
        self._read(waited=True)
        for line in self._ended:
            self._intake.close_line(line)
        self._ended.clear()

    def ear(self) -> SpliceEar:
        """Begin to hear a new splice."""
        self._flows += 1
        line = self._intake.open_line(self._source, self._counts)
        return SpliceEar(self, line, self._flows)

    def add(self, line: Line, octets: bytes) -> None:
        """Take a segment, to be read before long; or leave it out."""
        if self._waiting_length + len(octets) > WAITING_LENGTH_MAX or self._intake.waits_for_room:
            self.octets_dropped += len(octets)
            return
        if self.is_open and not self._waiting:
            self._loop.call_soon(self.read)
        self._waiting.append(_Segment(line, octets))
        self._waiting_length += len(octets)

    def end(self, line: Line) -> None:
        """Read what is left of a line, and forget it."""
        if not self.is_open:
            self._ended.append(line)
            return
        try:
            self.read()
        finally:
            self._intake.close_line(line)

    def read(self) -> None:
        """Hand the messages in what waits to the intake."""
        self._read(waited=False)

    def _read(self, *, waited: bool) -> None:
        waiting, self._waiting = self._waiting, []
        self._waiting_length = 0
        now_ms = int(self._loop.time() * 1000)
        for segments in _together(waiting):
            block = self._block(segments, now_ms)
            for frames in self._assembly.take(block):
                self._hand_over(frames, segments, block.first, waited=waited)

    def _block(self, segments: list[_Segment], time_ms: int) -> Block:
        """Segments as the packets of a capture."""
        packets = Packets.empty(len(segments))
        ends = flows.ROOM + np.cumsum([len(segment.octets) for segment in segments])
        packets.end[:] = ends
        packets.start[:] = ends - [len(segment.octets) for segment in segments]
        packets.time[:] = time_ms
        packets.link[:] = Link.IP
        joined = b"".join(segment.octets for segment in segments)
        self._octets[flows.ROOM : flows.ROOM + len(joined)] = np.frombuffer(joined, np.uint8)
        return Block(self._octets, packets, len(segments), self._assembly.packets + 1)

    def _hand_over(
        self, found: FrameBlock, segments: list[_Segment], first: int, *, waited: bool
    ) -> None:
        """Give each line its messages: a frame bears the number of the segment that ended it."""
        frames = found.frames.between(0, found.count)
        numbers = frames.packet - first
        lines = np.array([segments[number].line.number for number in numbers], np.int64)
        for number in np.unique(lines):
            rows = np.flatnonzero(lines == number)
            # Copied together: where they lie, they may be further apart than the intake has room.
            theirs = gathered(
                Messages(
                    octets=found.octets,
                    start=frames.start,
                    end=frames.end,
                    layer=frames.layer,
                    which=rows,
                )
            )
            if self._intake.waits_for_room:  # it took one reading more than it has room for
                self.octets_dropped += len(theirs.octets)
                continue
            of_line = Frames(theirs.start, theirs.end, frames.time[rows], theirs.layer, rows)
            line = segments[int(numbers[rows[0]])].line
            messages = MessagesReceived(theirs.octets, of_line, len(rows))
            self._intake.take(line, messages, waited=waited)


class SpliceEar:
    """One splice's two directions, as a TCP connection of its own."""

    def __init__(self, hearing: Hearing, line: Line, flow: int) -> None:
        self._hearing = hearing
        self._line = line
        self._flow = flow
        self._sequences = {True: 0, False: 0}
        for from_caller in (True, False):
            self._say(b"", from_caller=from_caller, flags=SYN)

    def hear(self, octets: bytes, *, from_caller: bool) -> None:
        """Take octets of one direction, in order."""
        for at in range(0, len(octets), SEGMENT_LENGTH_MAX):
            piece = octets[at : at + SEGMENT_LENGTH_MAX]
            self._say(piece, from_caller=from_caller, flags=ACK)

    def close(self) -> None:
        """Hear no more."""
        self._hearing.end(self._line)

    def _say(self, octets: bytes, *, from_caller: bool, flags: int) -> None:
        ends = End(self._flow, CALLER_PORT), End(0, CALLED_PORT)  # addresses that nobody has
        source, destination = ends if from_caller else ends[::-1]
        sequence = self._sequences[from_caller]
        used = len(octets) + (flags == SYN)
        self._sequences[from_caller] = (sequence + used) % _SEQUENCES
        packet = segment(octets, source, destination, sequence=sequence, flags=flags)
        self._hearing.add(self._line, packet)


def _together(segments: list[_Segment]) -> Iterator[list[_Segment]]:
    """Segments that are read at once."""
    some: list[_Segment] = []
    length = 0
    for each in segments:
        if length + len(each.octets) > READ_LENGTH_MAX:
            yield some
            some, length = [], 0
        some.append(each)
        length += len(each.octets)
    if some:
        yield some
