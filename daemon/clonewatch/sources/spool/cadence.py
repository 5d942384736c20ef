"""Groups that should have come and did not. No file and no clock: `now_ms` is a parameter."""

from __future__ import annotations

from typing import Final

REMEMBERED_MAX: Final = 1000  # groups missing, and as many that came early: ours
MINUTE_MS: Final = 60_000


class Cadence:
    """One group each *group_ms*; a group may come *grace_ms* after its end.

    Times of groups may waver by half of *group_ms*. *newest_ms*: the start of the newest group so
    far; without one, waiting begins with the first that comes.
    """

    def __init__(self, group_ms: int, grace_ms: int, newest_ms: int | None = None) -> None:
        self._group_ms = group_ms
        self._grace_ms = grace_ms
        self._next_ms = None if newest_ms is None else newest_ms + group_ms  # start of the next
        self._ahead: set[int] = set()  # how many groups after the next
        self._missed: set[int] = set()  # the starts of some that were told as missing

    def came(self, start_ms: int) -> bool:
        """Take note of a group; whether it had been missing."""
        if self._next_ms is None:
            self._next_ms = start_ms + self._group_ms
            return False
        ahead = round((start_ms - self._next_ms) / self._group_ms)
        if 0 <= ahead <= REMEMBERED_MAX:
            self._ahead.add(ahead)
            self._move_on()
            return False
        nearest_ms = self._next_ms + ahead * self._group_ms
        was_missing = nearest_ms in self._missed
        self._missed.discard(nearest_ms)
        return was_missing

    def missing(self, now_ms: int) -> list[tuple[int, int]]:
        """Runs of groups not told before: when the first begins, and how many they are."""
        if self._next_ms is None:
            return []
        runs: list[tuple[int, int]] = []
        while (late := self._late(now_ms)) > 0:
            groups = min(late, min(self._ahead, default=late))
            runs.append((self._next_ms, groups))
            self._remember(groups)
            self._skip(groups)
            self._move_on()
        return runs

    def _late(self, now_ms: int) -> int:
        """How many groups should be here, from the next one on."""
        assert self._next_ms is not None
        return (now_ms - self._grace_ms - self._next_ms) // self._group_ms

    def _remember(self, groups: int) -> None:
        """Keep the starts of the newest that are missing."""
        assert self._next_ms is not None
        newest = range(max(0, groups - REMEMBERED_MAX), groups)
        self._missed.update(self._next_ms + number * self._group_ms for number in newest)
        self._missed = set(sorted(self._missed)[-REMEMBERED_MAX:])

    def _move_on(self) -> None:
        while 0 in self._ahead:
            self._skip(1)

    def _skip(self, groups: int) -> None:
        assert self._next_ms is not None
        self._next_ms += groups * self._group_ms
        self._ahead = {ahead - groups for ahead in self._ahead if ahead >= groups}
