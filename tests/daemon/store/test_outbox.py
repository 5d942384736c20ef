"""The outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from clonewatch.store import outbox, tables
from clonewatch.store.database import in_memory
from clonewatch.store.outbox import Backlog, Outcome
from stores import TEN

if TYPE_CHECKING:
    from sqlalchemy import Connection


def put(connection: Connection, output: str, *, kind: str = "alarm", case_id: int = 1) -> None:
    values = {"kind": kind, "output": output, "key": "k", "case_id": case_id, "payload": {"a": 1}}
    times = {"made_at": TEN, "due_at": TEN, "attempts": 0}
    connection.execute(tables.outbox.insert(), values | times)


def outcomes(connection: Connection) -> list[tuple[str | None, int, str | None]]:
    columns = (tables.outbox.c.outcome, tables.outbox.c.attempts, tables.outbox.c.reason)
    rows = connection.execute(select(*columns).order_by(tables.outbox.c.id)).all()
    return [(row[0], row[1], row[2]) for row in rows]


def test_what_is_pending_comes_in_order_and_for_its_output_only() -> None:
    with in_memory() as connection:
        for output in ("log", "web", "log", "log"):
            put(connection, output)
        assert [item.id for item in outbox.pending(connection, "log", 2)] == [1, 3]
        assert [item.id for item in outbox.pending(connection, "log", 9, after=1)] == [3, 4]
        outbox.end(connection, [1], Outcome.DELIVERED, TEN)
        (first, second) = outbox.pending(connection, "log", 9)
        assert (first.id, second.id, first.payload) == (3, 4, {"a": 1})


def test_an_item_put_off_tells_why_and_counts_attempts() -> None:
    with in_memory() as connection:
        put(connection, "log")
        outbox.put_off(connection, 1, TEN + 5, "no route")
        (item,) = outbox.pending(connection, "log", 9)
        assert (item.due_at, item.attempts, item.reason) == (TEN + 5, 1, "no route")
        outbox.end(connection, [1], Outcome.DELIVERED, TEN + 6)
        assert outcomes(connection) == [("delivered", 2, "no route")]


def test_an_outcome_stays() -> None:
    with in_memory() as connection:
        put(connection, "log")
        outbox.end(connection, [1], Outcome.REFUSED, TEN, "400")
        outbox.end(connection, [1], Outcome.EXPIRED, TEN + 1)
        assert outcomes(connection) == [("refused", 1, "400")]


def test_what_waits_for_an_output_that_is_gone_is_cancelled() -> None:
    with in_memory() as connection:
        put(connection, "log")
        put(connection, "old")
        put(connection, "hlr", kind="suspension")
        outbox.cancel_strangers(connection, "alarm", ["log"], TEN)
        assert [each[0] for each in outcomes(connection)] == [None, "cancelled", None]


def test_the_backlog_of_each_output_is_told() -> None:
    with in_memory() as connection:
        for output in ("web", "log", "log"):
            put(connection, output)
        outbox.put_off(connection, 2, TEN + 5, "refused")
        assert outbox.backlogs(connection) == [
            Backlog(output="log", pending=2, oldest_at=TEN, reason="refused"),
            Backlog(output="web", pending=1, oldest_at=TEN, reason=None),
        ]
