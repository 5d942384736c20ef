"""What an operator decides."""

from __future__ import annotations

from clonewatch.cases.policy import DEFAULT, Policy


def test_days_and_hours_become_ms() -> None:
    assert DEFAULT.silence_ms == 7 * 24 * 3_600_000
    assert Policy(suspect_hours=0.5).suspect_ms == 1_800_000
