"""Decisions written down: what is due is decided, asked for, restored, or given up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from clonewatch.actions.alarms.book import Report
from clonewatch.actions.alarms.kinds import Kind
from clonewatch.cases.case import PROGRAM, Book, by_id
from clonewatch.cases.life import State
from clonewatch.evidence.findings import Severity
from clonewatch.store.outbox import SUSPENSION, Outcome

from . import items, overdue, standing, switch
from .deciding import Reason, decide
from .facts import Around, facts_of
from .items import RESTORATION, Order
from .rules import Mode
from .switch import Position, Switch

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

    from clonewatch.actions.consequences import Consequences
    from clonewatch.cases.case import Case

    from .deciding import Facts, Verdict

AT_ONCE_MAX: Final = 200  # ours: cases that one transaction decides
ALARM_KEY: Final = "suspension"
_TOLD_AS: Final = {Reason.PROPOSED: "suspension proposed", Reason.TEST: "would be suspended"}
NOT_SUSPENDED: Final = "not suspended"


class Desk:
    """Decides by the rules of *consequences*, within transactions of the store."""

    def __init__(self, consequences: Consequences) -> None:
        self._consequences = consequences

    def do_due(self, connection: Connection, now_ms: int, flying: Collection[int]) -> None:
        """Decide, restore and give up what is due; *flying*: items that are on their way."""
        book = Book(connection, now_ms)
        reports = self._decide_due(book)
        self._restore_due(book)
        for item in items.expired(connection, now_ms):
            if item.id not in flying:
                why = item.reason or "could not be sent in time"
                items.give_up(book, item, Outcome.EXPIRED, why, who=PROGRAM)
        if overdue.is_due(connection, now_ms):
            reports += overdue.reports(connection, now_ms)
        self._consequences.settle(book, reports)

    def use(self, connection: Connection, now_ms: int) -> None:
        """Act by other rules: what waits and nobody may suspend any more is cancelled.

        What was not ordered is decided again, before it goes on.
        """
        rules, book = self._consequences.suspension, Book(connection, now_ms)
        is_off = rules.mode is Mode.OFF or not rules.sends
        again = []
        for item in items.all_pending(connection, SUSPENSION):
            order = Order.of(item.payload)
            if is_off or rules.is_exempt(order.msid, now_ms):
                why = "suspension was switched off" if is_off else "the subscriber is exempt now"
                items.give_up(book, item, Outcome.CANCELLED, why, who=PROGRAM)
            elif order.automatic and item.case_id is not None:
                again.append(item.case_id)
        standing.put(connection, again, look_at=now_ms)
        self._consequences.settle(book)

    def _decide_due(self, book: Book) -> list[Report]:
        due = standing.due(book.connection, book.now_ms, AT_ONCE_MAX)
        if not due:
            return []
        reports = []
        rules = self._consequences.suspension
        around = Around.read(book.connection, rules, book.now_ms)
        for case in by_id(book.connection, due).values():
            if rules.mode is Mode.OFF:
                standing.put(book.connection, [case.id], look_at=None)
                continue
            facts = facts_of(case, book.connection, rules, around, book.now_ms)
            verdict = decide(facts, rules)
            if verdict.reason is Reason.BREAKER:
                around = around.at(_trip(book, verdict.words))
                reports.append(stopped(verdict.words))
            if self._write(book, case, facts, verdict):
                around = around.with_one_more(book.now_ms)
        return reports

    def _write(self, book: Book, case: Case, facts: Facts, verdict: Verdict) -> bool:
        """Write a decision down; whether a suspension was asked for."""
        before = standing.of(book.connection, case.id)["verdict"]
        reason = str(verdict.reason)
        standing.put(book.connection, [case.id], verdict=reason, look_at=verdict.look_at)
        if verdict.reason is Reason.SUSPEND:
            if facts.is_asked:
                return False
            assert verdict.esn is not None
            order = Order(msid=case.msid, esn=verdict.esn, automatic=True)
            items.put(book.connection, SUSPENSION, case.id, order, book.now_ms)
            book.tell(case, "suspension asked", note=f"ESN {verdict.esn:08X}: {verdict.words}")
            return True
        if facts.is_asked:
            items.withdraw(book, [case], verdict.words, who=PROGRAM, automatic=True)
        if verdict.reason is not Reason.NOT_OPEN and reason != before:
            esn = "" if verdict.esn is None else f"ESN {verdict.esn:08X}: "
            what = _TOLD_AS.get(verdict.reason, NOT_SUSPENDED)
            book.tell(case, what, note=f"{verdict.reason}: {esn}{verdict.words}")
        return False

    def _restore_due(self, book: Book) -> None:
        """Put back who was out of service for long enough."""
        due = standing.to_restore(book.connection, book.now_ms, AT_ONCE_MAX)
        standing.put(book.connection, due, restore_at=None)
        for case in by_id(book.connection, due).values():
            if case.state is State.SUSPENDED:
                restore(book, case, who=PROGRAM, note="its time is over", automatic=True)


def restore(book: Book, case: Case, *, who: str, note: str, automatic: bool) -> None:
    """Ask to put a suspended case's phone back; what is on its way already is tried at once."""
    if waiting := items.pending(book.connection, [case.id], RESTORATION):
        for item in waiting:
            items.rest(book.connection, item.id, book.now_ms, item.reason or "")
        note = "; ".join([*([note] if note else []), "it is on its way already"])
    else:
        esn = standing.of(book.connection, case.id)["esn"]
        order = Order(msid=case.msid, esn=esn, automatic=automatic)
        items.put(book.connection, RESTORATION, case.id, order, book.now_ms)
    book.tell(case, "restoration asked", who=who, note=note)


def stopped(words: str | None) -> Report:
    """The alarm that suspension by itself has stopped; None: it goes on."""
    return Report(
        key=ALARM_KEY,
        kind=Kind.SUSPENSION_STOPPED,
        object="suspension",
        severity=None if words is None else Severity.MAJOR,
        text=f"{words}; it goes on with `suspension resume`" if words else "it goes on",
    )


def _trip(book: Book, words: str) -> Position:
    position = Position(what=Switch.TRIPPED, at=book.now_ms, who=PROGRAM, note=words)
    switch.turn(book.connection, position)
    return position
