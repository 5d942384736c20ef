"""Identities that were given up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.cases import watched
from clonewatch.cases.life import State
from clonewatch.cases.watched import NOTHING, WatchList
from clonewatch.evidence.findings import Severity
from clonewatch.registrations import Batch
from stores import HOUR, MIN, TEN, conflict, desk

OLD = replace(conflict().first, time=TEN + 2 * HOUR)
IMSI = 15 * 10**16 + 310150123456789

identities = st.tuples(st.sampled_from([MIN, MIN + 1, IMSI]), st.integers(1, 4))


@given(st.lists(identities), st.lists(identities, max_size=20))
def test_exactly_what_is_watched_is_seen(
    watch: list[tuple[int, int]], arrive: list[tuple[int, int]]
) -> None:
    batch = Batch.of([replace(OLD, msid=msid, esn=esn) for msid, esn in arrive])
    seen = [(each.msid, each.esn) for each in WatchList.of(watch).seen(batch)]
    assert seen == [identity for identity in arrive if identity in watch]


def test_nothing_is_watched_at_first() -> None:
    assert NOTHING.seen(Batch.of([OLD])) == []
    with desk() as it:
        assert len(WatchList.load(it.connection).msid) == 0


def test_a_sighting_opens_a_case_and_alarms_once() -> None:
    with desk() as it:
        watched.watch(it.connection, [(MIN, OLD.esn)], 7, TEN)
        assert np.array_equal(WatchList.load(it.connection).msid, [MIN])
        it.found(OLD)
        (case,) = it.cases()
        assert (case.msid, case.state, case.severity) == (MIN, State.OPEN, Severity.CRITICAL)
        it.found(OLD)
        assert it.history() == ["sighting"]
        it.found(replace(OLD, time=OLD.time + HOUR))
        assert it.history() == ["sighting", "sighting"]
        assert it.told() == [("case-1", "raised", "critical")]


def test_another_phone_or_an_old_registration_is_no_sighting() -> None:
    with desk() as it:
        watched.watch(it.connection, [(MIN, OLD.esn)], 7, TEN)
        it.found(replace(OLD, esn=1), replace(OLD, time=TEN))
        assert it.cases() == []


def test_a_sighting_goes_to_the_case_that_its_conflict_opened() -> None:
    with desk() as it:
        watched.watch(it.connection, [(MIN, OLD.esn)], 7, TEN)
        it.found(conflict(at=OLD.time), OLD)
        assert len(it.cases()) == 1
        assert it.history() == ["conflict", "sighting"]


def test_watching_twice_is_watching_once() -> None:
    with desk() as it:
        for _ in range(2):
            watched.watch(it.connection, [(MIN, OLD.esn)], 7, TEN)
        assert len(WatchList.load(it.connection).msid) == 1
