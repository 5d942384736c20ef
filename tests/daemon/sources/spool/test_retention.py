"""Which groups in `done` are to go."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.recordfile import Retention
from clonewatch.recordfile.retention import HOUR_MS
from clonewatch.sources.spool.retention import Done, expired
from spools import AT_10

GROUPS = [Done(Path(f"{hour}.csv"), AT_10 + hour * HOUR_MS, 100, AT_10 + hour) for hour in range(5)]


def gone(retention: Retention, groups: list[Done] = GROUPS, hour: float = 5) -> list[str]:
    return [path.name for path in expired(groups, AT_10 + round(hour * HOUR_MS), retention)]


@pytest.mark.parametrize(
    ("retention", "names"),
    [
        (Retention(), []),
        (Retention(hours=5), []),
        (Retention(hours=3), ["0.csv", "1.csv"]),
        (Retention(octets_max=500), []),
        (Retention(octets_max=250), ["0.csv", "1.csv", "2.csv"]),
        (Retention(hours=3.5, octets_max=150), ["0.csv", "1.csv", "2.csv", "3.csv"]),
        (Retention(hours=0.001), ["0.csv", "1.csv", "2.csv", "3.csv"]),
    ],
)
def test_the_oldest_go_and_the_newest_stays(retention: Retention, names: list[str]) -> None:
    assert gone(retention) == names


def test_the_newest_is_that_whose_name_says_so() -> None:
    late = Done(Path("late.csv"), AT_10, 100, AT_10 + 99)
    nameless = Done(Path("nameless.csv"), AT_10 + 1, 100, None)
    names = gone(Retention(hours=0), [*GROUPS, late, nameless])
    assert names == ["0.csv", "nameless.csv", "1.csv", "2.csv", "3.csv", "4.csv"]


@given(
    st.lists(
        st.builds(
            Done,
            st.uuids().map(lambda name: Path(f"{name}.csv")),
            st.integers(0, 10 * HOUR_MS),
            st.integers(0, 1000),
            st.none() | st.integers(1, 100),
        ),
        max_size=8,
    ),
    st.integers(0, 12),
    st.integers(0, 3000),
)
def test_what_is_young_and_finds_room_stays(
    groups: list[Done], hours: int, octets_max: int
) -> None:
    retention = Retention(hours=hours, octets_max=octets_max)
    removed = set(expired(groups, 10 * HOUR_MS, retention))
    kept = [group for group in groups if group.path not in removed]
    named = [group.start_ms for group in groups if group.start_ms is not None]
    if named:
        assert max(named) in {group.start_ms for group in kept}
    newest_ms = max(named, default=0)
    spared = [group for group in kept if (group.start_ms or 0) < newest_ms or not named]
    assert all(10 * HOUR_MS - group.taken_ms <= hours * HOUR_MS for group in spared)
    assert sum(group.octets for group in spared) <= octets_max
    for group in groups:
        if group.path in removed and 10 * HOUR_MS - group.taken_ms <= hours * HOUR_MS:
            younger = [each for each in groups if each.taken_ms >= group.taken_ms]
            held = [each for each in kept if each.taken_ms < group.taken_ms]
            assert sum(each.octets for each in (*younger, *held)) > octets_max
