"""What is told of durations."""

from __future__ import annotations

import pytest

from bench.live_latency import in_ms


def test_durations_are_told_by_their_percentiles() -> None:
    told = in_ms("alarm", [number / 1e6 for number in range(1001)])
    assert told == pytest.approx(
        {"alarm_p50_ms": 0.5, "alarm_p99_ms": 0.99, "alarm_p999_ms": 0.999, "alarm_worst_ms": 1.0}
    )


def test_no_duration_at_all_ends_the_run() -> None:
    with pytest.raises(SystemExit, match="no alarm was seen"):
        in_ms("alarm", [])
