"""What a transaction of the store calls for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from clonewatch.actions.consequences import Consequences
from clonewatch.cases.life import State
from clonewatch.cases.policy import Policy
from clonewatch.store import tables
from stores import MIN, WORDS, conflict, desk, opened

if TYPE_CHECKING:
    from pathlib import Path


def test_what_follows_is_committed_with_the_conflict(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.submit([conflict(MIN + number) for number in range(10)], 10)
        assert store.flush()
        with store.read() as connection:
            for table, rows in ((tables.cases, 10), (tables.alarms, 10), (tables.case_events, 10)):
                assert len(connection.execute(table.select()).all()) == rows


def test_in_mode_test_alarms_about_subscribers_are_shown_and_not_sent() -> None:
    policy = Policy(suspect_msids=2)
    it_is_test = Consequences(words=WORDS, outputs=("log",), alarms_leave=False, policy=policy)
    with desk(it_is_test) as it:
        it.found(conflict())
        assert [case.state for case in it.cases()] == [State.OPEN]
        assert len(it.connection.execute(tables.alarms.select()).all()) == 1
        assert it.told() == []
        it.found(conflict(MIN + 1))
        assert [key for key, _, _ in it.told()] == ["travel-times-MSC A-MSC C"]


def test_an_acquittal_cancels_a_suspension_that_was_not_sent() -> None:
    with desk() as it:
        it.found(conflict())
        values = {"kind": "suspension", "output": "hlr", "key": "1", "case_id": 1, "payload": {}}
        times = {"made_at": 0, "due_at": 0, "attempts": 0}
        it.connection.execute(tables.outbox.insert(), values | times)
        it.found(replace(conflict(), superseded=True))
        rows = it.connection.execute(tables.outbox.select()).mappings().all()
        assert [row["outcome"] for row in rows if row["kind"] == "suspension"] == ["cancelled"]
        assert {row["outcome"] for row in rows if row["kind"] == "alarm"} == {None}
