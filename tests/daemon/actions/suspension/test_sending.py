"""Around each try."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from clonewatch.actions.suspension import items, standing, switch
from clonewatch.actions.suspension.desk import restore
from clonewatch.actions.suspension.items import RESTORATION, Order
from clonewatch.actions.suspension.rules import OFF, UNSENT_MS, Mode, Rules
from clonewatch.actions.suspension.sending import Sending, why_held
from clonewatch.actions.suspension.switch import UNTOUCHED, Position, Switch
from clonewatch.cases.case import Book
from clonewatch.cases.life import State
from clonewatch.store.outbox import SUSPENSION
from clonewatch.store.tables import outbox
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
from stores import DAY, MIN, TEN, conflict, desk
from stores import Desk as Stored
from suspensions import LOOSE, YES, box, consequences, decide_due, history_of, send

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


def test_a_yes_that_comes_after_the_case_was_closed_is_taken_back() -> None:
    with desk(consequences()) as it:
        asked(it)
        sending = Sending(it.consequences)
        assert sending.begin(it.connection, 2, it.now_ms)
        it.found(replace(conflict(), superseded=True))
        assert it.cases()[0].state is State.CLOSED
        sending.ended(it.connection, 2, YES, it.now_ms, 0)
        assert send(it)
        assert it.cases()[0].state is State.CLOSED
        assert it.history()[-2:] == ["suspension came late", "suspension undone"]
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


def held(rules: Rules, position: Position = UNTOUCHED, *, automatic: bool = True) -> str | None:
    """Why a suspension may not go; a restoration beside it may."""
    with desk(consequences()) as it:
        for kind in (SUSPENSION, RESTORATION):
            order = Order(msid=MIN, esn=1, automatic=automatic)
            items.put(it.connection, kind, 1, order, it.now_ms)
        (suspension,) = items.all_pending(it.connection, SUSPENSION)
        (restoration,) = items.all_pending(it.connection, RESTORATION)
        assert why_held(restoration, rules, position, it.now_ms + UNSENT_MS) is None
        expired = why_held(suspension, LOOSE, UNTOUCHED, it.now_ms + UNSENT_MS)
        assert expired == "its time is over"
        return why_held(suspension, rules, position, it.now_ms)


def test_what_holds_a_suspension_says_so_and_restorations_go_whatever_does() -> None:
    paused = Position(what=Switch.PAUSED, who="ann", note="odd")
    tripped = Position(what=Switch.TRIPPED, who="clonewatch", note="many")
    exempt = replace(LOOSE, exempt_until={MIN: TEN + DAY})
    propose = replace(LOOSE, mode=Mode.PROPOSE)
    assert held(LOOSE) is None
    assert held(LOOSE, paused) == "suspension is paused by ann: odd"
    assert held(LOOSE, paused, automatic=False) == "suspension is paused by ann: odd"
    assert held(LOOSE, tripped) == "suspension is tripped by clonewatch: many"
    assert held(LOOSE, tripped, automatic=False) is None
    assert held(replace(LOOSE, sends=False)) == "the mode is test"
    assert held(OFF) == "suspension is off"
    assert held(exempt, automatic=False) == "the subscriber is exempt"
    assert held(propose) == "an operator has to say yes"
    assert held(propose, automatic=False) is None


def restoring(it: Stored) -> None:
    """A case that the HLR has suspended, and whose restoration waits."""
    asked(it)
    assert send(it)
    book = Book(it.connection, it.now_ms)
    restore(book, it.cases()[0], who="ann", note="", automatic=False)
    book.write()


@pytest.mark.parametrize(
    "answer", [NO, Rejected(0x0202), Aborted(1, None), Returned(1), TimedOut(), Unanswered(None)]
)
def test_a_restoration_is_tried_until_the_hlr_takes_it(answer: Outcome) -> None:
    with desk(consequences()) as it:
        restoring(it)
        for _ in range(20):
            assert send(it, answer)
            assert not send(it)
            it.now_ms += 1000
            assert it.cases()[0].state is State.SUSPENDED
        assert box(it)[1] == ("restore", None, 20)
        assert send(it)
        assert box(it)[1] == ("restore", "delivered", 21)
        assert it.cases()[0].state is State.RESTORED


def test_refusals_of_a_restoration_stand_on_the_case_less_and_less_often() -> None:
    with desk(consequences()) as it:
        restoring(it)
        for _ in range(20):
            send(it, NO)
            it.now_ms += 1000
        told = [each for each in history_of(it) if each.startswith("restoration refused")]
        words = "return error: unrecognized min; it is tried again"
        assert told == [f"restoration refused: try {at}: {words}" for at in (1, 2, 4, 8, 16)]


def late(it: Stored, *, sent: bool = True) -> list[tuple[str, str | None, int]]:
    """Let the HLR say yes to the first suspension, long after it was given up."""
    if sent:
        assert send(it)
    before = box(it)
    sending = Sending(it.consequences)
    sending.answered_late(it.connection, 2, NO, it.now_ms)
    assert box(it) == before
    sending.answered_late(it.connection, 2, YES, it.now_ms)
    return box(it)[len(before) :]


def test_a_late_yes_to_what_was_undone_is_undone_again() -> None:
    with desk(consequences()) as it:
        asked(it)
        send(it, TimedOut())
        it.found(replace(conflict(), superseded=True))
        assert late(it) == [("undo", None, 0)]
        assert it.history()[-1] == "suspension came late"
        assert late(it, sent=False) == []  # that is on its way already
        assert send(it)
        assert it.history()[-1] == "suspension undone"


def test_a_late_yes_to_what_another_try_did_changes_nothing() -> None:
    with desk(consequences()) as it:
        asked(it)
        send(it, TimedOut())
        assert late(it, sent=False) == []  # another try follows
        it.now_ms += 1000
        assert late(it) == []
        assert it.cases()[0].state is State.SUSPENDED


def last_id(it: Stored) -> int:
    """The number of the last item."""
    return int(it.connection.execute(select(func.max(outbox.c.id))).scalar_one())


def test_a_late_yes_to_a_restoration_or_to_nothing_changes_nothing() -> None:
    with desk(consequences()) as it:
        restoring(it)
        restoration = last_id(it)
        send(it, TimedOut())
        it.now_ms += 1000
        send(it)
        before = box(it)
        for item_id in (restoration, last_id(it) + 1):
            Sending(it.consequences).answered_late(it.connection, item_id, YES, it.now_ms)
        assert [each[:2] for each in before] == [("suspend", "delivered"), ("restore", "delivered")]
        assert box(it) == before


def test_a_late_restoration_of_who_is_suspended_again_ends_the_doubt() -> None:
    with desk(consequences()) as it:
        restoring(it)
        restoration = last_id(it)
        send(it, TimedOut())
        it.now_ms += 1000
        send(it)
        it.now_ms += 1000
        it.found(conflict(at=it.now_ms))
        decide_due(it)
        assert send(it)
        assert it.cases()[0].state is State.SUSPENDED
        Sending(it.consequences).answered_late(it.connection, restoration, YES, it.now_ms)
        assert it.history()[-1] == "restoration came late"
        assert send(it)
        assert it.cases()[0].state is State.RESTORED


def test_what_the_hlr_restores_is_restored_with_whichever_case_it_was_suspended() -> None:
    with desk(consequences()) as it:
        asked(it)
        assert send(it)
        order = Order(msid=MIN, esn=0x82123456, automatic=True, undoes=True)
        items.put(it.connection, RESTORATION, 7, replace(order, esn=1), it.now_ms)
        items.put(it.connection, RESTORATION, 7, order, it.now_ms)
        assert send(it)
        assert it.cases()[0].state is State.SUSPENDED
        assert send(it)
        assert it.cases()[0].state is State.RESTORED


def test_what_cannot_leave_waits_and_says_why() -> None:
    with desk(consequences()) as it:
        asked(it)
        Sending(it.consequences).put_off(it.connection, 2, it.now_ms + 5, "no way")
        (item,) = items.oldest(it.connection, 9)
        assert (item.due_at, item.reason) == (it.now_ms + 5, "no way")
