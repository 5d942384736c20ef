"""What is told of durations."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from bench.live_daemon import ALARMS
from bench.live_latency import Syncs, Watch, in_ms

if TYPE_CHECKING:
    from pathlib import Path


def test_a_clone_is_told_when_its_line_was_written(tmp_path: Path) -> None:
    with Watch(tmp_path) as watch, (tmp_path / ALARMS).open("a") as file:
        for kind, msid in (("clone", 5550100), ("link_down", 0), ("clone", 5550101)):
            alarm = {"kind": kind, "change": "raised", "object": f"subscriber {msid}"}
            line = json.dumps(alarm) + "\n"
            file.write(line[:9])
            file.flush()
            file.write(line[9:])
            file.flush()
        written_at = time.monotonic()
        watch.wait(2, 10)
    assert sorted(watch.written_at) == [5550100, 5550101]
    assert max(watch.written_at.values()) < written_at + 10


def test_durations_are_told_by_their_percentiles() -> None:
    told = in_ms("alarm", [number / 1e6 for number in range(1001)])
    assert told == pytest.approx(
        {"alarm_p50_ms": 0.5, "alarm_p99_ms": 0.99, "alarm_p999_ms": 0.999, "alarm_worst_ms": 1.0}
    )


def test_bare_writes_and_syncs_are_taken_and_how_late_they_began(tmp_path: Path) -> None:
    probe = tmp_path / "probe"
    with Syncs(tmp_path) as syncs:
        while not probe.exists() or probe.stat().st_size < 3 * 4096:
            time.sleep(0.01)
    told = syncs.in_ms()
    assert {name.partition("_")[0] for name in told} == {"fdatasync", "write", "wake"}
    assert 0 < told["fdatasync_p50_ms"] <= told["fdatasync_worst_ms"]


def test_no_duration_at_all_ends_the_run() -> None:
    with pytest.raises(SystemExit, match="no alarm was seen"):
        in_ms("alarm", [])
