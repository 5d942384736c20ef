"""Cases of MSIDs that two phones use."""

from __future__ import annotations

from dataclasses import replace

from clonewatch.cases.case import Book
from clonewatch.cases.life import Input, State
from clonewatch.cases.policy import DAY_MS
from clonewatch.evidence.findings import Severity
from stores import HOUR, MIN, MINUTE, TEN, conflict, desk, twins


def test_twins_open_a_case_without_any_conflict() -> None:
    with desk() as it:
        it.found(twins())
        (case,) = it.cases()
        assert (case.state, case.conflicts, case.severity) == (State.OPEN, 0, Severity.MAJOR)
        assert (case.first_at, case.last_at) == (TEN, TEN + 45 * MINUTE)
        assert case.seen["mscs"] == {"MSC A": 1}
        assert case.seen["esns"] == {"82123456": 1, "82999999": 1}
        assert it.told() == [("case-1", "raised", "major")]
        (notice,) = it.notices()
        assert notice.text == "case 1, open: 6145551234, 0 conflicts, 2 ESNs"
        assert it.history() == ["twins"]


def test_more_of_them_are_counted_in_the_case() -> None:
    with desk() as it:
        it.found(twins())
        it.found(twins(changes=9, at=TEN + 2 * HOUR), conflict(MIN + 1))
        case, _ = it.cases()
        assert case.last_at == TEN + 2 * HOUR
        assert it.history() == ["twins"]
        assert [key for key, _, _ in it.told()] == ["case-1", "case-2"]


def test_they_make_the_case_of_conflicts_graver_and_stand_when_these_do_not() -> None:
    with desk() as it:
        it.found(conflict())
        it.found(twins())
        assert it.cases()[0].severity is Severity.MAJOR
        assert it.history() == ["conflict", "twins"]
        it.found(replace(conflict(), superseded=True))
        (case,) = it.cases()
        assert (case.state, case.conflicts) == (State.OPEN, 0)


def test_an_msc_of_no_table_is_told_by_its_number() -> None:
    with desk() as it:
        it.found(replace(twins(), mscids=(9 << 8 | 3,)))
        assert it.cases()[0].seen["mscs"] == {"9-3": 1}


def test_a_dismissed_case_is_silent_for_its_time() -> None:
    with desk() as it:
        it.found(twins())
        book = Book(it.connection, it.now_ms)
        (case,) = it.cases()
        book.move(case, Input.DISMISS)
        case.silent_until = it.now_ms + DAY_MS
        book.write()
        it.found(twins(changes=5))
        assert [each.state for each in it.cases()] == [State.DISMISSED]
        it.now_ms += DAY_MS
        it.found(twins(changes=7))
        assert [each.state for each in it.cases()] == [State.DISMISSED, State.OPEN]
