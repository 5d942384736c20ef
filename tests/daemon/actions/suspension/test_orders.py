"""What operators say."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from clonewatch.actions.orders import OrderError
from clonewatch.actions.suspension import items, standing
from clonewatch.actions.suspension.orders import SuspensionOrders
from clonewatch.actions.suspension.rules import OFF, Mode, Rules
from clonewatch.actions.suspension.sending import Sending
from clonewatch.cases import showing
from clonewatch.cases.case import events_of
from clonewatch.store.outbox import SUSPENSION
from stores import DAY, MIN, MINUTE, TEN, conflict, opened
from suspensions import LOOSE, YES, consequences, do_due

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

PROPOSE = replace(LOOSE, mode=Mode.PROPOSE)


@contextmanager
def ordering(folder: Path, rules: Rules = PROPOSE) -> Iterator[SuspensionOrders]:
    follows = consequences(rules)
    with opened(folder, consequences=follows) as store:
        other = conflict(MIN + 1, second_esn=1)
        store.submit([conflict(), other], 1)
        store.flush()
        yield SuspensionOrders(store=store, consequences=follows)


def answered(orders: SuspensionOrders) -> int:
    """Let the HLR say yes to all that waits; how much that was."""
    sending, now_ms = Sending(orders.consequences), orders.store.now_ms()

    def work(connection: Connection) -> int:
        waiting = items.oldest(connection, 99)
        for item in waiting:
            assert sending.begin(connection, item.id, now_ms)
            sending.ended(connection, item.id, YES, now_ms, 0)
        return len(waiting)

    return orders.store.do(work).result()


def test_an_operators_yes_suspends_and_no_restores(tmp_path: Path) -> None:
    with ordering(tmp_path) as orders:
        assert orders.suspend(1, who="ann", note="sure").result()["state"] == "open"
        with pytest.raises(OrderError, match="is on its way"):
            orders.suspend(1, who="ann", note="").result()
        assert answered(orders) == 1
        with pytest.raises(OrderError, match="confirm it first"):
            orders.suspend(1, who="ann", note="").result()
        assert orders.restore(1, who="bob", note="").result()["state"] == "suspended"
        orders.restore(1, who="bob", note="again").result()
        assert answered(orders) == 1
        with pytest.raises(OrderError, match="case 1 is restored"):
            orders.restore(1, who="bob", note="").result()
        with orders.store.read() as connection:
            told = [(each["who"], each["what"]) for each in events_of(connection, 1)][1:]
            assert standing.of(connection, 1)["by_hand"]
        assert told == [
            ("ann", "suspension ordered"),
            ("clonewatch", "suspended"),
            ("bob", "restoration asked"),
            ("bob", "restoration asked"),  # it was on its way, and goes once
            ("clonewatch", "restored"),
        ]


def test_restoring_cancels_what_is_on_its_way(tmp_path: Path) -> None:
    with ordering(tmp_path) as orders:
        orders.suspend(1, who="ann", note="").result()
        orders.restore(1, who="bob", note="").result()
        with orders.store.read() as connection:
            assert items.all_pending(connection, SUSPENSION) == []
            assert standing.of(connection, 1)["by_hand"]
        assert answered(orders) == 0


def test_an_operators_restoration_counts_though_one_is_on_its_way_by_itself(tmp_path: Path) -> None:
    with ordering(tmp_path, replace(PROPOSE, restore_after_ms=0)) as orders:
        orders.suspend(1, who="ann", note="").result()
        answered(orders)
        now_ms = orders.store.now_ms()
        orders.store.do(lambda to: do_due(orders.consequences, to, now_ms)).result()
        orders.restore(1, who="bob", note="a mistake").result()
        assert answered(orders) == 1
        with orders.store.read() as connection:
            told = [(each["who"], each["what"], each["note"]) for each in events_of(connection, 1)]
            assert standing.of(connection, 1)["by_hand"]
        assert told[-3:-1] == [
            ("clonewatch", "restoration asked", "its time is over"),
            ("bob", "restoration asked", "a mistake; it is on its way already"),
        ]


def test_what_was_put_back_otherwise_is_asked_no_more(tmp_path: Path) -> None:
    with ordering(tmp_path) as orders:
        for order in (orders.restored, orders.restore):
            with pytest.raises(OrderError, match="case 1 is open, and no"):
                order(1, who="bob", note="").result()
        orders.suspend(1, who="ann", note="").result()
        answered(orders)
        orders.restore(1, who="bob", note="").result()
        told = orders.restored(1, who="bob", note="by telephone").result()
        assert told["state"] == "restored"
        assert answered(orders) == 0
        with orders.store.read() as connection:
            assert standing.of(connection, 1)["by_hand"]
            assert events_of(connection, 1)[-1]["note"] == "without us: by telephone"
            shown = showing.shown(connection, 1)
            assert shown is not None
            told = next(each for each in shown["actions"] if each["what"] == "restore")
            assert told["outcome"] == "cancelled"


def test_an_undoing_can_be_given_up_too(tmp_path: Path) -> None:
    with ordering(tmp_path) as orders:
        orders.suspend(1, who="ann", note="").result()
        orders.store.do(lambda to: items.tried(to, items.oldest(to, 1)[0].id)).result()
        orders.restore(1, who="bob", note="").result()
        assert orders.restored(1, who="bob", note="").result()["state"] == "open"
        with orders.store.read() as connection:
            assert items.count(connection) == 0
            assert events_of(connection, 1)[-1]["what"] == "suspension undone"


def test_which_phone_must_be_clear(tmp_path: Path) -> None:
    with ordering(tmp_path) as orders:
        with pytest.raises(OrderError, match="--esn; seen were: 82123456, 00000001"):
            orders.suspend(2, who="ann", note="").result()
        orders.suspend(2, who="ann", note="", esn=1).result()
        with orders.store.read() as connection:
            (item,) = items.all_pending(connection, SUSPENSION)
        assert items.Order.of(item.payload) == items.Order(msid=MIN + 1, esn=1, automatic=False)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (OFF, "suspension is off"),
        (replace(PROPOSE, exempt_until={MIN: TEN + DAY}), "exempt until 2026-11-23"),
    ],
)
def test_not_even_an_operator_may(tmp_path: Path, rules: Rules, words: str) -> None:
    with ordering(tmp_path, rules) as orders, pytest.raises(OrderError, match=words):
        orders.suspend(1, who="ann", note="").result()


def test_a_pause_stands_through_a_restart(tmp_path: Path) -> None:
    with ordering(tmp_path) as orders:
        assert orders.pause(who="ann", note="odd").result()["switch"] == "paused"
    with ordering(tmp_path) as orders:
        with pytest.raises(OrderError, match="paused by ann: odd"):
            orders.suspend(1, who="bob", note="").result()
        assert orders.resume(who="bob", note="").result()["switch"] == "on"
        orders.suspend(1, who="bob", note="").result()


def test_in_mode_test_a_yes_is_written_down(tmp_path: Path) -> None:
    with ordering(tmp_path, replace(PROPOSE, sends=False)) as orders:
        orders.suspend(1, who="ann", note="").result()
        with orders.store.read() as connection:
            assert events_of(connection, 1)[-1]["what"] == "would be suspended"
        assert answered(orders) == 0


def test_all_since_a_time_are_undone(tmp_path: Path) -> None:
    with ordering(tmp_path) as orders:
        orders.suspend(1, who="ann", note="").result()
        answered(orders)
        orders.suspend(2, who="ann", note="", esn=1).result()
        later = orders.store.now_ms() + MINUTE
        assert orders.restore_since(later, who="bob", note="").result() == []
        undone = orders.restore_since(later - 2 * MINUTE, who="bob", note="a bad day").result()
        assert [case["case"] for case in undone] == [1, 2]
        assert answered(orders) == 1
        with orders.store.read() as connection:
            assert standing.suspended(connection) == set()
