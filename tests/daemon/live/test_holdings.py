"""What the store holds, in numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from structlog.testing import capture_logs

from clonewatch.actions.alarms.kinds import Kind
from clonewatch.actions.suspension import items, switch
from clonewatch.actions.suspension.items import OUTPUT, RESTORATION, Order
from clonewatch.actions.suspension.switch import Position, Switch
from clonewatch.cases.life import State
from clonewatch.live.holdings import Holdings
from clonewatch.store.outbox import SUSPENSION, Outcome
from stores import MIN, MINUTE, TEN, Clock, conflict, follower, opened

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from clonewatch.metrics import Value, Values
    from clonewatch.store.store import Store

OUTPUTS = ("log", "noc")


def values(store: Store) -> Values:
    holdings = Holdings(store, lambda: OUTPUTS)
    asyncio.run(holdings.look())
    return holdings.values


def there(value: Value) -> dict[Any, float]:
    """What is not nought."""
    assert isinstance(value, Mapping)
    return {labels: number for labels, number in value.items() if number}


def test_an_empty_store_shows_noughts_for_all_there_may_be(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        found = values(store)
    assert found["cases"] == {str(state): 0 for state in State if state is not State.NONE}
    assert found["alarms_raised"] == {str(kind): 0 for kind in Kind}
    assert found["suspension_directives"] == {
        (kind, str(outcome)): 0 for kind in (SUSPENSION, RESTORATION) for outcome in Outcome
    }
    assert found["outbox_waiting"] == {"log": 0, "noc": 0, OUTPUT: 0}
    assert found["outbox_oldest_seconds"] == {"log": 0.0, "noc": 0.0, OUTPUT: 0.0}
    assert (found["suspension_paused"], found["suspension_tripped"]) == (0.0, 0.0)


def test_cases_alarms_and_what_waits_are_counted(tmp_path: Path) -> None:
    clock = Clock()
    with opened(tmp_path, clock=clock, consequences=follower("log")) as store:
        store.submit([conflict(MIN), conflict(MIN + 1)], 2)
        store.flush()
        clock.now_ms += 5 * MINUTE
        found = values(store)
    assert there(found["cases"]) == {"open": 2}
    assert there(found["alarms_raised"]) == {"clone": 2}
    assert found["outbox_waiting"] == {"log": 2, "noc": 0, OUTPUT: 0}
    assert found["outbox_oldest_seconds"] == {"log": 300.0, "noc": 0.0, OUTPUT: 0.0}


def test_directives_are_counted_by_kind_and_outcome(tmp_path: Path) -> None:
    def put(connection: Connection) -> None:
        order = Order(msid=MIN, esn=1, automatic=True)
        items.put(connection, SUSPENSION, 1, order, TEN)
        items.put(connection, RESTORATION, 1, order, TEN)
        first, _ = items.all_pending(connection, SUSPENSION) + items.all_pending(
            connection, RESTORATION
        )
        items.end(connection, first, Outcome.REFUSED, TEN, "why")

    with opened(tmp_path) as store:
        store.do(put).result()
        found = values(store)
    assert there(found["suspension_directives"]) == {(SUSPENSION, "refused"): 1}
    assert there(found["outbox_waiting"]) == {OUTPUT: 1}


def test_the_switch_is_shown(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for to, expected in (
            (Switch.PAUSED, (1.0, 0.0)),
            (Switch.TRIPPED, (0.0, 1.0)),
            (Switch.ON, (0.0, 0.0)),
        ):
            store.do(partial(switch.turn, to=Position(what=to))).result()
            found = values(store)
            assert (found["suspension_paused"], found["suspension_tripped"]) == expected


def test_a_store_that_cannot_be_read_shows_nothing_and_says_so(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.do(lambda to: to.exec_driver_sql("DROP TABLE alarms").close()).result()
        with capture_logs() as log:
            assert values(store) == {}
    assert [line["event"] for line in log] == ["store_unreadable"]
