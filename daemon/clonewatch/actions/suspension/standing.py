"""The table `suspensions`: what was decided of each case, and what the HLR did."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from clonewatch.cases.life import State
from clonewatch.store.chunks import chunks
from clonewatch.store.tables import cases, suspensions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement, Connection

    from clonewatch.cases.case import Case


_DECIDED: Final = (State.OPEN, State.CONFIRMED)
FOREVER: Final = (1 << 63) - 1  # ms since 1970


def of(connection: Connection, case_id: int) -> Mapping[str, Any]:
    """The row of a case; an empty one if nothing was decided yet."""
    where = suspensions.c.case_id == case_id
    row = connection.execute(select(suspensions).where(where)).mappings().one_or_none()
    return dict.fromkeys(suspensions.c.keys()) if row is None else dict(row)


def put(connection: Connection, case_ids: Iterable[int], **values: Any) -> None:
    """Change the rows of some cases, or make them."""
    rows = [{"case_id": case_id, "verdict": "", "by_hand": False} | values for case_id in case_ids]
    if rows:
        statement = insert(suspensions).on_conflict_do_update(
            index_elements=["case_id"], set_=values
        )
        connection.execute(statement, rows)


def look_again(connection: Connection, cases: Iterable[Case], now_ms: int) -> None:
    """Let cases that changed be decided again, if there is anything to decide."""
    open_ = [case.id for case in cases if case.state in _DECIDED]
    put(connection, open_, look_at=now_ms)


def due(connection: Connection, now_ms: int, limit: int, left: Mapping[int, int]) -> dict[int, int]:
    """Cases that are to be decided, and since when; but for those *left* since just then."""
    return _up_to(suspensions.c.look_at, connection, now_ms, limit, left)


def to_restore(
    connection: Connection, now_ms: int, limit: int, left: Mapping[int, int]
) -> dict[int, int]:
    """Cases whose suspension is over by itself, as `due` tells them."""
    return _up_to(suspensions.c.restore_at, connection, now_ms, limit, left)


def undecided(connection: Connection, case_ids: Iterable[int]) -> set[int]:
    """Which of some cases want a decision, now or later."""
    found: set[int] = set()
    for some in chunks(sorted(case_ids)):
        rows = connection.execute(
            select(cases.c.id)
            .join(suspensions, suspensions.c.case_id == cases.c.id)
            .where(cases.c.id.in_(some), cases.c.state.in_([str(state) for state in _DECIDED]))
            .where(suspensions.c.look_at.is_not(None))
        )
        found |= set(rows.scalars())
    return found


def next_at(
    connection: Connection, undecided: Mapping[int, int], unrestored: Mapping[int, int]
) -> int | None:
    """When the next of these is due, ms since 1970; but for those left."""
    next_ones = (
        due(connection, FOREVER, 1, undecided),
        to_restore(connection, FOREVER, 1, unrestored),
    )
    return min((at for each in next_ones for at in each.values()), default=None)


def suspended(connection: Connection) -> frozenset[int]:
    """MSIDs that the HLR has out of service, as far as we know."""
    where = cases.c.state == str(State.SUSPENDED)
    return frozenset(connection.execute(select(cases.c.msid).where(where)).scalars())


def suspended_with(connection: Connection, msid: int, esn: int) -> set[int]:
    """Cases with which a phone is out of service."""
    rows = connection.execute(
        select(cases.c.id)
        .join(suspensions, suspensions.c.case_id == cases.c.id)
        .where(cases.c.msid == msid, cases.c.state == str(State.SUSPENDED))
        .where(suspensions.c.esn == esn)
    )
    return set(rows.scalars())


def suspended_since(connection: Connection, since_ms: int) -> list[int]:
    """Cases that were suspended since then, and are so still."""
    rows = connection.execute(
        select(cases.c.id)
        .join(suspensions, suspensions.c.case_id == cases.c.id)
        .where(cases.c.state == str(State.SUSPENDED), suspensions.c.suspended_at >= since_ms)
        .order_by(cases.c.id)
    )
    return list(rows.scalars())


def _up_to(
    at: ColumnElement[int],
    connection: Connection,
    now_ms: int,
    limit: int,
    left: Mapping[int, int],
) -> dict[int, int]:
    """The cases whose time *at* has come, the earliest first."""
    rows = connection.execute(
        select(suspensions.c.case_id, at).where(at <= now_ms).order_by(at).limit(limit + len(left))
    ).all()
    return dict(islice(((each, its) for each, its in rows if left.get(each) != its), limit))
