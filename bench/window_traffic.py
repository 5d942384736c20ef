"""Registrations for the window: random subscribers at their MSCs, made outside the measurement.

Everybody registers at home or next door, which touch; one subscriber in two thousand is a clone's
victim, whose registrations come from anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.registrations import Batch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

BLOCK: Final = 4096
BLOCKS_MADE: Final = 64  # at a time
MSCS: Final = 300
APART_MS: Final = 1_800_000
START_MS: Final = 1_700_000_000_000
BETWEEN_MS: Final = 4_000_000  # each subscriber registers once in 67 minutes
LATE_MS: Final = 2_400_000  # within the lateness
CLONE_EACH: Final = 2000  # subscribers
HOUR_MS: Final = 3_600_000


def travel_ms() -> NDArray[np.int32]:
    """Neighbours touch, all others are half an hour apart."""
    table = np.full((MSCS, MSCS), APART_MS, np.int32)
    near = np.arange(MSCS)
    table[near, near] = table[near, (near + 1) % MSCS] = table[(near + 1) % MSCS, near] = 0
    return table


class Traffic:
    """Registrations of so many *subscribers*; of one MSID there may be many *phones*.

    With *turnover_ms*, so many milliseconds later they are all others: they come and go one by one.
    """

    def __init__(
        self,
        subscribers: int,
        *,
        between_ms: int = BETWEEN_MS,
        phones: int = 1,
        turnover_ms: int | None = None,
    ) -> None:
        self.subscribers = subscribers
        self.now_ms = START_MS
        self._between_ms = between_ms
        self._phones = phones
        self._turnover_ms = turnover_ms
        self._random = np.random.default_rng(1)

    def everybody(self) -> Iterator[Batch]:
        """Each subscriber once."""
        for first in range(0, self.subscribers, BLOCK):
            yield self._batch(np.arange(first, min(first + BLOCK, self.subscribers)))

    def some(
        self, count: int, *, late_share: float = 0.0, late_ms: int = LATE_MS
    ) -> Iterator[Batch]:
        """*count* registrations, of which a share comes late."""
        for made_before in range(0, count, BLOCK * BLOCKS_MADE):
            size = min(BLOCK * BLOCKS_MADE, count - made_before)
            made = self._batch(self._gone() + self._random.integers(0, self.subscribers, size))
            late = self._random.random(len(made)) < late_share
            made.time[late] -= self._random.integers(0, late_ms, int(late.sum()))
            for first in range(0, len(made), BLOCK):
                yield made[first : first + BLOCK]

    def hours(self, hours: float, late_share: float) -> Iterator[Batch]:
        """What comes in so many hours."""
        count = int(hours * HOUR_MS * self.subscribers / self._between_ms)
        return self.some(count, late_share=late_share)

    def _gone(self) -> int:
        """How many subscribers have gone, and as many others come."""
        if self._turnover_ms is None:
            return 0
        return (self.now_ms - START_MS) * self.subscribers // self._turnover_ms

    def _batch(self, numbers: NDArray[np.int64]) -> Batch:
        made = Batch.empty(len(numbers))
        passed_ms = np.arange(len(numbers) + 1) * self._between_ms // self.subscribers
        made.time[:] = self.now_ms + passed_ms[:-1]
        self.now_ms += int(passed_ms[-1])
        made.msid[:] = 2_000_000_000 + numbers * 2_654_435_761 % 8_000_000_000
        made.esn[:] = numbers + self._random.integers(0, self._phones, len(numbers))
        away = np.where(numbers % CLONE_EACH, 2, MSCS)
        made.msc[:] = (numbers + self._random.integers(0, away)) % MSCS
        made.transaction_id[:] = self._random.integers(0, 1 << 32, len(numbers), np.uint32)
        return made
