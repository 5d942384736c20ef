"""Suspensions and restorations in the outbox."""

from __future__ import annotations

import pytest

from clonewatch.actions.suspension import items
from clonewatch.actions.suspension.items import RESTORATION, Order
from clonewatch.actions.suspension.rules import UNSENT_MS
from clonewatch.cases import showing
from clonewatch.cases.case import Book
from clonewatch.store.outbox import SUSPENSION, Outcome
from stores import MIN, conflict, desk
from suspensions import box, consequences

ORDER = Order(msid=MIN, esn=0x82123456, automatic=True)


@pytest.mark.parametrize("kind", [SUSPENSION, RESTORATION])
def test_an_order_reads_as_it_was_written(kind: str) -> None:
    assert Order.of(ORDER.as_payload(kind)) == ORDER


def test_operators_see_them_among_the_actions_of_the_case() -> None:
    with desk(consequences()) as it:
        it.found(conflict())
        items.put(it.connection, SUSPENSION, 1, ORDER, it.now_ms)
        items.tried(it.connection, 2)
        shown = showing.shown(it.connection, 1)
        assert shown is not None
        assert (shown["actions"][0]["what"], shown["actions"][0]["to"]) == ("suspend", "the HLR")
        assert shown["actions"][0]["reason"] == "sent; no answer yet"


def test_only_suspensions_expire() -> None:
    with desk(consequences()) as it:
        it.found(conflict())
        for kind in (SUSPENSION, RESTORATION):
            items.put(it.connection, kind, 1, ORDER, it.now_ms)
        assert items.expired(it.connection, it.now_ms + UNSENT_MS - 1) == []
        (item,) = items.expired(it.connection, it.now_ms + UNSENT_MS)
        assert item.kind == SUSPENSION


def test_of_each_case_the_oldest_goes_first() -> None:
    with desk(consequences()) as it:
        it.found(conflict(), conflict(MIN + 1))
        for case_id, kind in ((1, SUSPENSION), (2, SUSPENSION), (1, RESTORATION)):
            items.put(it.connection, kind, case_id, ORDER, it.now_ms)
        oldest = items.oldest(it.connection, 9)
        assert [(item.case_id, item.kind) for item in oldest] == [(1, SUSPENSION), (2, SUSPENSION)]
        assert items.find(it.connection, 99) is None


def test_an_outcome_stays() -> None:
    with desk(consequences()) as it:
        it.found(conflict())
        items.put(it.connection, SUSPENSION, 1, ORDER, it.now_ms)
        (item,) = items.pending(it.connection, [1], SUSPENSION)
        items.end(it.connection, item, Outcome.REFUSED, it.now_ms, "no")
        items.end(it.connection, item, Outcome.DELIVERED, it.now_ms, "")
        assert box(it) == [("suspend", "refused", 0)]


def test_what_operators_ordered_is_not_withdrawn_by_a_decision() -> None:
    with desk(consequences()) as it:
        it.found(conflict())
        for automatic in (True, False):
            order = Order(msid=MIN, esn=1, automatic=automatic)
            items.put(it.connection, SUSPENSION, 1, order, it.now_ms)
        book = Book(it.connection, it.now_ms)
        assert items.withdraw(book, it.cases(), "why", who="x", automatic=True) == 1
        assert items.withdraw(book, it.cases(), "why", who="x") == 1
        items.tell(book, 99, "nothing", "of no case", who="x")
        items.tell(book, None, "nothing", "of no case", who="x")
        book.write()
        assert it.history()[-2:] == ["suspension cancelled"] * 2
