"""One case, and its audit trail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import IntegrityError

from clonewatch.cases.case import OTHERS, SEEN_MAX, Book, Case, by_id, events_of, latest_by_msid
from clonewatch.cases.life import Act, Input, State
from clonewatch.evidence.findings import Severity
from clonewatch.store.database import in_memory
from stores import MIN, TEN

if TYPE_CHECKING:
    from sqlalchemy import Connection


def opened(connection: Connection, msid: int = MIN, now_ms: int = TEN) -> Case:
    book = Book(connection, now_ms)
    case = book.new(msid)
    book.move(case, Input.CONFLICT)
    book.write()
    return case


def test_a_case_is_read_as_it_was_written() -> None:
    with in_memory() as connection:
        case = opened(connection)
        assert case.state is State.OPEN
        assert by_id(connection, [case.id, 99]) == {1: case}
        book = Book(connection, TEN + 5)
        case.floor, case.dismissed_as, case.confidence = Severity.MAJOR, Severity.MINOR, 0.25
        case.saw("mscs", "MSC A")
        book.move(case, Input.DISMISS, who="ann", note="a test phone")
        book.write()
        assert book.acts == [(case, Act.CLEAR)]
        assert by_id(connection, [case.id]) == {1: case}
        assert [(e["at"], e["who"], e["what"], e["state"]) for e in events_of(connection, 1)] == [
            (TEN, "clonewatch", "conflict", "open"),
            (TEN + 5, "ann", "dismiss", "dismissed"),
        ]


def test_a_case_of_an_older_version_has_seen_no_terminal_type() -> None:
    with in_memory() as connection:
        case = opened(connection)
        connection.exec_driver_sql("""UPDATE cases SET seen = '{"mscs": {"A": 2}, "esns": {}}'""")
        (read,) = by_id(connection, [case.id]).values()
        assert read.seen == {"mscs": {"A": 2}, "esns": {}, "terminal_types": {}}


def test_the_newest_case_of_an_msid_is_the_one_that_counts() -> None:
    with in_memory() as connection:
        for msid in (MIN, MIN + 1, MIN):
            opened(connection, msid)
        latest = latest_by_msid(connection, [MIN, MIN + 1, MIN + 2])
        assert {msid: case.id for msid, case in latest.items()} == {MIN: 3, MIN + 1: 2}


def test_numbers_are_never_used_again() -> None:
    with in_memory() as connection:
        opened(connection)
        connection.exec_driver_sql("DELETE FROM cases")
        assert opened(connection).id == 2


def test_the_audit_trail_is_only_appended_to() -> None:
    with in_memory() as connection:
        opened(connection)
        for change in ("UPDATE case_events SET who = 'bob'", "DELETE FROM case_events"):
            with pytest.raises(IntegrityError, match="only appended to"):
                connection.exec_driver_sql(change)
        connection.exec_driver_sql("DELETE FROM cases")
        connection.exec_driver_sql("DELETE FROM case_events")
        assert events_of(connection, 1) == []


def test_what_a_case_has_seen_is_bounded() -> None:
    case = Case(id=1, msid=MIN, opened_at=TEN, changed_at=TEN)
    for number in range(SEEN_MAX + 10):
        case.saw("mscs", f"MSC {number}")
    case.saw("mscs", "MSC 0")
    assert len(case.seen["mscs"]) == SEEN_MAX + 1
    assert case.seen["mscs"][OTHERS] == 10
    assert case.seen["mscs"]["MSC 0"] == 2


@pytest.mark.parametrize(
    ("floor", "confidence", "severity"),
    [
        (None, 0.0, Severity.WARNING),
        (Severity.MAJOR, 0.0, Severity.MAJOR),
        (Severity.MAJOR, 0.99, Severity.CRITICAL),
    ],
)
def test_what_people_told_is_the_least_severity(
    floor: Severity | None, confidence: float, severity: Severity
) -> None:
    case = Case(id=1, msid=MIN, opened_at=TEN, changed_at=TEN, floor=floor, confidence=confidence)
    assert case.severity is severity


def test_a_case_lasts_from_the_earliest_to_the_latest_it_was_told() -> None:
    case = Case(id=1, msid=MIN, opened_at=TEN, changed_at=TEN)
    case.lasts(TEN)
    assert (case.first_at, case.last_at) == (TEN, TEN)
    case.lasts(TEN + 1, TEN - 1)
    case.lasts(TEN)
    assert (case.first_at, case.last_at) == (TEN - 1, TEN + 1)


def test_silence_ends_when_it_was_said_to() -> None:
    case = Case(id=1, msid=MIN, opened_at=TEN, changed_at=TEN)
    assert not case.is_silent(TEN)
    case.silent_until = TEN
    assert [case.is_silent(now_ms) for now_ms in (TEN - 1, TEN)] == [True, False]


def test_what_comes_for_an_msid_goes_to_its_case_unless_that_is_over() -> None:
    with in_memory() as connection:
        case, book = opened(connection), Book(connection, TEN)
        assert book.case_for(case, MIN, Input.CONFLICT) is case
        assert book.case_for(None, MIN, Input.CONFLICT).id == 2
        book.move(case, Input.CLOSE)
        after = book.case_for(case, MIN, Input.CONFLICT)
        assert (after.id, after.state) == (3, State.NONE)
