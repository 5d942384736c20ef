"""What an operator decides about cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Settings of cases; the defaults are ours."""

    silence_days: float = 7.0  # how long a dismissed case stays silent
    suspect_msids: int = 20  # so many MSIDs in conflict make a pair of MSCs suspect
    suspect_hours: float = 24.0  # within so long; and a pair without any for so long is not, again
    keep_days: float | None = 400.0  # cases that are over, and clone records; None: for ever

    @property
    def silence_ms(self) -> int:
        """The silence, in ms."""
        return int(self.silence_days * DAY_MS)

    @property
    def suspect_ms(self) -> int:
        """The time that makes or ends a suspicion, in ms."""
        return int(self.suspect_hours * HOUR_MS)


DEFAULT: Final = Policy()
