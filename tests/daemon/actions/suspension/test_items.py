"""Suspensions and restorations in the outbox."""

from __future__ import annotations

from dataclasses import replace

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


def test_of_each_subscriber_the_oldest_goes_first_whichever_case_it_is_of() -> None:
    with desk(consequences()) as it:
        it.found(conflict(), conflict(MIN + 1))
        for msid, kind in ((MIN, RESTORATION), (MIN + 1, SUSPENSION), (MIN, SUSPENSION)):
            order = replace(ORDER, msid=msid)
            items.put(it.connection, kind, msid - MIN + 1, order, it.now_ms)
        items.put(it.connection, SUSPENSION, 3, ORDER, it.now_ms)
        oldest = items.oldest(it.connection, 9)
        assert [(item.case_id, item.kind) for item in oldest] == [(1, RESTORATION), (2, SUSPENSION)]
        items.rest(it.connection, oldest[0].id, it.now_ms + 1, "no")
        assert [item.case_id for item in items.oldest(it.connection, 1)] == [2]
        assert items.count(it.connection) == 4
        assert items.is_to_be_restored(it.connection, ORDER)
        assert not items.is_to_be_restored(it.connection, replace(ORDER, esn=1))
        assert not items.is_to_be_restored(it.connection, replace(ORDER, msid=MIN + 1))
        assert items.find(it.connection, 99) is None


def test_the_next_to_expire_is_none_of_those_on_their_way() -> None:
    with desk(consequences()) as it:
        assert items.expires_next(it.connection) is None
        for at in (it.now_ms, it.now_ms + 1):
            items.put(it.connection, SUSPENSION, 1, ORDER, at)
        assert items.expires_next(it.connection) == it.now_ms + UNSENT_MS
        assert items.expires_next(it.connection, {1}) == it.now_ms + UNSENT_MS + 1


def test_why_something_waits_is_said_until_it_is_over() -> None:
    with desk(consequences()) as it:
        items.put(it.connection, SUSPENSION, 1, ORDER, it.now_ms)
        items.explain(it.connection, {1: "nobody is there"})
        items.tried(it.connection, 1)
        (item,) = items.oldest(it.connection, 9)
        assert (item.attempts, items.failures(item)) == (1, 0)
        items.explain(it.connection, {1: "nobody was there"})
        (item,) = items.oldest(it.connection, 9)
        assert (item.reason, items.failures(item)) == ("nobody was there", 1)
        items.end(it.connection, item, Outcome.REFUSED, it.now_ms, "no")
        items.explain(it.connection, {1: "nobody is there"})
        found = items.find(it.connection, 1)
        assert found is not None
        assert found[0].reason == "no"


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
