"""Where the messages of all lines gather, to be decoded and judged together.

Each call of a kernel costs the same whether it finds one message or ten thousand, so what the loop
reads in one turn is copied behind one another and taken in one go. REGNOT carries no time: a
registration's is the moment its octets were read.

Messages that only the grammars can read cost a hundred times as much. A line that sends many is
read in small bites and has to rest in between, as long as others have something to say: it cannot
starve them. Where the record file has no room, all lines wait.

Whatever goes wrong by a fault of ours, what has gathered is taken once: what is left of it then is
told and counted, and lines go on.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

import numpy as np
import structlog

from clonewatch.live.lines import Counts, Line, LinesCollector
from clonewatch.registrations import Flags
from is41.machine import BUFFER_LENGTH
from is41.scan import Frames

if TYPE_CHECKING:
    from collections.abc import Callable

    from clonewatch.collector import Refusal
    from clonewatch.live.judge import Judge
    from clonewatch.live.lines import Reader
    from clonewatch.mscs import Mscs
    from is41.link import MessagesReceived

ARENA_LENGTH: Final = 4 * BUFFER_LENGTH  # octets of all lines, in one turn of the loop: ours
SPARE_LENGTH: Final = 2 * BUFFER_LENGTH  # for what one more read may bring before all lines hold
MESSAGE_LENGTH_LEAST: Final = 12  # octets, with what carries it
FRAMES_MAX: Final = ARENA_LENGTH // MESSAGE_LENGTH_LEAST
ROWS_MAX: Final = 2 * FRAMES_MAX  # registrations that one flush may give, nearly always
FRESH_S: Final = 60.0  # of a connection, in which messages may have been queued elsewhere: design 4
STALLED_S: Final = 2.0  # longer between two turns of the loop, and what is read now has waited
SHARE: Final = 0.1  # of the time that a line's odd messages may take while others have messages
BITE: Final = 1 << 13  # octets read at once of a line that sent odd messages: 4 ms of grammars
SMALL: Final = 4096  # messages of a turn; one with more is of a loop that has no time: ours
REST_S_MIN: Final = 0.001  # a shorter rest is not worth its timer
FULL: Final = "the record file has no room"
RESTING: Final = "its messages take long to read"


class Intake:
    """Takes messages of lines, and gives their registrations to the *judge*.

    *refused* is told of each message that could not be used, and of the line it came on. *give_way*
    is called at the end of a turn in which conflicts were found, if there is time: Python runs one
    thread at once, and those that keep and tell them wait for ours at every step.
    """

    def __init__(
        self,
        mscs: Mscs,
        judge: Judge,
        *,
        imsi_prefix: str | None = None,
        place_by_calling: bool = False,
        refused: Callable[[Line, Refusal], None] = lambda _line, _refusal: None,
        clock: Callable[[], float] = time.time,
        fresh_s: float = FRESH_S,
        give_way: Callable[[], None] = lambda: None,
    ) -> None:
        self.decode_s = self.judge_s = 0.0  # spent so far. Monotonic
        self.messages_left = 0  # gathered when a fault of ours ended taking them. Monotonic
        self._collector = LinesCollector(
            mscs,
            imsi_prefix=imsi_prefix,
            place_by_calling=place_by_calling,
            messages=judge.messages,
            refuse=self._refuse,
        )
        self._judge = judge
        self._refused = refused
        self._clock = clock
        self._fresh_s = fresh_s
        self._give_way = give_way
        self._log = structlog.get_logger()
        self._loop = asyncio.get_running_loop()
        self._octets = np.zeros(ARENA_LENGTH + SPARE_LENGTH, np.uint8)
        self._frames = Frames.empty((ARENA_LENGTH + SPARE_LENGTH) // MESSAGE_LENGTH_LEAST)
        self._held = self._count = 0  # octets, frames
        self._active: dict[int, Line] = {}  # lines whose messages are in the arena
        self._then: dict[bool, list[Callable[[], None]]] = {False: [], True: []}
        self._flush_due = self._full = False
        self._grammar_s = 0.0  # up to the last flush
        self._turned_at = self._loop.time()
        self._beat()

    def open_line(self, source: int, counts: Counts, reader: Reader | None = None) -> Line:
        """Begin to take messages of somebody new."""
        until = self._loop.time() + self._fresh_s
        line = self._collector.open_line(source, counts, reader, until)
        if self._full and reader is not None:
            reader.hold(FULL)
        return line

    def close_line(self, line: Line) -> None:
        """Take what is left of a line, and forget it."""
        line.reader = None
        if line.number in self._active:
            self.flush()
        if line.number in self._active:  # there was no room: it stays until there is
            line.is_closing = True
        else:
            self._collector.close_line(line)

    def take(
        self,
        line: Line,
        received: MessagesReceived,
        *,
        waited: bool = False,
        drained: bool = True,
        then: Callable[[], None] | None = None,
        synced: bool = False,
    ) -> None:
        """Copy messages out of a link's buffer. They *waited*, if nobody knows how long.

        *drained*: the read that brought them left nothing in the socket. *then* is called when the
        registrations among them are written, or *synced*.
        """
        count, frames = received.count, received.frames
        first, end = int(frames.start[:count].min()), int(frames.end[:count].max())
        if self._held + end - first > ARENA_LENGTH or self._count + count > FRAMES_MAX:
            self.flush()
        now = self._loop.time()
        line.behind |= waited or now - self._turned_at > STALLED_S
        uncertain = line.behind or now < line.uncertain_until
        line.behind &= not drained
        self._collector.flags_of[line.number] = Flags.TIME_UNCERTAIN if uncertain else 0
        self._copy(received, first, end, line.number)
        line.messages += count
        self._active[line.number] = line
        if then is not None:
            self._then[synced].append(then)
        if not self._flush_due:
            self._flush_due = True
            self._loop.call_soon(self.flush)

    def flush(self) -> None:
        """Decode and judge all that has gathered."""
        self._flush_due = False
        if not self._count:
            return
        if not self._judge.has_room(ROWS_MAX):
            self._wait_for_room()
            return
        begun = time.perf_counter()
        judged_s, conflicts = self.judge_s, self._judge.conflicts
        try:
            self._take_all()
        except Exception as error:  # noqa: BLE001  # whatever it is, it would be again
            self.messages_left += self._count
            self._log.error("messages_left", messages=self._count, exc_info=error)
        self.decode_s += time.perf_counter() - begun - (self.judge_s - judged_s)
        is_small = self._count <= SMALL
        self._held = self._count = 0
        self._settle()
        if is_small and self._judge.conflicts > conflicts:
            self._give_way()

    def kept(self) -> None:
        """See what the record file has written since, and whether it has room again."""
        self._judge.kept()
        if self._full and self._judge.has_room(ROWS_MAX):
            self._full = False
            self.flush()
            if self.waits_for_room:  # the disk works again, and what waits is no more to be lost
                return
            for line in self._collector.lines:
                if line is not None and line.reader is not None:
                    line.reader.release(FULL)

    def set_lateness(self, source: int, lateness_ms: int) -> None:
        """Say how late a source may deliver."""
        if self._judge.detector is not None:
            self._judge.detector.set_lateness(source, lateness_ms)

    def use(self, mscs: Mscs) -> None:
        """Place registrations at the MSCs of another directory from now on."""
        self.flush()
        self._collector.use(mscs)

    @property
    def returned(self) -> int:
        """Messages that SCCP brought back. Monotonic."""
        return self._collector.counts.returned

    @property
    def grammar_s(self) -> float:
        """Time spent in the grammars. Monotonic."""
        return self._collector.grammar_s

    @property
    def waits_for_room(self) -> bool:
        """Whether all lines wait for the record file."""
        return self._full

    def _take_all(self) -> None:
        for batch in self._collector.take(self._octets, self._frames, self._count):
            judging = time.perf_counter()
            self._judge.take(batch)
            self.judge_s += time.perf_counter() - judging

    def _copy(self, received: MessagesReceived, first: int, end: int, number: int) -> None:
        at, rows = self._held, slice(self._count, self._count + received.count)
        self._octets[at : at + end - first] = received.octets[first:end]
        source, count = received.frames, received.count
        np.add(source.start[:count], at - first, out=self._frames.start[rows])
        np.add(source.end[:count], at - first, out=self._frames.end[rows])
        self._frames.layer[rows] = source.layer[:count]
        self._frames.time[rows] = int(self._clock() * 1000)
        self._frames.packet[rows] = number
        self._held += end - first
        self._count += received.count

    def _settle(self) -> None:
        """Count, let those rest that took long, and do what was to be done afterwards."""
        now, alone = self._clock(), len(self._active) == 1
        odd = sum(line.handed_over for line in self._active.values())
        before, self._grammar_s = self._grammar_s, self._collector.grammar_s
        spent_s = self._grammar_s - before
        for line in self._active.values():
            line.counts.messages += line.messages
            line.counts.last_at = now
            if line.reader is not None:
                line.reader.octets_at_once = BITE if line.handed_over else None
                if line.handed_over and not alone:
                    self._rest(line, line.reader, spent_s * line.handed_over / odd)
            line.messages = line.handed_over = 0
            if line.is_closing:
                self._collector.close_line(line)
        self._active.clear()
        for synced, then in self._then.items():
            self._then[synced] = []
            if then:
                self._judge.when_kept(_each(then), synced=synced)

    def _rest(self, line: Line, reader: Reader, spent_s: float) -> None:
        """Have a line wait so long that reading its messages took its share of the time."""
        rest_s = spent_s * (1 / SHARE - 1)
        if rest_s >= REST_S_MIN:
            line.counts.rests += 1
            reader.hold(RESTING)
            self._loop.call_later(rest_s, reader.release, RESTING)

    def _wait_for_room(self) -> None:
        if not self._full:
            self._full = True
            for line in self._collector.lines:
                if line is not None and line.reader is not None:
                    line.reader.hold(FULL)

    def _refuse(self, refusal: Refusal) -> None:
        line = self._collector.line(refusal.packet)
        line.counts.refused[refusal.error.counted_as] += 1
        self._refused(line, refusal)

    def _beat(self) -> None:
        """Notice turns of the loop that took long."""
        self._turned_at = self._loop.time()
        self._loop.call_later(STALLED_S / 8, self._beat)


def _each(calls: list[Callable[[], None]]) -> Callable[[], None]:
    def call_all() -> None:
        for call in calls:
            call()

    return call_all
