"""How long cases and clone records are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, or_, select

from clonewatch.store.tables import (
    alarms,
    case_events,
    cases,
    clone_records,
    outbox,
    set_aside,
    watched,
)

from .life import State
from .policy import DAY_MS

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Table

    from .policy import Policy

AT_ONCE_MAX: Final = 5_000  # ours: rows of a table that one transaction removes
SENT_DAYS: Final = 30  # ours: what left the machine, and of what case
OVER: Final = (State.CLOSED, State.DISMISSED, State.RESTORED)


def remove_expired(connection: Connection, now_ms: int, policy: Policy) -> int:
    """Remove some of what is not to be kept; rows removed. Call again while there are any."""
    removed = _remove(
        connection, outbox, outbox.c.id, outbox.c.ended_at < now_ms - SENT_DAYS * DAY_MS
    )
    if policy.keep_days is None:
        return removed
    before = now_ms - int(policy.keep_days * DAY_MS)
    over = and_(cases.c.changed_at < before, cases.c.state.in_([str(state) for state in OVER]))
    gone = and_(case_events.c.at < before, case_events.c.case_id.not_in(select(cases.c.id)))
    records = and_(clone_records.c.found_at < before, clone_records.c.case_id.is_(None))
    old_alarms = and_(alarms.c.cleared_at < before, or_(alarms.c.case_id.is_(None), ~_has_case()))
    removed += _remove(connection, cases, cases.c.id, over)
    removed += _remove(connection, case_events, case_events.c.id, gone)
    removed += _remove(connection, clone_records, clone_records.c.id, records)
    removed += _remove(connection, alarms, alarms.c.key, old_alarms)
    removed += _remove(connection, set_aside, set_aside.c.id, set_aside.c.at < before)
    removed += connection.execute(watched.delete().where(watched.c.since < before)).rowcount
    return removed


def _has_case() -> ColumnElement[bool]:
    return alarms.c.case_id.in_(select(cases.c.id))


def _remove(
    connection: Connection, table: Table, key: ColumnElement[object], where: ColumnElement[bool]
) -> int:
    some = select(key).where(where).limit(AT_ONCE_MAX)
    return connection.execute(table.delete().where(key.in_(some))).rowcount
