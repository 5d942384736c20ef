"""The alarm about restorations that do not succeed."""

from __future__ import annotations

from dataclasses import replace

from clonewatch.actions.alarms import book
from clonewatch.actions.suspension import items, overdue
from clonewatch.actions.suspension.items import RESTORATION, Order
from clonewatch.actions.suspension.overdue import TRIES, WAIT_MS
from clonewatch.evidence.findings import Severity
from is41.map.operations import ErrorCode, error_code
from is41.tcap.dialogues import Failed, TimedOut
from stores import MIN, conflict, desk
from stores import Desk as Stored
from suspensions import consequences, decide_due, send

NO = Failed(error_code(ErrorCode.UNRECOGNIZED_MIN), None)
ORDER = Order(msid=MIN, esn=0x82123456, automatic=False)


def alarms(it: Stored) -> list[str]:
    """What is raised about ourselves."""
    return [each.text for each in book.raised(it.connection, about_subscribers=False)]


def told(it: Stored) -> list[tuple[str, str]]:
    """Each change of the alarm that leaves the machine."""
    return [(str(n.change), n.severity_text) for n in it.notices() if n.key == overdue.ALARM_KEY]


def test_an_alarm_is_raised_after_so_many_tries_and_cleared_by_a_yes() -> None:
    with desk(consequences()) as it:
        it.found(conflict())
        items.put(it.connection, RESTORATION, 1, ORDER, it.now_ms)
        for _ in range(TRIES):
            assert alarms(it) == []
            assert send(it, NO)
            it.now_ms += 1000
        assert alarms(it) == [
            (
                "case 1: 6145551234 is not put back at the HLR after 3 tries: return error: "
                "unrecognized min"
            )
        ]
        for _ in range(5):
            send(it, TimedOut())
            it.now_ms += 1000
        assert send(it)
        assert alarms(it) == []
        assert told(it) == [("raised", str(Severity.CRITICAL)), ("cleared", "cleared")]


def test_one_that_is_never_sent_alarms_after_a_while() -> None:
    with desk(consequences()) as it:
        items.put(it.connection, RESTORATION, 1, ORDER, it.now_ms)
        items.explain(it.connection, {1: "the HLR cannot be reached"})
        assert overdue.next_at(it.connection, it.now_ms) == it.now_ms + WAIT_MS
        it.now_ms += WAIT_MS - 1
        decide_due(it)
        assert not overdue.is_due(it.connection, it.now_ms)
        it.now_ms += 1
        assert overdue.is_due(it.connection, it.now_ms)
        assert overdue.next_at(it.connection, it.now_ms) is None
        decide_due(it)
        (text,) = alarms(it)
        assert text.endswith("after 0 tries: the HLR cannot be reached")


def test_several_are_one_alarm() -> None:
    with desk(consequences()) as it:
        for at in range(3):
            order = replace(ORDER, msid=MIN + at)
            items.put(it.connection, RESTORATION, at + 1, order, it.now_ms)
        it.now_ms += WAIT_MS
        decide_due(it)
        (text,) = alarms(it)
        assert text.endswith("; and 2 more subscribers")
        assert told(it) == [("raised", str(Severity.CRITICAL))]
        for left in (2, 1, 0):
            assert send(it)
            assert len(alarms(it)) == (left > 0)


def test_a_try_that_is_on_its_way_is_no_failure() -> None:
    with desk(consequences()) as it:
        items.put(it.connection, RESTORATION, 1, ORDER, it.now_ms)
        for _ in range(TRIES):
            items.tried(it.connection, 1)
        assert not overdue.is_due(it.connection, it.now_ms)


def test_nothing_is_said_of_what_goes_well() -> None:
    with desk(consequences()) as it:
        assert overdue.reports(it.connection, it.now_ms) == []
        assert not overdue.is_due(it.connection, it.now_ms)
