"""What a decision rests on, read from the store."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import event

from clonewatch.actions.suspension import items, standing
from clonewatch.actions.suspension.facts import USUAL_HOURS, Around, conflicts_of, facts_of
from clonewatch.actions.suspension.items import Order
from clonewatch.actions.suspension.rules import Mode
from clonewatch.registrations import Flags
from clonewatch.store.outbox import SUSPENSION
from stores import DAY, HOUR, MIN, MINUTE, TEN, conflict, desk
from suspensions import LOOSE, consequences


def test_what_counts_and_what_is_held() -> None:
    late = conflict(at=TEN + 50 * MINUTE)
    late = replace(late, first=replace(late.first, flags=Flags.LATE))
    gone = replace(conflict(at=TEN + 55 * MINUTE), superseded=True)
    with desk(consequences(replace(LOOSE, exempt_until={MIN: TEN}))) as it:
        it.found(conflict(), late, gone)
        (case,) = it.cases()
        around = Around.read(it.connection, LOOSE, it.now_ms)
        facts = facts_of(case, it.connection, it.consequences.suspension, around, it.now_ms)
        assert (len(facts.conflicts), facts.held, facts.exempt_until) == (1, 1, TEN)
        assert facts.conflicts == conflicts_of(it.connection, 1)
        assert facts.conflicts[0].known_at == it.now_ms  # stored later than it registered
        standing.put(it.connection, [1], restored_at=TEN + 45 * MINUTE)
        after = facts_of(case, it.connection, LOOSE, around, it.now_ms)
        assert (len(after.conflicts), after.held) == (0, 1)


def test_what_was_asked_for_by_itself_is_counted() -> None:
    with desk(consequences()) as it:
        it.found(conflict())
        now = it.now_ms
        for ago, automatic in ((0, True), (2 * HOUR, True), (2 * DAY, True), (0, False)):
            order = Order(msid=MIN, esn=1, automatic=automatic)
            items.put(it.connection, SUSPENSION, 1, order, now - ago)
        around = Around.read(it.connection, LOOSE, now)
        facts = facts_of(it.cases()[0], it.connection, LOOSE, around.with_one_more(now), now)
        assert (facts.sent_in_hour, facts.sent_in_day, facts.is_asked) == (2, 3, True)


def test_the_usual_rate_is_that_of_the_week_before() -> None:
    with desk(consequences()) as it:
        for number in range(3):
            it.found(conflict(MIN + number), conflict(MIN + number, at=TEN + 50 * MINUTE))
        for day in range(1, 8):
            it.found(conflict(at=TEN + 45 * MINUTE - day * DAY))
        it.now_ms = TEN + HOUR
        around = Around.read(it.connection, replace(LOOSE, breaker_subscribers=2), it.now_ms)
        assert around.in_conflict == 3
        assert around.usual == 7 / USUAL_HOURS
        for spared in (
            replace(LOOSE, breaker_subscribers=3),
            replace(LOOSE, mode=Mode.PROPOSE, breaker_subscribers=2),
        ):
            around = Around.read(it.connection, spared, it.now_ms)
            assert (around.in_conflict, around.usual) == (3, 0.0)


def test_a_decision_walks_through_no_whole_table() -> None:
    asked: list[tuple[str, Any]] = []

    def keep(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        asked.append((statement, values))

    with desk(consequences()) as it:
        it.found(conflict())
        (case,) = it.cases()
        rules = replace(LOOSE, breaker_subscribers=0)
        event.listen(it.connection, "before_cursor_execute", keep)
        around = Around.read(it.connection, rules, it.now_ms)
        facts_of(case, it.connection, rules, around, it.now_ms)
        event.remove(it.connection, "before_cursor_execute", keep)
        plans = [
            row[3]
            for statement, values in asked
            for row in it.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
        assert "SEARCH clone_records USING INDEX ix_clone_records_found_at (found_at>?)" in plans
        kept = {"clone_records", "cases", "outbox"}
        assert [each for each in plans if each.startswith("SCAN") and each.split()[1] in kept] == []
