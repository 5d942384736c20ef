"""What there is to do."""

from __future__ import annotations

from dataclasses import replace

from clonewatch.actions.suspension import items, plan, switch
from clonewatch.actions.suspension.items import RESTORATION, Order
from clonewatch.actions.suspension.overdue import WAIT_MS
from clonewatch.actions.suspension.rules import UNSENT_MS
from clonewatch.actions.suspension.switch import Position, Switch
from clonewatch.store.outbox import SUSPENSION
from is41.tcap.dialogues import TimedOut
from stores import MIN, MINUTE, conflict, desk
from suspensions import LOOSE, consequences, decide_due, send


def test_a_case_that_changed_is_due() -> None:
    with desk(consequences(replace(LOOSE, settle_ms=45 * MINUTE))) as it:
        assert plan.read(it.connection, LOOSE, it.now_ms) == plan.Plan(ready=[])
        it.found(conflict())
        assert plan.read(it.connection, LOOSE, it.now_ms).is_due
        decide_due(it)
        settling = plan.read(it.connection, LOOSE, it.now_ms)
        assert (settling.is_due, settling.next_at) == (False, it.now_ms + 45 * MINUTE)


def test_what_waits_is_ready_tried_again_and_given_up() -> None:
    with desk(consequences()) as it:
        it.found(conflict())
        decide_due(it)
        asked = plan.read(it.connection, LOOSE, it.now_ms)
        assert (len(asked.ready), asked.waiting, asked.is_due) == (1, 1, False)
        (item,) = asked.ready
        assert plan.read(it.connection, LOOSE, it.now_ms, {item.id}).ready == []
        send(it, TimedOut())
        again = plan.read(it.connection, LOOSE, it.now_ms)
        assert (again.ready, again.next_at) == ([], it.now_ms + 1000)
        assert again.reason == "nothing in time"
        assert plan.read(it.connection, LOOSE, it.now_ms + UNSENT_MS).is_due
        assert not plan.read(it.connection, LOOSE, it.now_ms + UNSENT_MS, {item.id}).is_due
        it.now_ms += 1000
        send(it)
        assert plan.read(it.connection, LOOSE, it.now_ms).suspended == {MIN}


def test_who_is_out_of_service_comes_first() -> None:
    with desk(consequences()) as it:
        for at, kind in enumerate((SUSPENSION, SUSPENSION, RESTORATION)):
            order = Order(msid=MIN + at, esn=1, automatic=False)
            items.put(it.connection, kind, 1, order, it.now_ms)
        ready = plan.read(it.connection, LOOSE, it.now_ms).ready
        assert [item.id for item in ready] == [3, 1, 2]


def test_what_is_held_says_why_once() -> None:
    with desk(consequences()) as it:
        it.found(conflict())
        decide_due(it)
        switch.turn(it.connection, Position(what=Switch.PAUSED, who="ann", note="odd"))
        held = plan.read(it.connection, LOOSE, it.now_ms)
        assert (held.ready, held.waiting) == ([], 1)
        (why,) = held.held.values()
        assert why == held.reason == "suspension is paused by ann: odd"
        items.explain(it.connection, held.held)
        assert plan.read(it.connection, LOOSE, it.now_ms).held == {}


def test_a_restoration_that_waits_too_long_is_due() -> None:
    with desk(consequences()) as it:
        order = Order(msid=MIN, esn=1, automatic=False)
        items.put(it.connection, RESTORATION, 1, order, it.now_ms)
        assert plan.read(it.connection, LOOSE, it.now_ms).next_at == it.now_ms + WAIT_MS
        it.now_ms += WAIT_MS
        assert plan.read(it.connection, LOOSE, it.now_ms).is_due
        decide_due(it)
        assert not plan.read(it.connection, LOOSE, it.now_ms).is_due
