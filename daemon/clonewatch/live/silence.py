"""Sources that are connected and silent beyond their habit.

A source's habit is the longest it was ever silent while connected, forgotten slowly: half of it in
a day. It is silent beyond its habit when it has said nothing for three times as long, and for five
minutes at least; or, where the operator says how long, for so long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LEAST_S: Final = 300.0  # ours: an MSC reloads in less
TIMES: Final = 3.0
HALF_LIFE_S: Final = 86_400.0
LEARNING_S: Final = 3600.0  # of a source's life in which nothing is a habit yet


@dataclass(slots=True)
class Silence:
    """One source. Times are in seconds of any steady clock."""

    after_s: float | None  # what the operator says; None: by habit
    begun_at: float
    heard_at: float
    longest_s: float = 0.0
    is_silent: bool = False
    messages: int = 0  # at the last look

    @classmethod
    def begin(cls, after_s: float | None, now: float) -> Silence:
        """Begin to listen."""
        return cls(after_s, now, now)

    def look(self, now: float, *, is_connected: bool, messages: int) -> bool | None:
        """Look again, *messages* having come in all: whether silence begins (True) or ends.

        None where neither does. A source that is not connected is not silent, but away.
        """
        came, self.messages = messages - self.messages, messages
        if came or not is_connected:
            if came and is_connected:
                self._hear(now)
            self.heard_at = now
            was, self.is_silent = self.is_silent, False
            return False if was else None
        patience_s = self.patience_s(now)
        if self.is_silent or patience_s is None or now - self.heard_at <= patience_s:
            return None
        self.is_silent = True
        return True

    def patience_s(self, now: float) -> float | None:
        """How long it may be silent; None while it has no habit."""
        if self.after_s is not None:
            return self.after_s
        if now - self.begun_at < LEARNING_S:
            return None
        return max(LEAST_S, TIMES * self.longest_s)

    def _hear(self, now: float) -> None:
        gap_s = now - self.heard_at
        self.longest_s = max(gap_s, self.longest_s * 0.5 ** (gap_s / HALF_LIFE_S))
