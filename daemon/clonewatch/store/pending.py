"""What was submitted and waits to be committed. No database, no clock, no thread."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clonewatch.detector import Conflict

PENDING_CONFLICTS_MAX: Final = 100_000  # ours: some 60 MB
TRANSACTION_CONFLICTS_MAX: Final = 5_000  # ours: a fraction of a second of writing
JUDGED_EVERY_S: Final = 1.0  # how long a judged position waits for conflicts to go with it


@dataclass(frozen=True, slots=True)
class Work:
    """What goes into one transaction. Every registration below *judged* was judged."""

    conflicts: Sequence[Conflict]
    judged: int


class Pending:
    """A queue of conflicts and judged positions. `now` is in seconds of any steady clock."""

    def __init__(self, judged: int, *, conflicts_max: int = PENDING_CONFLICTS_MAX) -> None:
        self.conflicts = 0
        self.conflicts_refused = 0
        self.frozen = False  # whether something was refused, so that the position must not move
        self.judged = judged  # by what was taken in
        self._conflicts_max = conflicts_max
        self._queue: deque[Work] = deque()
        self._position: int | None = None  # submitted behind the last of the queue
        self._position_at = 0.0  # when it should be committed

    def add(self, conflicts: Sequence[Conflict], judged: int, now: float) -> bool:
        """Take a submission in; False if there is no room for its conflicts."""
        if self.conflicts + len(conflicts) > self._conflicts_max:
            self.conflicts_refused += len(conflicts)
            self.frozen = True
            return False
        if not self.frozen:
            self.judged = max(self.judged, judged)
        if conflicts:
            self._queue.append(Work(tuple(conflicts), self.judged))
            self.conflicts += len(conflicts)
            self._position = None
        elif not self.frozen:
            if self._position is None:
                self._position_at = now + JUDGED_EVERY_S
            self._position = self.judged
        return True

    def due_at(self) -> float | None:
        """When `take` should be called next; None while nothing waits."""
        if self._queue:
            return 0.0
        return None if self._position is None else self._position_at

    def take(self) -> Work | None:
        """Remove what goes into the next transaction."""
        conflicts: list[Conflict] = []
        judged = None
        while self._queue and len(conflicts) < TRANSACTION_CONFLICTS_MAX:
            work = self._queue.popleft()
            conflicts += work.conflicts
            judged = work.judged
        if not self._queue and self._position is not None:
            judged, self._position = self._position, None
        self.conflicts -= len(conflicts)
        return None if judged is None else Work(conflicts, judged)
