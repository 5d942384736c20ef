"""What the operator decides about suspension."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from clonewatch.config.sections import Mode as DaemonMode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clonewatch.config import Config
    from clonewatch.config.suspension import Exempt

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
UNSENT_MS: Final = 15 * 60_000  # design 6: what could not be sent for so long expires


class Mode(StrEnum):
    """Who says yes."""

    OFF = "off"
    PROPOSE = "propose"  # an operator
    AUTO = "auto"


class EsnChoice(StrEnum):
    """Whose ESN is told where a case has several, and none is judged to be the clone's."""

    CLONE = "clone"  # nobody's: an operator chooses
    SECOND = "second"  # that of the last conflict's second registration


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The guard rails; the defaults are the configuration's."""

    mode: Mode = Mode.OFF
    sends: bool = True  # False: what is decided is written down, and not sent (mode `test`)
    hlr: str | None = None
    settle_ms: int = 45 * 60_000
    conflicts_min: int = 2
    confidence_min: float = 0.95
    esn: EsnChoice = EsnChoice.CLONE
    exempt_until: Mapping[int, int] = field(default_factory=dict)  # by MSID, ms since 1970
    per_hour_max: int = 10
    per_day_max: int = 50
    breaker_factor: float = 10.0
    breaker_subscribers: int = 20
    restore_after_ms: int | None = None

    def is_exempt(self, msid: int, now_ms: int) -> bool:
        """Whether an MSID is never suspended, for now."""
        return now_ms < self.exempt_until.get(msid, 0)


OFF: Final = Rules()


def rules_of(config: Config) -> Rules:
    """The rules of a configuration."""
    suspension = config.suspension
    hours = suspension.restore_after_hours
    return Rules(
        mode=Mode.OFF if config.mode is DaemonMode.LEARN else Mode(suspension.mode),
        sends=config.mode is DaemonMode.ACTIVE,
        hlr=suspension.hlr,
        settle_ms=config.settle_ms,
        conflicts_min=suspension.conflicts_min,
        confidence_min=suspension.confidence_min,
        esn=EsnChoice(suspension.esn),
        exempt_until={each.msid: _end_of(each) for each in suspension.exempt},
        per_hour_max=suspension.per_hour_max,
        per_day_max=suspension.per_day_max,
        breaker_factor=suspension.breaker_factor,
        breaker_subscribers=suspension.breaker_subscribers,
        restore_after_ms=None if hours is None else int(hours * HOUR_MS),
    )


def _end_of(exempt: Exempt) -> int:
    """When an exemption ends: with its day, in UTC."""
    day = exempt.until
    if day.toordinal() == day.max.toordinal():
        return int(datetime.combine(day, time(), UTC).timestamp() * 1000)
    return int(datetime.combine(day + timedelta(days=1), time(), UTC).timestamp() * 1000)
