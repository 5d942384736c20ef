"""What operators may say of suspension; each order is one transaction, with who gave it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from clonewatch.actions.orders import OrderError, case_of
from clonewatch.cases import showing
from clonewatch.cases.case import Book, by_id
from clonewatch.cases.life import State
from clonewatch.registrations import time_text
from clonewatch.store.outbox import SUSPENSION, Outcome

from . import desk, items, sending, standing, switch
from .deciding import whose
from .facts import conflicts_of
from .items import RESTORATION, Order
from .rules import Mode
from .switch import Position, Switch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from sqlalchemy import Connection

    from clonewatch.actions.alarms.book import Report
    from clonewatch.actions.consequences import Consequences
    from clonewatch.cases.case import Case
    from clonewatch.store.store import Store


T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionOrders:
    """Orders to *store*. A future may raise OrderError, and what the database raises."""

    store: Store
    consequences: Consequences

    def suspend(
        self, case_id: int, *, who: str, note: str, esn: int | None = None
    ) -> Future[dict[str, Any]]:
        """Say yes: ask the HLR now. Ceilings, breaker and settling are for what nobody ordered."""

        def work(book: Book) -> dict[str, Any]:
            case = case_of(book.connection, case_id)
            self._check(book, case)
            told = self._whose(book.connection, case) if esn is None else esn
            words = f"ESN {told:08X}" + (f": {note}" if note else "")
            if self.consequences.suspension.sends:
                order = Order(msid=case.msid, esn=told, automatic=False)
                items.put(book.connection, SUSPENSION, case.id, order, book.now_ms)
                book.tell(case, "suspension ordered", who=who, note=words)
            else:
                book.tell(case, "would be suspended", who=who, note=f"mode is test; {words}")
            return showing.summary(case)

        return self._do(work)

    def restore(self, case_id: int, *, who: str, note: str) -> Future[dict[str, Any]]:
        """Put a subscriber back, or cancel what is to take him out."""

        def work(book: Book) -> dict[str, Any]:
            case = case_of(book.connection, case_id)
            if not self._restore(book, case, who, note):
                raise OrderError(
                    f"case {case.id} is {case.state}, and no suspension of it is on its way"
                )
            return showing.summary(case)

        return self._do(work)

    def restored(self, case_id: int, *, who: str, note: str) -> Future[dict[str, Any]]:
        """Believe an operator that a subscriber is back in service: the HLR is asked no more."""

        def work(book: Book) -> dict[str, Any]:
            case = case_of(book.connection, case_id)
            waiting = items.pending(book.connection, [case.id], RESTORATION)
            if case.state is not State.SUSPENDED and not waiting:
                raise OrderError(
                    f"case {case.id} is {case.state}, and no restoration of it is on its way"
                )
            for item in waiting:
                why = "an operator says that it was done otherwise"
                items.end(book.connection, item, Outcome.CANCELLED, book.now_ms, why)
            words = "without us" + (f": {note}" if note else "")
            sending.back_in_service(book, case, words, who=who)
            standing.put(book.connection, [case.id], by_hand=True)
            return showing.summary(case)

        return self._do(work)

    def restore_since(self, since_ms: int, *, who: str, note: str) -> Future[list[dict[str, Any]]]:
        """Undo all suspensions since then, and cancel all that are on their way."""

        def work(book: Book) -> list[dict[str, Any]]:
            waiting = items.all_pending(book.connection, SUSPENSION)
            ids = {item.case_id for item in waiting if item.made_at >= since_ms and item.case_id}
            ids |= set(standing.suspended_since(book.connection, since_ms))
            words = f"all since {time_text(since_ms)}" + (f": {note}" if note else "")
            cases = by_id(book.connection, ids).values()
            return [
                showing.summary(case) for case in cases if self._restore(book, case, who, words)
            ]

        return self._do(work)

    def pause(self, *, who: str, note: str) -> Future[dict[str, Any]]:
        """Suspend nobody any more, from this moment on and through restarts."""
        return self._turn(Switch.PAUSED, who, note)

    def resume(self, *, who: str, note: str) -> Future[dict[str, Any]]:
        """Go on. What was not suspended meanwhile is decided when its case changes."""
        return self._turn(Switch.ON, who, note)

    def _restore(self, book: Book, case: Case, who: str, note: str) -> bool:
        is_out = case.state is State.SUSPENDED or bool(
            items.pending(book.connection, [case.id], RESTORATION)
        )
        withdrawn = items.withdraw(book, [case], note or "restored by an operator", who=who)
        if is_out:
            desk.restore(book, case, who=who, note=note, automatic=False)
        if withdrawn or is_out:
            standing.put(book.connection, [case.id], by_hand=True)
        return bool(withdrawn) or is_out

    def _check(self, book: Book, case: Case) -> None:
        """Raise OrderError where not even an operator may."""
        rules, position = self.consequences.suspension, switch.position(book.connection)
        if rules.mode is Mode.OFF:
            raise OrderError('suspension is off: set mode = "propose" or "auto" in [suspension]')
        if case.state not in {State.OPEN, State.CONFIRMED}:
            raise OrderError(f"case {case.id} is {case.state}: confirm it first")
        if rules.is_exempt(case.msid, book.now_ms):
            until = time_text(rules.exempt_until[case.msid])
            raise OrderError(f"the subscriber is exempt until {until}: see [[suspension.exempt]]")
        if position.what is Switch.PAUSED:
            raise OrderError(f"suspension is {position}: `suspension resume` first")
        if items.pending(book.connection, [case.id], SUSPENSION):
            raise OrderError(f"a suspension of case {case.id} is on its way")

    def _whose(self, connection: Connection, case: Case) -> int:
        esn = whose(conflicts_of(connection, case.id), self.consequences.suspension)
        if esn is None:
            known = ", ".join(case.seen["esns"]) or "none"
            raise OrderError(f"which phone? Say with --esn; seen were: {known}")
        return esn

    def _turn(self, to: Switch, who: str, note: str) -> Future[dict[str, Any]]:
        def work(book: Book) -> dict[str, Any]:
            position = Position(what=to, at=book.now_ms, who=who, note=note)
            switch.turn(book.connection, position)
            return shown(position)

        return self._do(work, [desk.stopped(None)] if to is Switch.ON else [])

    def _do(self, work: Callable[[Book], T], reports: Sequence[Report] = ()) -> Future[T]:
        def transaction(connection: Connection) -> T:
            book = Book(connection, self.store.now_ms())
            result = work(book)
            self.consequences.settle(book, reports)
            return result

        return self.store.do(transaction)


def shown(position: Position) -> dict[str, Any]:
    """The switch for operators."""
    return {
        "switch": str(position.what),
        "since": time_text(position.at) if position.who else None,
        "who": position.who,
        "note": position.note,
    }
