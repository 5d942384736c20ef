"""Several sources read together, in the order of their time stamps.

A capture from each RVCD holds the same hours; read one behind the other, all of the second would
be late. `merged` takes from the source that is behind, as far as the next one's time and a little
more, so that no source runs ahead of the others by much.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.registrations import Flags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from clonewatch.registrations import Batch

SLACK_MS: Final = 60_000  # how far a source may run ahead: ours, far below any lateness
AHEAD_MAX_MS: Final = 300_000  # a time stamp further ahead than this is not believed


@dataclass(slots=True)
class _Source:
    number: int
    batches: Iterator[Batch]
    batch: Batch
    at: int = 0

    @property
    def time(self) -> int:
        return int(self.batch.time[self.at])

    def upto(self, limit: int) -> Batch:
        """Take what comes before the first row later than *limit*: one row at the least."""
        later = np.flatnonzero(self.batch.time[self.at + 1 :] > limit)
        end = self.at + 1 + int(later[0]) if len(later) else len(self.batch)
        taken = self.batch[self.at : end]
        self.at = end
        return taken

    def rest(self) -> Batch:
        """Take all there is."""
        taken = self.batch[self.at :]
        self.at = len(self.batch)
        return taken

    def refill(self) -> bool:
        """Go on to the next batch where this one is used up; False at the end."""
        while self.at == len(self.batch):
            batch = next(self.batches, None)
            if batch is None:
                return False
            self.batch, self.at = batch, 0
        return True


def merged(
    sources: Sequence[Iterator[Batch]], ended: Callable[[int], None] = lambda _: None
) -> Iterator[Batch]:
    """Give all batches of *sources*, merged by time; *ended* is told the number of each at its end.

    Each source's own order stays as it is: what is late in it is late here.
    """
    running = []
    for number, batches in enumerate(sources):
        first = next(batches, None)
        if first is not None:
            source = _Source(number, batches, first)
            if source.refill():
                running.append(source)
    while running:
        running.sort(key=lambda source: source.time)
        behind = running[0]
        yield behind.upto(running[1].time + SLACK_MS) if len(running) > 1 else behind.rest()
        if not behind.refill():
            running.remove(behind)
            ended(behind.number)


def suspect_marked(batch: Batch) -> Batch:
    """Flag, in place, each time stamp far ahead both of the one before it and of the one after."""
    time = batch.time
    if len(time) > 1:
        ahead = np.diff(time)
        falls = np.flatnonzero(ahead < -AHEAD_MAX_MS)  # mostly none
        jumped = (falls == 0) | (ahead[falls - 1] > AHEAD_MAX_MS)
        batch.flags[falls[jumped]] |= np.uint8(Flags.CLOCK_SUSPECT)
    return batch
