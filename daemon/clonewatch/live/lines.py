"""The lines that bring messages, and the collector that knows them apart."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from clonewatch.collector import Collector
from clonewatch.fates import CODES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from clonewatch.mscs import Mscs
    from clonewatch.registrations import Batch
    from is41.scan import Frames, Regnots

LINES_MAX: Final = 65_536  # at once: ours


class Reader(Protocol):
    """What reads a line's octets: see `clonewatch.links.Connection`."""

    octets_at_once: int | None

    def hold(self, why: str) -> None:
        """Read nothing."""

    def release(self, why: str) -> None:
        """Read again."""


@dataclass(slots=True)
class Counts:
    """What came from a source. Monotonic."""

    messages: int = 0
    registrations: int = 0
    through_grammars: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    others: Counter[int] = field(default_factory=Counter)  # without registration, by `fates` code
    rests: int = 0  # times a line had to rest, for its messages took too long to read
    last_at: float | None = None  # when the last message came, s since 1970


@dataclass(slots=True)
class Line:
    """One of those who bring messages; its *number* is free again when it is closed."""

    number: int
    source: int
    counts: Counts  # of its source
    reader: Reader | None
    uncertain_until: float  # loop time until which what is read may have been queued somewhere
    behind: bool = False  # whether what is read now has waited in the socket
    is_closing: bool = False  # when its last messages are taken
    messages: int = 0  # in the arena
    handed_over: int = 0  # to the grammars, of these


class LinesCollector(Collector):
    """A collector of many lines: a frame's packet number is the number of its line."""

    def __init__(self, mscs: Mscs, **options: Any) -> None:
        super().__init__(mscs, by_operation=True, **options)
        _ = self._reader  # now: to import the grammars later would hold up every line
        self.lines: list[Line | None] = []
        self.grammar_s = 0.0  # spent reading what was handed over. Monotonic
        self.flags_of: NDArray[np.uint8] = np.zeros(LINES_MAX, np.uint8)
        self._source_of: NDArray[np.uint8] = np.zeros(LINES_MAX, np.uint8)
        self._free: list[int] = []

    def open_line(
        self, source: int, counts: Counts, reader: Reader | None, uncertain_until: float
    ) -> Line:
        """Give a new line a number."""
        if self._free:
            number = self._free.pop()
        else:
            number = len(self.lines)
            if number == LINES_MAX:
                raise RuntimeError(f"more than {LINES_MAX} lines")
            self.lines.append(None)
        line = Line(number, source, counts, reader, uncertain_until)
        self.lines[number] = line
        self._source_of[number] = source
        return line

    def close_line(self, line: Line) -> None:
        """Free the number of a line of which no messages wait."""
        self.lines[line.number] = None
        self._free.append(line.number)

    def line(self, number: int) -> Line:
        """The line of that number."""
        line = self.lines[number]
        assert line is not None
        return line

    def _placed(self, regnots: Regnots, frames: Frames) -> Batch:
        batch = super()._placed(regnots, frames)
        packets = frames.packet[regnots.frame]
        batch.source[:] = self._source_of[packets]
        batch.flags[:] |= self.flags_of[packets]
        for number, count in _counted(packets):
            self.line(number).counts.registrations += count
        return batch

    def _count_others(self, packets: NDArray[np.int64], codes: NDArray[np.uint16]) -> None:
        for key, count in _counted(packets * CODES + codes):
            self.line(key // CODES).counts.others[key % CODES] += count

    def _with_read(
        self,
        taken: Regnots,
        octets: NDArray[np.uint8],
        frames: Frames,
        handed_over: NDArray[np.intp],
    ) -> Regnots:
        begun = time.perf_counter()
        whole = super()._with_read(taken, octets, frames, handed_over)
        self.grammar_s += time.perf_counter() - begun
        for number, count in _counted(frames.packet[handed_over]):
            line = self.line(number)
            line.handed_over += count
            line.counts.through_grammars += count
        return whole


def _counted(numbers: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Numbers, and how often each stands there. Most often it is one line's turn."""
    if len(numbers) and (numbers == numbers[0]).all():
        yield int(numbers[0]), len(numbers)
    else:
        found, counts = np.unique(numbers, return_counts=True)
        yield from zip(found.tolist(), counts.tolist(), strict=True)
