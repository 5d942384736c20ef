"""What was submitted and waits to be committed. No database, no clock, no thread."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clonewatch.detector import Conflict
    from clonewatch.evidence.twins import Twins
    from clonewatch.registrations import Registration

PENDING_MAX: Final = 100_000  # conflicts; ours: some 60 MB
TRANSACTION_MAX: Final = 5_000  # ours: a second of writing, or less
JUDGED_EVERY_S: Final = 1.0  # how long a judged position waits for conflicts to go with it


# Registrations are of identities that were given up.
Found: TypeAlias = "Conflict | Registration | Twins"


@dataclass(frozen=True, slots=True)
class Work:
    """What goes into one transaction. Every registration below *judged* was judged."""

    found: Sequence[Found]
    judged: int


class Pending:
    """A queue of what was found and judged positions. `now` is in seconds of any steady clock."""

    def __init__(self, judged: int, *, found_max: int = PENDING_MAX) -> None:
        self.count = 0
        self.refused = 0
        self.frozen = False  # whether something was refused, so that the position must not move
        self.judged = judged  # by what was taken in
        self._found_max = found_max
        self._queue: deque[Work] = deque()
        self._position: int | None = None  # submitted behind the last of the queue
        self._position_at = 0.0  # when it should be committed

    def add(self, found: Sequence[Found], judged: int, now: float) -> bool:
        """Take a submission in; False if there is no room for what it found."""
        if self.count + len(found) > self._found_max:
            self.refused += len(found)
            self.frozen = True
            return False
        if not self.frozen:
            self.judged = max(self.judged, judged)
        if found:
            self._queue.append(Work(tuple(found), self.judged))
            self.count += len(found)
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
        found: list[Found] = []
        judged = None
        while self._queue and len(found) < TRANSACTION_MAX:
            work = self._queue.popleft()
            found += work.found
            judged = work.judged
        if not self._queue and self._position is not None:
            judged, self._position = self._position, None
        self.count -= len(found)
        return None if judged is None else Work(found, judged)
