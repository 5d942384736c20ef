"""The book of alarms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hypothesis import given
from hypothesis import strategies as st

from clonewatch.actions.alarms.book import AlarmBook, Report, raised, read
from clonewatch.actions.alarms.kinds import Kind
from clonewatch.actions.alarms.notice import Notice
from clonewatch.evidence.findings import Severity
from clonewatch.store.database import in_memory
from clonewatch.store.outbox import pending
from stores import TEN

if TYPE_CHECKING:
    from sqlalchemy import Connection

DOWN: Final = Report(
    key="link-west",
    kind=Kind.LINK_DOWN,
    object="link west",
    severity=Severity.MAJOR,
    text="refused",
)
OVER: Final = replace(DOWN, severity=None, text="")


def take(connection: Connection, *reports: Report, now_ms: int = TEN) -> None:
    AlarmBook(connection, now_ms, lambda _: ("log", "web")).take(reports)


def told(connection: Connection, output: str = "log") -> list[tuple[int, str, str, int]]:
    notices = [Notice.of_payload(item.payload) for item in pending(connection, output, 1000)]
    return [(n.number, str(n.change), n.severity_text, n.count) for n in notices]


def test_an_alarm_is_raised_changed_and_cleared_and_repeats_are_counted() -> None:
    with in_memory() as connection:
        take(connection, DOWN, DOWN)
        take(connection, replace(DOWN, severity=Severity.CRITICAL), DOWN, now_ms=TEN + 1)
        take(connection, OVER, OVER, now_ms=TEN + 2)
        assert told(connection) == [
            (1, "raised", "major", 1),
            (2, "changed", "critical", 3),
            (3, "changed", "major", 4),
            (4, "cleared", "cleared", 4),
        ]
        assert told(connection) == told(connection, "web")
        (alarm,) = read(connection, ["link-west"])
        assert (alarm.raised_at, alarm.changed_at, alarm.cleared_at) == (TEN, TEN + 2, TEN + 2)
        assert alarm.text == "refused"


def test_what_happens_again_is_raised_again_and_counted_from_one() -> None:
    with in_memory() as connection:
        take(connection, DOWN, DOWN, OVER)
        take(connection, DOWN, now_ms=TEN + 9)
        assert told(connection)[-1] == (3, "raised", "major", 1)
        (alarm,) = raised(connection)
        assert (alarm.raised_at, alarm.cleared_at) == (TEN + 9, None)


def test_what_only_changes_raises_nothing() -> None:
    with in_memory() as connection:
        take(connection, replace(DOWN, raises=False), OVER)
        assert read(connection, ["link-west"]) == []
        take(connection, DOWN, OVER, replace(DOWN, raises=False))
        assert raised(connection) == []


def test_alarms_about_subscribers_are_told_from_those_about_ourselves() -> None:
    clone = replace(DOWN, key="case-1", kind=Kind.CLONE, case_id=1)
    with in_memory() as connection:
        take(connection, DOWN, clone)
        assert {alarm.key for alarm in raised(connection)} == {"link-west", "case-1"}
        assert [alarm.key for alarm in raised(connection, about_subscribers=True)] == ["case-1"]
        assert [alarm.key for alarm in raised(connection, about_subscribers=False)] == ["link-west"]


reports = st.builds(
    lambda key, severity, raises: replace(DOWN, key=key, severity=severity, raises=raises),
    st.sampled_from("ab"),
    st.sampled_from([*Severity, None]),
    st.booleans(),
)


@given(st.lists(st.lists(reports, max_size=5), max_size=5))
def test_notices_told_in_order_give_what_is_raised(batches: list[list[Report]]) -> None:
    with in_memory() as connection:
        for batch in batches:
            take(connection, *batch)
        state: dict[str, Severity | None] = {}
        for item in pending(connection, "log", 1000):
            notice = Notice.of_payload(item.payload)
            assert notice.before == state.get(notice.key)
            assert notice.before != notice.severity
            state[notice.key] = notice.severity
        expected = {key: severity for key, severity in state.items() if severity is not None}
        assert {alarm.key: alarm.severity for alarm in raised(connection)} == expected
