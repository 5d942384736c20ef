"""What the record file knows of a day."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.registrations import MSC_UNKNOWN, Batch, Flags, Registration
from clonewatch.report.arrivals import Arrivals, Sighting, look, runs
from reports import MONDAY, SUNDAY, record
from stores import HOUR, MARKET, MIN, MINUTE, TEN

if TYPE_CHECKING:
    from pathlib import Path

    from clonewatch.report.day import Day

ONE = Registration(time=TEN, msid=MIN, esn=7, msc=0, mscid=MARKET | 1)


def seen(directory: Path, day: Day = SUNDAY, *, until_ms: int | None = None) -> Arrivals:
    return look(
        directory,
        day,
        msids={MIN},
        sources=[0, 1],
        lateness_ms={0: 45 * MINUTE},
        until_ms=day.end_ms if until_ms is None else until_ms,
    )


def test_what_came_is_counted_by_hour_and_source(tmp_path: Path) -> None:
    later = replace(ONE, time=TEN + HOUR, source=1, msid=MIN + 1)
    record(tmp_path, Batch.of([ONE]), Batch.of([later, later]))
    it = seen(tmp_path)
    assert (it.by_hour[10], it.by_hour[11], it.registrations) == (1, 2, 3)
    assert it.counts == {0: 1, 1: 2}
    assert it.sightings == {MIN: [Sighting(TEN, MARKET | 1, 7)]}
    assert it.begins_ms == TEN
    assert seen(tmp_path, MONDAY).registrations == 0


def test_silences_are_told_by_source_up_to_now(tmp_path: Path) -> None:
    record(tmp_path, Batch.of([ONE]))
    it = seen(tmp_path, until_ms=TEN + 2 * HOUR)
    assert it.length_minutes == 720
    assert it.silences(0, 30) == [(0, 600), (601, 720)]
    assert it.silences(1, 30) == [(0, 720)]
    assert runs(it.nothing_at_all, 30) == it.silences(0, 30)


def test_late_is_what_comes_behind_its_own_source(tmp_path: Path) -> None:
    far_ahead = replace(ONE, time=TEN + 9 * HOUR, flags=Flags.CLOCK_SUSPECT)
    record(
        tmp_path,
        Batch.of([ONE, far_ahead]),
        Batch.of([replace(ONE, time=TEN + HOUR)]),
        Batch.of([replace(ONE, time=TEN + 14 * MINUTE), replace(ONE, time=TEN + HOUR)]),
        Batch.of([replace(ONE, time=TEN + 15 * MINUTE), replace(ONE, time=TEN + HOUR)]),
        Batch.of([replace(ONE, time=TEN, source=1), replace(ONE, time=TEN + HOUR)]),
    )
    it = seen(tmp_path)
    assert it.late == {0: 1}
    assert it.clock_suspect == 1


def test_unknown_mscs_are_counted_by_name(tmp_path: Path) -> None:
    record(tmp_path, Batch.of([replace(ONE, msc=MSC_UNKNOWN, mscid=99 << 8)] * 3 + [ONE]))
    assert seen(tmp_path).unknown == {99 << 8: 3}


def test_missing_sequences_and_damaged_groups_are_told(tmp_path: Path) -> None:
    record(tmp_path, Batch.of([ONE]), Batch.of([replace(ONE, time=TEN + HOUR)] * 5))
    (group,) = tmp_path.glob("*T1100Z*")
    group.rename(group.with_name("20261122T1100Z-000000000001.parquet"))
    it = seen(tmp_path)
    assert len(it.unreadable) == 1
    assert it.registrations == 1


def test_a_hole_between_groups_is_told(tmp_path: Path) -> None:
    for number in range(3):
        record(tmp_path, Batch.of([replace(ONE, time=TEN + number * HOUR)] * 2))
    (group,) = tmp_path.glob("*T1100Z*")
    group.unlink()
    assert seen(tmp_path).missing == [(2, 4)]


def test_no_record_file_is_no_fault(tmp_path: Path) -> None:
    it = seen(tmp_path / "none")
    assert it.begins_ms is None
    assert it.registrations == 0


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 5))
def test_runs_are_what_stands_in_turn(which: list[bool], least: int) -> None:
    found = runs(np.array(which, np.bool_), least)
    covered = {at for first, behind in found for at in range(first, behind)}
    assert all(which[at] for at in covered)
    assert all(behind - first >= least for first, behind in found)
    text = "".join("x" if each else "." for each in which)
    assert len(found) == sum(len(each) >= least for each in text.split(".") if each)
