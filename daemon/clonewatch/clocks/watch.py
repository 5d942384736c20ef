"""Watching clocks while registrations come in: which run away now, and which no more.

`take` keeps the newest registrations, in their order of arrival. `look` estimates from them; it
takes a second for half a million, so a daemon calls it in a thread, once in a quarter of an hour.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from clonewatch.registrations import Batch

from .estimate import estimate
from .offsets import ALL_RIGHT, RUNAWAY_MS, Clocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from clonewatch.mscs import Mscs

    from .offsets import Offset

ROWS_MAX: Final = 500_000  # registrations kept, and less than twice as many: 25 to 50 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockChanged:
    """A clock runs away, or does so no more."""

    name: str  # of the MSC or the source
    is_msc: bool
    is_runaway: bool
    offset: Offset | None  # None where nothing tells of it any more

    def __str__(self) -> str:
        what = f"{'MSC' if self.is_msc else 'source'} {self.name}"
        if self.offset is None:
            return f"{what}: nothing tells of its clock any more"
        ahead = f"{self.offset.ahead_ms / 1000:+.0f} s off"
        return f"{what}: its clock {'runs away' if self.is_runaway else 'is right again'}: {ahead}"


class ClockWatch:
    """Keeps what is needed; `take` and `look` may be called from different threads."""

    def __init__(self, *, runaway_ms: int = RUNAWAY_MS, rows_max: int = ROWS_MAX) -> None:
        self.clocks: Clocks = ALL_RIGHT  # as of the last look
        self._runaway_ms = runaway_ms
        self._rows_max = rows_max
        self._lock = threading.Lock()  # guards the two that follow
        self._batches: deque[Batch] = deque()
        self._rows = 0
        self._runaways: set[tuple[bool, str]] = set()  # (is an MSC, name)

    def take(self, batch: Batch) -> None:
        """Keep registrations that bear times of other clocks than ours; the oldest ones go."""
        batch = batch[-self._rows_max :].without_messages()
        with self._lock:
            self._batches.append(batch)
            self._rows += len(batch)
            while self._rows - len(self._batches[0]) >= self._rows_max:
                self._rows -= len(self._batches.popleft())

    def look(
        self, mscs: Mscs, travel_ms: NDArray[np.int64], sources: Sequence[str]
    ) -> list[ClockChanged]:
        """Estimate all clocks anew; what has changed.

        *travel_ms*: by index of *mscs*. *sources*: names by number.
        """
        with self._lock:
            batch = Batch.joined(list(self._batches))
        self.clocks = estimate(batch, mscs, travel_ms, runaway_ms=self._runaway_ms)
        known = {(False, sources[at]): offset for at, offset in self.clocks.sources.items()}
        known |= {(True, mscs.name(at)): offset for at, offset in self.clocks.mscs.items()}
        before = self._runaways
        self._runaways = {key for key, offset in known.items() if self.clocks.runs_away(offset)}
        return [
            ClockChanged(
                name=key[1], is_msc=key[0], is_runaway=key in self._runaways, offset=known.get(key)
            )
            for key in sorted(before ^ self._runaways)
        ]
