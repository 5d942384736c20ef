"""Decisions written down."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from clonewatch.actions.alarms import book
from clonewatch.actions.alarms.kinds import Kind
from clonewatch.actions.suspension import items, plan, standing, switch
from clonewatch.actions.suspension.desk import Desk
from clonewatch.actions.suspension.items import Order
from clonewatch.actions.suspension.rules import OFF, UNSENT_MS, Mode, Rules
from clonewatch.actions.suspension.stuck import Pile, Task
from clonewatch.actions.suspension.switch import Switch
from clonewatch.cases.life import State
from clonewatch.registrations import Flags
from clonewatch.store.outbox import SUSPENSION
from is41.tcap.dialogues import TimedOut
from stores import DAY, HOUR, MIN, MINUTE, TEN, conflict, desk
from stores import Desk as Stored
from suspensions import LOOSE, box, consequences, decide_due, send

if TYPE_CHECKING:
    from clonewatch.actions.suspension.stuck import Results
    from clonewatch.detector import Conflict


def flagged(flag: Flags) -> Conflict:
    found = conflict()
    return replace(found, second=replace(found.second, flags=flag))


def notes(it: Stored) -> list[str]:
    rows = it.connection.exec_driver_sql("SELECT what || ': ' || note FROM case_events")
    return [row[0] for row in rows]


def test_a_clone_is_asked_for_once() -> None:
    with desk(consequences()) as it:
        it.found(conflict())
        assert box(it) == []
        decide_due(it)
        it.found(conflict(at=TEN + 46 * MINUTE))
        decide_due(it)
        assert box(it) == [("suspend", None, 0)]
        assert it.history() == ["conflict", "suspension asked"]


def test_the_acquittal_sends_nothing() -> None:
    """A 10:00, C 10:45, and then late B 10:20, which touches both."""
    with desk(consequences(replace(LOOSE, settle_ms=45 * MINUTE))) as it:
        it.now_ms = TEN + 45 * MINUTE
        it.found(conflict())
        decide_due(it)
        assert "not suspended: settling: until 2026-11-22T11:30:00.000Z" in notes(it)[-1]
        it.now_ms = TEN + 60 * MINUTE
        it.found(replace(conflict(), superseded=True))
        assert [case.state for case in it.cases()] == [State.CLOSED]
        it.now_ms = TEN + 2 * HOUR
        decide_due(it)
        assert box(it) == []
        assert [change for _, change, _ in it.told()] == ["raised", "cleared"]


def test_an_acquittal_cancels_what_waits_and_undoes_what_was_tried() -> None:
    for tried in (False, True):
        with desk(consequences()) as it:
            it.found(conflict())
            decide_due(it)
            if tried:
                assert send(it, TimedOut())
            it.found(replace(conflict(), superseded=True))
            assert box(it) == [("suspend", "cancelled", tried), ("undo", None, 0)][: 1 + tried]


def test_one_acquitted_conflict_of_several_is_enough_to_cancel() -> None:
    with desk(consequences(replace(LOOSE, conflicts_min=2))) as it:
        it.found(conflict(), conflict(at=TEN + 50 * MINUTE))
        decide_due(it)
        assert box(it) == [("suspend", None, 0)]
        it.found(replace(conflict(), superseded=True))
        assert not send(it)  # first it is decided again
        decide_due(it)
        assert box(it) == [("suspend", "cancelled", 0)]
        assert "not suspended: too few: 1 of 2 conflicts" in notes(it)


def test_flagged_registrations_suspend_nobody() -> None:
    for flag in (Flags.TIME_UNCERTAIN, Flags.CLOCK_SUSPECT, Flags.LATE):
        with desk(consequences()) as it:
            it.found(flagged(flag))
            decide_due(it)
            assert box(it) == []
            assert notes(it)[-1].startswith("not suspended: held")


def test_suspect_pairs_suspend_nobody() -> None:
    with desk(consequences()) as it:
        it.consequences.policy = replace(it.consequences.policy, suspect_msids=3)
        for number in range(3):
            it.found(conflict(MIN + number))
            decide_due(it)
        decide_due(it)
        assert {outcome for _, outcome, _ in box(it)} == {"cancelled"}


def test_a_reason_is_told_when_it_changes() -> None:
    with desk(consequences(replace(LOOSE, mode=Mode.PROPOSE))) as it:
        for minute in range(3):
            it.found(conflict(at=TEN + minute * MINUTE))
            decide_due(it)
        assert it.history() == ["conflict", "suspension proposed"]
        it.consequences.suspension = replace(LOOSE, sends=False)
        it.found(conflict(at=TEN + 9 * MINUTE))
        decide_due(it)
        assert it.history()[2:] == ["would be suspended"]
        assert box(it) == []


def test_ceilings_hold() -> None:
    with desk(consequences(replace(LOOSE, per_hour_max=2, per_day_max=3))) as it:
        it.found(*(conflict(MIN + number) for number in range(4)))
        decide_due(it)
        assert len(box(it)) == 2
        assert it.history(3) == ["conflict", "not suspended"]
        assert send(it)
        assert send(it)
        it.now_ms += HOUR
        it.found(*(conflict(MIN + number, at=TEN + HOUR) for number in range(2, 4)))
        decide_due(it)
        assert len(box(it)) == 3


def test_the_breaker_trips_says_why_and_waits_for_somebody() -> None:
    with desk(consequences(replace(LOOSE, per_hour_max=100, breaker_subscribers=5))) as it:
        it.consequences.policy = replace(it.consequences.policy, suspect_msids=100)
        it.found(*(conflict(MIN + number) for number in range(6)))
        decide_due(it)
        assert box(it) == []
        assert switch.position(it.connection).what is Switch.TRIPPED
        (alarm,) = book.raised(it.connection, about_subscribers=False)
        assert alarm.kind is Kind.SUSPENSION_STOPPED
        assert "6 subscribers came into conflict within an hour" in alarm.text
        assert next(note for note in notes(it) if "breaker" in note).startswith("not suspended")


def test_what_is_not_sent_in_time_expires() -> None:
    for tried in (False, True):
        with desk(consequences()) as it:
            it.found(conflict())
            decide_due(it)
            if tried:
                send(it, TimedOut())
            it.now_ms += UNSENT_MS
            assert not send(it)
            decide_due(it, {2})
            decide_due(it)
            assert box(it) == [("suspend", "expired", tried), ("undo", None, 0)][: 1 + tried]


def test_the_time_of_a_suspension_ends() -> None:
    with desk(consequences(replace(LOOSE, restore_after_ms=HOUR))) as it:
        it.found(conflict())
        decide_due(it)
        assert send(it)
        it.now_ms += HOUR - 1
        decide_due(it)
        assert len(box(it)) == 1
        it.now_ms += 1
        decide_due(it)
        assert send(it)
        assert it.cases()[0].state is State.RESTORED
        it.found(conflict(at=TEN + 50 * MINUTE))  # before the restoration: it counts no more
        decide_due(it)
        assert notes(it)[-1] == "not suspended: too few: 0 of 1 conflicts"
        it.found(conflict(at=it.now_ms + MINUTE))
        it.now_ms += 2 * MINUTE
        decide_due(it)
        assert box(it)[-1] == ("suspend", None, 0)


def test_switched_off_nothing_waits_and_nothing_is_decided() -> None:
    with desk(consequences()) as it:
        it.found(conflict(), conflict(MIN + 1))
        decide_due(it)
        it.found(conflict(MIN + 2))
        it.consequences.suspension = OFF
        Desk(it.consequences).use(it.connection, it.now_ms)
        decide_due(it)
        assert box(it) == [("suspend", "cancelled", 0)] * 2
        assert it.history(3) == ["conflict"]


def used(rules: Rules, *, tried: bool) -> list[tuple[str, str | None, int]]:
    """What is told to the HLR when other rules come while a suspension waits."""
    with desk(consequences()) as it:
        it.found(conflict())
        decide_due(it)
        if tried:
            assert send(it, TimedOut())
            it.now_ms += 1000
        it.consequences.suspension = rules
        assert not send(it)  # at once, even before the desk has heard of them
        Desk(it.consequences).use(it.connection, it.now_ms)
        decide_due(it)
        return box(it)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (OFF, "suspension was switched off"),
        (replace(LOOSE, sends=False), "suspension was switched off"),
        (replace(LOOSE, exempt_until={MIN: TEN + DAY}), "the subscriber is exempt now"),
    ],
)
def test_what_no_rules_allow_any_more_is_cancelled_and_undone(rules: Rules, words: str) -> None:
    assert used(rules, tried=False) == [("suspend", "cancelled", 0)]
    assert used(rules, tried=True) == [("suspend", "cancelled", 1), ("undo", None, 0)]
    with desk(consequences()) as it:
        it.found(conflict())
        decide_due(it)
        it.consequences.suspension = rules
        Desk(it.consequences).use(it.connection, it.now_ms)
        assert notes(it)[-1] == f"suspension cancelled: {words}"


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (replace(LOOSE, mode=Mode.PROPOSE), "suspension proposed: proposed: ESN 82123456"),
        (replace(LOOSE, conflicts_min=2), "not suspended: too few: 1 of 2 conflicts"),
        (replace(LOOSE, confidence_min=1.0), "not suspended: too unsure: confidence"),
        (replace(LOOSE, settle_ms=2 * HOUR), "not suspended: settling: until"),
    ],
)
def test_what_nobody_ordered_is_decided_again_by_other_rules(rules: Rules, words: str) -> None:
    with desk(consequences()) as it:
        it.found(conflict())
        decide_due(it)
        it.consequences.suspension = rules
        Desk(it.consequences).use(it.connection, it.now_ms)
        assert not send(it)
        decide_due(it)
        assert box(it) == [("suspend", "cancelled", 0)]
        assert notes(it)[-1].startswith(words)


def test_what_an_operator_ordered_goes_on_by_other_rules() -> None:
    with desk(consequences()) as it:
        it.found(conflict())
        order = Order(msid=MIN, esn=1, automatic=False)
        items.put(it.connection, SUSPENSION, 1, order, it.now_ms)
        it.consequences.suspension = replace(LOOSE, mode=Mode.PROPOSE, conflicts_min=9)
        Desk(it.consequences).use(it.connection, it.now_ms)
        decide_due(it)
        assert send(it)
        assert box(it) == [("suspend", "delivered", 1)]


def test_who_an_operator_restored_stays_so_whatever_restores_him_besides() -> None:
    with desk(consequences(replace(LOOSE, restore_after_ms=HOUR))) as it:
        it.found(conflict())
        decide_due(it)
        assert send(it)
        standing.put(it.connection, [1], by_hand=True)
        it.now_ms += HOUR
        decide_due(it)
        assert send(it)
        it.found(conflict(at=it.now_ms))
        decide_due(it)
        assert notes(it)[-1].startswith("not suspended: restored by hand")


def refuse(it: Stored, what: str) -> None:
    it.connection.exec_driver_sql(
        f"CREATE TRIGGER stuck BEFORE {what} BEGIN SELECT RAISE(ABORT, 'stuck'); END"
    )


def faults(results: Results) -> dict[tuple[Task, int | None], bool]:
    """Whether it failed, by task and case."""
    return {(due.task, due.case_id): fault is not None for due, fault in results.items()}


def test_one_restoration_that_fails_holds_up_no_other() -> None:
    with desk(consequences(replace(LOOSE, restore_after_ms=HOUR))) as it:
        it.found(conflict(), conflict(MIN + 1))
        decide_due(it)
        assert send(it)
        assert send(it)
        it.now_ms += HOUR
        refuse(it, "INSERT ON outbox WHEN NEW.case_id = 1")
        results = Desk(it.consequences).end_due(it.connection, it.now_ms, ())
        assert faults(results) == {(Task.RESTORE, 1): True, (Task.RESTORE, 2): False}
        assert box(it)[2:] == [("restore", None, 0)]
        assert standing.of(it.connection, 1)["restore_at"] == it.now_ms


def test_one_suspension_that_cannot_be_given_up_holds_up_no_other() -> None:
    with desk(consequences()) as it:
        it.found(conflict(), conflict(MIN + 1))
        decide_due(it)
        it.now_ms += UNSENT_MS
        refuse(it, "UPDATE ON outbox WHEN NEW.case_id = 1")
        results = Desk(it.consequences).end_due(it.connection, it.now_ms, ())
        assert faults(results) == {(Task.EXPIRE, 1): True, (Task.EXPIRE, 2): False}
        assert box(it) == [("suspend", None, 0), ("suspend", "expired", 0)]
        assert not send(it)


def test_one_that_cannot_follow_other_rules_is_held_and_holds_up_no_other() -> None:
    with desk(consequences()) as it:
        it.found(conflict(), conflict(MIN + 1))
        decide_due(it)
        refuse(it, "UPDATE ON outbox WHEN NEW.case_id = 1")
        it.consequences.suspension = replace(
            LOOSE, exempt_until={MIN: TEN + DAY, MIN + 1: TEN + DAY}
        )
        results = Desk(it.consequences).use(it.connection, it.now_ms)
        assert faults(results) == {(Task.FOLLOW, 1): True, (Task.FOLLOW, 2): False}
        assert box(it) == [("suspend", None, 0), ("suspend", "cancelled", 0)]
        pile = Pile()
        pile.take(results, it.now_ms)
        left = pile.left(it.now_ms)
        assert plan.read(it.connection, LOOSE, it.now_ms).ready
        assert not plan.read(it.connection, LOOSE, it.now_ms, left=left).ready


def test_an_alarm_that_cannot_be_raised_keeps_no_answer_from_being_written() -> None:
    with desk(consequences(replace(LOOSE, restore_after_ms=0))) as it:
        it.found(conflict())
        decide_due(it)
        assert send(it)
        decide_due(it)
        refuse(it, "INSERT ON alarms WHEN NEW.kind = 'restoration_failing'")
        for _ in range(3):
            it.now_ms += 1000
            assert send(it, TimedOut())
        assert box(it)[1] == ("restore", None, 3)
        results = Desk(it.consequences).end_due(it.connection, it.now_ms, ())
        assert faults(results) == {(Task.ALARM, None): True}
        it.now_ms += 1000
        assert send(it)
        assert it.cases()[0].state is State.RESTORED
