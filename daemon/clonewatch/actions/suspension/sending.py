"""What is written down around each try: before it is sent, and when it is known what became of it.

A try is written down before it leaves. So after a kill at any moment the store knows of every
directive that may have arrived.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clonewatch.cases.case import PROGRAM, Book, by_id
from clonewatch.cases.life import TRANSITIONS, Input, State
from clonewatch.store.outbox import SUSPENSION, Outcome

from . import items, outcomes, standing, switch
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


def may_go(item: Item, rules: Rules, position: Position, now_ms: int) -> bool:
    """Whether an item may be sent now. Restorations always may."""
    if item.due_at > now_ms:
        return False
    if item.kind != SUSPENSION:
        return True
    assert item.expires_at is not None
    automatic = Order.of(item.payload).automatic
    return (
        rules.sends
        and rules.mode is not Mode.OFF
        and now_ms < item.expires_at
        and not position.holds(automatic=automatic)
    )


class Sending:
    """The transactions of a try, by the rules of *consequences*."""

    def __init__(self, consequences: Consequences) -> None:
        self._consequences = consequences

    def begin(self, connection: Connection, item_id: int, now_ms: int) -> Item | None:
        """Write down that an item is about to be sent; None if it is not to be, any more."""
        found = items.find(connection, item_id)
        if found is None or found[1] is not None:
            return None
        item = found[0]
        if not may_go(item, self._consequences.suspension, switch.position(connection), now_ms):
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
        found = items.find(connection, item_id)
        if found is None:
            return
        item, outcome = found
        book = Book(connection, now_ms)
        match outcomes.step(item.kind, answer):
            case Step.DONE:
                self._done(book, item)
            case Step.REFUSED:
                _refused(book, item, outcomes.words(answer), is_over=outcome is not None)
            case Step.AGAIN if outcome is None:
                items.rest(connection, item_id, now_ms + wait_ms, outcomes.words(answer))
        self._consequences.settle(book)

    def _done(self, book: Book, item: Item) -> None:
        items.end(book.connection, item, Outcome.DELIVERED, book.now_ms, "")
        case = by_id(book.connection, [item.case_id or 0]).get(item.case_id or 0)
        if case is None:
            return  # gone, as retention said
        if item.kind == SUSPENSION:
            self._suspended(book, case, Order.of(item.payload))
        else:
            _restored(book, case, Order.of(item.payload))

    def _suspended(self, book: Book, case: Case, order: Order) -> None:
        after_ms = self._consequences.suspension.restore_after_ms
        standing.put(
            book.connection,
            [case.id],
            suspended_at=book.now_ms,
            esn=order.esn,
            look_at=None,
            restore_at=None if after_ms is None else book.now_ms + after_ms,
        )
        note = f"by the HLR, with ESN {order.esn:08X}"
        if (case.state, Input.SUSPENDED) in TRANSITIONS:
            book.move(case, Input.SUSPENDED, note=note)
        else:
            book.tell(case, "suspended again", note=note)


def _restored(book: Book, case: Case, order: Order) -> None:
    note = f"by the HLR, with ESN {order.esn:08X}"
    if case.state is not State.SUSPENDED:
        book.tell(case, "suspension undone", note=note)
        return
    by_hand = not (order.automatic or order.undoes)
    standing.put(
        book.connection, [case.id], restored_at=book.now_ms, restore_at=None, by_hand=by_hand
    )
    book.move(case, Input.RESTORED, note=note)


def _refused(book: Book, item: Item, words: str, *, is_over: bool) -> None:
    items.end(book.connection, item, Outcome.REFUSED, book.now_ms, words)
    items.tell(book, item.case_id, f"{item.kind} refused", words, who=PROGRAM)
    if item.kind == SUSPENSION and item.attempts > 1 and not is_over:
        items.undo(book.connection, item, book.now_ms)  # an earlier try may have arrived
