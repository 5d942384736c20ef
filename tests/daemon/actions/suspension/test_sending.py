"""Around each try."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clonewatch.actions.suspension import items, standing, switch
from clonewatch.actions.suspension.items import Order
from clonewatch.actions.suspension.sending import Sending, may_go
from clonewatch.actions.suspension.switch import UNTOUCHED, Position, Switch
from clonewatch.cases.life import State
from clonewatch.store.outbox import SUSPENSION
from is41.map.operations import ErrorCode, error_code
from is41.tcap.dialogues import (
    Aborted,
    Failed,
    Outcome,
    Rejected,
    Returned,
    TimedOut,
    Unanswered,
)
from stores import MIN, conflict, desk
from stores import Desk as Stored
from suspensions import LOOSE, YES, box, consequences, decide_due, send

NO = Failed(error_code(ErrorCode.UNRECOGNIZED_MIN), None)


def asked(it: Stored) -> None:
    it.found(conflict())
    decide_due(it)


def test_the_hlrs_yes_suspends_and_tells_whom() -> None:
    with desk(consequences()) as it:
        asked(it)
        assert send(it)
        assert it.cases()[0].state is State.SUSPENDED
        assert box(it) == [("suspend", "delivered", 1)]
        assert standing.suspended(it.connection) == {MIN}
        assert standing.of(it.connection, 1)["esn"] == 0x82123456


@pytest.mark.parametrize("answer", [NO, Rejected(0x0202), Returned(1)])
def test_a_refusal_ends_it_and_shows_on_the_case(answer: Outcome) -> None:
    with desk(consequences()) as it:
        asked(it)
        assert send(it, answer)
        assert box(it) == [("suspend", "refused", 1)]
        assert it.history()[-1] == "suspension refused"
        assert it.cases()[0].state is State.OPEN


@pytest.mark.parametrize("answer", [TimedOut(), Aborted(1, None), Unanswered(None)])
def test_without_an_answer_it_is_tried_again_later(answer: Outcome) -> None:
    with desk(consequences()) as it:
        asked(it)
        assert send(it, answer)
        assert not send(it)
        it.now_ms += 1000
        assert send(it)
        assert box(it) == [("suspend", "delivered", 2)]


def test_a_refusal_of_a_later_try_is_undone() -> None:
    with desk(consequences()) as it:
        asked(it)
        send(it, TimedOut())
        it.now_ms += 1000
        send(it, NO)
        assert box(it) == [("suspend", "refused", 2), ("undo", None, 0)]
        assert send(it)
        assert it.history()[-1] == "suspension undone"


def test_a_yes_that_comes_after_the_case_was_dismissed_is_taken_back() -> None:
    with desk(consequences()) as it:
        asked(it)
        sending = Sending(it.consequences)
        assert sending.begin(it.connection, 2, it.now_ms)
        it.found(replace(conflict(), superseded=True))
        assert it.cases()[0].state is State.CLOSED
        sending.ended(it.connection, 2, YES, it.now_ms, 0)
        assert it.cases()[0].state is State.SUSPENDED
        assert send(it)
        assert it.cases()[0].state is State.RESTORED
        assert box(it) == [("suspend", "cancelled", 1), ("undo", "delivered", 1)]
        sending.ended(it.connection, 99, YES, it.now_ms, 0)  # of nothing that there is


def test_a_pause_is_effective_at_once() -> None:
    with desk(consequences()) as it:
        asked(it)
        switch.turn(it.connection, Position(what=Switch.PAUSED))
        assert not send(it)
        switch.turn(it.connection, Position(what=Switch.ON))
        assert send(it)
        assert not Sending(it.consequences).begin(it.connection, 2, it.now_ms)  # it has ended


def test_restorations_go_whatever_holds_suspensions() -> None:
    paused = Position(what=Switch.PAUSED)
    with desk(consequences()) as it:
        for kind in (SUSPENSION, items.RESTORATION):
            order = Order(msid=MIN, esn=1, automatic=False)
            items.put(it.connection, kind, 1, order, it.now_ms)
        (suspension,) = items.all_pending(it.connection, SUSPENSION)
        (restoration,) = items.all_pending(it.connection, items.RESTORATION)
        test = replace(LOOSE, sends=False)
        for rules, position in ((LOOSE, paused), (test, UNTOUCHED)):
            assert may_go(restoration, rules, position, it.now_ms)
            assert not may_go(suspension, rules, position, it.now_ms)
        assert may_go(suspension, LOOSE, Position(what=Switch.TRIPPED), it.now_ms)
        assert not may_go(suspension, LOOSE, UNTOUCHED, it.now_ms - 1)


def test_what_cannot_leave_waits_and_says_why() -> None:
    with desk(consequences()) as it:
        asked(it)
        Sending(it.consequences).put_off(it.connection, 2, it.now_ms + 5, "no way")
        (item,) = items.oldest(it.connection, 9)
        assert (item.due_at, item.reason) == (it.now_ms + 5, "no way")
