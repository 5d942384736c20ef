"""Days are as long as they are where people live."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.report.day import HOUR_MS, Day, before

NEW_YORK = ZoneInfo("America/New_York")
ZONES = ("UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia")


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-08", 23), ("2026-11-01", 25), ("2026-11-22", 24)]
)
def test_a_day_has_the_hours_that_it_has(day: str, hours: int) -> None:
    it = Day(date.fromisoformat(day), NEW_YORK)
    assert it.end_ms - it.start_ms == hours * HOUR_MS
    assert len(it.hours) == hours
    assert it.hours[0] == "00"
    assert it.hours[-1] == "23"


@given(st.dates(date(1971, 1, 1), date(2200, 1, 1)), st.sampled_from(ZONES))
def test_days_follow_one_another_without_a_gap(day: date, zone: str) -> None:
    it = Day(day, ZoneInfo(zone))
    after = Day(date.fromordinal(day.toordinal() + 1), ZoneInfo(zone))
    assert it.end_ms == after.start_ms
    # Apia left out the 30th of December 2011.
    assert it.end_ms > it.start_ms or (zone, day) == ("Pacific/Apia", date(2011, 12, 30))


def test_yesterday_is_that_of_the_zone() -> None:
    now = datetime(2026, 11, 22, 3, tzinfo=UTC)  # still the 21st in New York
    assert before(now, NEW_YORK).date == date(2026, 11, 20)
    assert before(now, ZoneInfo("UTC")).date == date(2026, 11, 21)


def test_moments_are_told_in_the_zone() -> None:
    it = Day(date(2026, 11, 22), NEW_YORK)
    at = it.start_ms + 10 * HOUR_MS
    assert it.clock(at) == "10:00:00"
    assert it.clock(at - 24 * HOUR_MS) == "2026-11-21 10:00:00"
    assert it.moment(at) == "2026-11-22T10:00:00-05:00"
    assert it.moment(None) is None


@pytest.mark.parametrize("time_ms", [-(1 << 63), (1 << 63) - 1])
def test_a_moment_that_no_calendar_has_is_told_too(time_ms: int) -> None:
    assert Day(date(2026, 11, 22), NEW_YORK).clock(time_ms)[4:8] in {"-01-", "-12-"}
