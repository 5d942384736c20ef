"""What is known of clocks: by how much each is ahead, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clonewatch.registrations import Registration

RUNAWAY_MS: Final = 120_000  # ours: twice what ordinary networks let their clocks differ


@dataclass(frozen=True, slots=True, kw_only=True)
class Offset:
    """One clock beside the others."""

    ahead_ms: int  # negative: behind
    either_way_ms: int  # half the width of the interval that holds it with 95 %
    subscribers: int  # whose registrations say so


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """The clocks that are known; every other is taken to be right."""

    mscs: Mapping[int, Offset] = field(default_factory=dict)  # by index of the MSC
    sources: Mapping[int, Offset] = field(default_factory=dict)  # by number of the source
    runaway_ms: int = RUNAWAY_MS  # a clock that is surely further off runs away

    def ahead_ms(self, registration: Registration) -> int:
        """By how much the time of *registration* is ahead of what it ought to be."""
        return sum(offset.ahead_ms for offset in self._of(registration))

    def is_runaway(self, registration: Registration) -> bool:
        """Whether a clock that *registration* was timed by is surely off by too much."""
        return any(self.runs_away(offset) for offset in self._of(registration))

    def runs_away(self, offset: Offset) -> bool:
        """Whether all of its interval is beyond what a clock may be off."""
        return abs(offset.ahead_ms) - offset.either_way_ms > self.runaway_ms

    def _of(self, registration: Registration) -> list[Offset]:
        found = (self.mscs.get(registration.msc), self.sources.get(registration.source))
        return [offset for offset in found if offset is not None]


ALL_RIGHT: Final = Clocks()
