"""A day: from midnight to midnight where people live, 23 to 25 hours of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from datetime import date as Date  # noqa: N812  # a day has a date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement

HOUR_MS: Final = 3_600_000
FIRST: Final = datetime(1, 1, 1, tzinfo=UTC)  # that a calendar has
LAST: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a time zone. Moments are ms since 1970 UTC."""

    date: Date
    zone: ZoneInfo

    @property
    def start_ms(self) -> int:
        """The first moment."""
        return self._midnight(self.date)

    @property
    def end_ms(self) -> int:
        """The moment behind the last."""
        return self._midnight(self.date + timedelta(days=1))

    @property
    def hours(self) -> list[str]:
        """What clocks show at the beginning of each hour: 24 of them, or one more or less."""
        return [f"{self.local(at):%H}" for at in range(self.start_ms, self.end_ms, HOUR_MS)]

    def has(self, moment: ColumnElement[int]) -> ColumnElement[bool]:
        """Whether a column lies in the day."""
        return (moment >= self.start_ms) & (moment < self.end_ms)

    def local(self, time_ms: int) -> datetime:
        """A moment where people live; the nearest that a calendar has."""
        try:
            return datetime.fromtimestamp(time_ms / 1000, UTC).astimezone(self.zone)
        except (OverflowError, ValueError, OSError):
            return FIRST if time_ms < 0 else LAST

    def clock(self, time_ms: int) -> str:
        """Time of day, with the date where it is another day."""
        there = self.local(time_ms)
        text = there.replace(tzinfo=None).isoformat(" ", "seconds")
        return text[11:] if there.date() == self.date else text

    def moment(self, time_ms: int | None) -> str | None:
        """RFC 3339 with the zone's offset, to the second, as CSV has it."""
        return None if time_ms is None else self.local(time_ms).isoformat(timespec="seconds")

    def _midnight(self, day: Date) -> int:
        return round(datetime.combine(day, time(), self.zone).timestamp() * 1000)


def before(now: datetime, zone: ZoneInfo) -> Day:
    """The day before the one that *now* lies in."""
    return Day(now.astimezone(zone).date() - timedelta(days=1), zone)
