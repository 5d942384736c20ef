"""How long cases and clone records are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from clonewatch.cases import retention, watched
from clonewatch.cases.policy import Policy
from clonewatch.store import outbox, tables
from clonewatch.store.apart import Fault
from clonewatch.store.aside import Aside
from stores import DAY, MIN, TEN, conflict, desk, follower

if TYPE_CHECKING:
    from sqlalchemy import Connection

POLICY = Policy(keep_days=100, suspect_msids=3)


def counts(connection: Connection) -> dict[str, int]:
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in tables.metadata.sorted_tables
        if table.name != "positions"
    }


def test_cases_that_are_over_go_with_all_that_is_theirs() -> None:
    with desk() as it:
        it.found(conflict(), conflict(MIN + 1))
        it.connection.exec_driver_sql("UPDATE cases SET state = 'closed' WHERE id = 1")
        it.connection.exec_driver_sql("UPDATE alarms SET cleared_at = ? WHERE case_id = 1", (TEN,))
        watched.watch(it.connection, [(MIN, 1)], 1, it.now_ms)
        row = Aside(conflict(), Fault.of(ValueError())).as_row(it.now_ms)
        it.connection.execute(tables.set_aside.insert(), row)
        outbox.end(it.connection, [1], outbox.Outcome.DELIVERED, it.now_ms)
        before = counts(it.connection)
        assert retention.remove_expired(it.connection, it.now_ms + 30 * DAY, POLICY) == 0
        assert counts(it.connection) == before
        late = it.now_ms + 101 * DAY
        while retention.remove_expired(it.connection, late, POLICY):
            pass
        assert counts(it.connection) == {
            "alarms": 1,
            "case_events": 1,
            "cases": 1,
            "clone_records": 1,
            "outbox": 1,
            "set_aside": 0,
            "suspects": 0,
            "suspension_switch": 0,
            "suspensions": 0,
            "watched": 0,
        }


def test_what_is_open_is_kept_for_ever() -> None:
    with desk() as it:
        it.found(conflict())
        before = counts(it.connection)
        assert retention.remove_expired(it.connection, it.now_ms + 9999 * DAY, POLICY) == 0
        assert counts(it.connection) == before


def test_suspect_clone_records_go_when_they_are_old() -> None:
    with desk(follower(policy=POLICY)) as it:
        it.found(*(conflict(MIN + number) for number in range(4)))
        assert retention.remove_expired(it.connection, it.now_ms + 101 * DAY, POLICY) == 4


def test_without_a_bound_only_what_was_sent_goes() -> None:
    with desk() as it:
        it.found(conflict())
        it.connection.exec_driver_sql("UPDATE cases SET state = 'closed'")
        outbox.end(it.connection, [1], outbox.Outcome.DELIVERED, it.now_ms)
        policy = Policy(keep_days=None)
        assert retention.remove_expired(it.connection, it.now_ms + 9999 * DAY, policy) == 1
        assert counts(it.connection)["cases"] == 1
