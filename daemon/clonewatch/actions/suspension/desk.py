"""Decisions written down: what is due is decided, asked for, restored, or given up."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from clonewatch.actions.alarms.book import Report
from clonewatch.actions.alarms.kinds import Kind
from clonewatch.cases.case import PROGRAM, Book, case_by_id
from clonewatch.cases.life import State
from clonewatch.evidence.findings import Severity
from clonewatch.store.apart import Fault, done_apart
from clonewatch.store.outbox import SUSPENSION, Outcome

from . import items, overdue, standing, switch
from .deciding import Reason, decide
from .facts import Around, facts_of
from .items import RESTORATION, Order
from .rules import Mode
from .stuck import NOTHING_LEFT, Due, Task
from .switch import Position, Switch

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import Connection

    from clonewatch.actions.consequences import Consequences
    from clonewatch.cases.case import Case
    from clonewatch.store.outbox import Item

    from .deciding import Facts, Verdict
    from .stuck import Left, Results, Stuck

AT_ONCE_MAX: Final = 200  # ours: cases that one transaction decides
ALARM_KEY: Final = "suspension"
_TOLD_AS: Final = {Reason.PROPOSED: "suspension proposed", Reason.TEST: "would be suspended"}
NOT_SUSPENDED: Final = "not suspended"


class Desk:
    """Decides by the rules of *consequences*, within transactions of the store.

    Each case, and each item of the outbox, is done by itself: what fails by a fault of ours is told
    in the results, and nothing of it is done. What is *left* is not tried.
    """

    def __init__(self, consequences: Consequences) -> None:
        self._consequences = consequences

    def end_due(
        self,
        connection: Connection,
        now_ms: int,
        flying: Collection[int],
        left: Left = NOTHING_LEFT,
    ) -> Results:
        """Restore and give up what is due; *flying*: items that are on their way."""
        results: Results = {}
        over = standing.to_restore(connection, now_ms, AT_ONCE_MAX, left[Task.RESTORE])
        for case_id, at in over.items():
            due = Due(task=Task.RESTORE, id=case_id, case_id=case_id, at=at)
            work = partial(self._restore, connection, now_ms, case_id)
            results[due] = done_apart(connection, work)
        for item in items.expired(connection, now_ms):
            if item.id not in flying and item.id not in left[Task.EXPIRE]:
                due = Due(task=Task.EXPIRE, id=item.id, case_id=item.case_id, at=now_ms)
                work = partial(self._expire, connection, now_ms, item)
                results[due] = done_apart(connection, work)
        if not left[Task.ALARM] and overdue.is_due(connection, now_ms):
            work = partial(overdue.settle, self._consequences, connection, now_ms)
            results[Due(task=Task.ALARM, id=0)] = done_apart(connection, work)
        return results

    def decide_due(self, connection: Connection, now_ms: int, left: Left = NOTHING_LEFT) -> Results:
        """Decide what is due."""
        due = standing.due(connection, now_ms, AT_ONCE_MAX, left[Task.DECIDE])
        if not due:
            return {}
        results: Results = {}
        around = Around.read(connection, self._consequences.suspension, now_ms)
        for case_id, at in sorted(due.items()):
            work = partial(self._decide, connection, now_ms, case_id, around)
            decided, fault = done_apart(connection, work), None
            if isinstance(decided, Fault):
                fault = decided
            else:
                around = decided
            results[Due(task=Task.DECIDE, id=case_id, case_id=case_id, at=at)] = fault
        return results

    def set_aside(self, connection: Connection, now_ms: int, stuck: Iterable[Stuck]) -> None:
        """Tell the audit trails of cases why they are left; who cannot be judged is not suspended.

        Whatever is at fault may keep that from being written, too.
        """
        for each in stuck:
            done_apart(connection, partial(self._set_aside, connection, now_ms, each))

    def use(self, connection: Connection, now_ms: int) -> Results:
        """Act by other rules: what waits and nobody may suspend any more is cancelled.

        What was not ordered is decided again, before it goes on.
        """
        results: Results = {}
        for item in items.all_pending(connection, SUSPENSION):
            due = Due(task=Task.FOLLOW, id=item.id, case_id=item.case_id, at=now_ms)
            results[due] = done_apart(connection, partial(self._follow, connection, now_ms, item))
        return results

    def _restore(self, connection: Connection, now_ms: int, case_id: int) -> None:
        """Put back who was out of service for long enough."""
        book = Book(connection, now_ms)
        standing.put(connection, [case_id], restore_at=None)
        case = case_by_id(connection, case_id)
        if case is not None and case.state is State.SUSPENDED:
            restore(book, case, who=PROGRAM, note="its time is over", automatic=True)
        self._consequences.settle(book)

    def _expire(self, connection: Connection, now_ms: int, item: Item) -> None:
        book = Book(connection, now_ms)
        why = item.reason or "could not be sent in time"
        items.give_up(book, item, Outcome.EXPIRED, why, who=PROGRAM)
        self._consequences.settle(book)

    def _decide(self, connection: Connection, now_ms: int, case_id: int, around: Around) -> Around:
        """Decide a case; what is around the next one."""
        rules, book = self._consequences.suspension, Book(connection, now_ms)
        case = case_by_id(connection, case_id)
        if case is None:
            return around
        if rules.mode is Mode.OFF:
            standing.put(connection, [case_id], look_at=None)
            return around
        facts = facts_of(case, connection, rules, around, now_ms)
        verdict = decide(facts, rules)
        reports = []
        if verdict.reason is Reason.BREAKER:
            around = around.at(_trip(book, verdict.words))
            reports.append(stopped(verdict.words))
        if self._write(book, case, facts, verdict):
            around = around.with_one_more(now_ms)
        self._consequences.settle(book, reports)
        return around

    def _follow(self, connection: Connection, now_ms: int, item: Item) -> None:
        """Bring what waits under the rules as they are now."""
        rules, book = self._consequences.suspension, Book(connection, now_ms)
        is_off = rules.mode is Mode.OFF or not rules.sends
        order = Order.of(item.payload)
        if is_off or rules.is_exempt(order.msid, now_ms):
            why = "suspension was switched off" if is_off else "the subscriber is exempt now"
            items.give_up(book, item, Outcome.CANCELLED, why, who=PROGRAM)
            self._consequences.settle(book)
        elif order.automatic and item.case_id is not None:
            standing.put(connection, [item.case_id], look_at=now_ms)

    def _set_aside(self, connection: Connection, now_ms: int, stuck: Stuck) -> None:
        book, due = Book(connection, now_ms), stuck.due
        case = None if due.case_id is None else case_by_id(connection, due.case_id)
        if case is None:
            return
        if due.task is Task.DECIDE:
            items.withdraw(book, [case], str(stuck), who=PROGRAM, automatic=True)
        book.tell(case, "set aside", note=str(stuck))
        self._consequences.settle(book)

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
