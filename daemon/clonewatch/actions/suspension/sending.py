"""What is written down around each try: before it is sent, and when it is known what became of it.

A try is written down before it leaves. So after a kill at any moment the store knows of every
directive that may have arrived.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from clonewatch.cases.case import PROGRAM, Book, by_id
from clonewatch.cases.life import TRANSITIONS, Input, State
from clonewatch.store.apart import done_apart
from clonewatch.store.outbox import SUSPENSION, Outcome

from . import items, outcomes, overdue, standing, switch
from .items import Order
from .outcomes import Step
from .rules import Mode

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from clonewatch.actions.consequences import Consequences
    from clonewatch.cases.case import Case
    from clonewatch.store.outbox import Item
    from is41.tcap.dialogues import Outcome as Answer

    from .rules import Rules
    from .switch import Position


def why_held(item: Item, rules: Rules, position: Position, now_ms: int) -> str | None:
    """Why an item may not be sent, though it may be due; None if it may.

    Restorations always may.
    """
    if item.kind != SUSPENSION:
        return None
    assert item.expires_at is not None
    order = Order.of(item.payload)
    held = {
        "suspension is off": rules.mode is Mode.OFF,
        "the mode is test": not rules.sends,
        "an operator has to say yes": order.automatic and rules.mode is not Mode.AUTO,
        "the subscriber is exempt": rules.is_exempt(order.msid, now_ms),
        f"suspension is {position}": position.holds(automatic=order.automatic),
        "its time is over": item.expires_at <= now_ms,
    }
    return next((why for why, holds in held.items() if holds), None)


class Sending:
    """The transactions of a try, by the rules of *consequences*."""

    def __init__(self, consequences: Consequences) -> None:
        self._consequences = consequences

    def begin(self, connection: Connection, item_id: int, now_ms: int) -> Item | None:
        """Write down that an item is about to be sent; None if it is not to be, any more."""
        found = items.find(connection, item_id)
        if found is None or found[1] is not None:
            return None
        item, rules = found[0], self._consequences.suspension
        if item.due_at > now_ms or why_held(item, rules, switch.position(connection), now_ms):
            return None
        if item.kind == SUSPENSION and Order.of(item.payload).automatic:
            assert item.case_id is not None
            look_at = standing.of(connection, item.case_id)["look_at"]
            if look_at is not None and look_at <= now_ms:
                return None  # its case has changed: first it is decided again
        items.tried(connection, item_id)
        return item

    def put_off(self, connection: Connection, item_id: int, due_at: int, reason: str) -> None:
        """Write down that an item could not leave, and until when it waits."""
        items.rest(connection, item_id, due_at, reason)

    def ended(
        self, connection: Connection, item_id: int, answer: Answer, now_ms: int, wait_ms: int
    ) -> None:
        """Write down what the HLR said, or that it said nothing; *wait_ms*: until the next try."""
        words = outcomes.words(answer)
        found = items.find(connection, item_id)
        if found is None:
            return
        item, outcome = found
        book = Book(connection, now_ms)
        match outcomes.step(item.kind, answer):
            case Step.DONE:
                self._done(book, item, is_over=outcome is not None)
            case Step.REFUSED:
                _refused(book, item, words, is_over=outcome is not None)
            case (Step.AGAIN | Step.LATER) as again if outcome is None:
                items.rest(connection, item_id, now_ms + wait_ms, words)
                if again is Step.LATER and item.attempts.bit_count() == 1:  # 1, 2, 4, ...: bounded
                    tries = f"try {item.attempts}: {words}; it is tried again"
                    items.tell(book, item.case_id, f"{item.kind} refused", tries, who=PROGRAM)
        self._consequences.settle(book)
        # Alone: what is at fault with the alarm must not keep an answer from being written.
        done_apart(connection, partial(overdue.settle, self._consequences, connection, now_ms))

    def answered_late(
        self, connection: Connection, item_id: int, answer: Answer, now_ms: int
    ) -> None:
        """Write down what the HLR said of a try that was given up.

        What it took after all and is not as we believe it to be is undone, whatever it was: so
        that nobody stays out of service whom we believe in service, nor is in service whom we
        believe out of it.
        """
        found = items.find(connection, item_id)
        if found is None or outcomes.step(found[0].kind, answer) is not Step.DONE:
            return
        item, outcome = found
        order = Order.of(item.payload)
        believed = bool(standing.suspended_with(connection, order.msid, order.esn))
        # While its next try is to come, or a restoration, that says how it is.
        if (
            outcome is None
            or believed is (item.kind == SUSPENSION)
            or items.is_to_be_restored(connection, order)
        ):
            return
        book = Book(connection, now_ms)
        _take_back(book, item, "by an answer to an earlier try")
        self._consequences.settle(book)

    def _done(self, book: Book, item: Item, *, is_over: bool) -> None:
        items.end(book.connection, item, Outcome.DELIVERED, book.now_ms, "")
        order = Order.of(item.payload)
        ids = {item.case_id or 0}
        if item.kind != SUSPENSION:  # whichever case he was suspended with
            ids |= standing.suspended_with(book.connection, order.msid, order.esn)
        for case in by_id(book.connection, ids).values():  # one may be gone, as retention said
            words = f"by the HLR, with ESN {order.esn:08X}"
            if item.kind != SUSPENSION:
                back_in_service(book, case, words)
            elif is_over or not _may_be_suspended(case):
                _take_back(book, item, f"{words}, when nobody wanted it any more")
            else:
                self._suspended(book, case, order, words)

    def _suspended(self, book: Book, case: Case, order: Order, note: str) -> None:
        after_ms = self._consequences.suspension.restore_after_ms
        standing.put(
            book.connection,
            [case.id],
            suspended_at=book.now_ms,
            esn=order.esn,
            look_at=None,
            restore_at=None if after_ms is None else book.now_ms + after_ms,
        )
        if case.state is State.SUSPENDED:
            book.tell(case, "suspended again", note=note)
        else:
            book.move(case, Input.SUSPENDED, note=note)


def back_in_service(book: Book, case: Case, note: str, *, who: str = PROGRAM) -> None:
    """Write down that a subscriber is in service, whether or not we believed him suspended."""
    if case.state is State.SUSPENDED:
        standing.put(book.connection, [case.id], restored_at=book.now_ms, restore_at=None)
        book.move(case, Input.RESTORED, who=who, note=note)
    else:
        book.tell(case, "suspension undone", who=who, note=note)


def _may_be_suspended(case: Case) -> bool:
    """Whether a case is one whose subscriber the HLR may take out of service, or has."""
    return case.state is State.SUSPENDED or (case.state, Input.SUSPENDED) in TRANSITIONS


def _take_back(book: Book, item: Item, how: str) -> None:
    """Write down that the HLR did what was given up, and undo it, unless that is on its way.

    The case stays what people, or an acquittal, made of it.
    """
    if not items.is_to_be_restored(book.connection, Order.of(item.payload)):
        items.undo(book.connection, item, book.now_ms)
    items.tell(book, item.case_id, f"{item.kind} came late", f"{how}; it is undone", who=PROGRAM)


def _refused(book: Book, item: Item, words: str, *, is_over: bool) -> None:
    items.end(book.connection, item, Outcome.REFUSED, book.now_ms, words)
    items.tell(book, item.case_id, f"{item.kind} refused", words, who=PROGRAM)
    if item.kind == SUSPENSION and item.attempts > 1 and not is_over:
        items.undo(book.connection, item, book.now_ms)  # an earlier try may have arrived
