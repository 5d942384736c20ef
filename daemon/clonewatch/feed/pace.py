"""When a captured message is due. No clock: `now` is in seconds of any steady clock."""

from __future__ import annotations


class Pace:
    """Time goes by *speed* times as fast as in the capture; 0: everything is due at once."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._began: tuple[int, float] | None = None  # time stamp of the first, and when that was

    def wait_s(self, time_ms: int, now: float) -> float:
        """Seconds until a message of *time_ms* is due; 0 for one that is late."""
        if self._speed == 0:
            return 0
        if self._began is None:
            self._began = time_ms, now
        first_ms, began = self._began
        return max(0.0, began + (time_ms - first_ms) / 1000 / self._speed - now)
