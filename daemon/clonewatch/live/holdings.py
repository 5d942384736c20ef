"""What the store holds, in numbers: for metrics, read in a thread when somebody asks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from clonewatch.actions.alarms.kinds import Kind
from clonewatch.actions.suspension.items import OUTPUT, RESTORATION
from clonewatch.actions.suspension.switch import Switch, position
from clonewatch.cases.life import State
from clonewatch.store.outbox import SUSPENSION, Outcome, backlogs
from clonewatch.store.tables import alarms, cases, outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Column, ColumnElement, Connection

    from clonewatch.metrics import Values
    from clonewatch.store.store import Store

_MS: Final = 1000
_STATES: Final = [str(state) for state in State if state is not State.NONE]


class Holdings:
    """The numbers of *store*. *outputs*: names of those that alarms go to now."""

    def __init__(self, store: Store, outputs: Callable[[], Sequence[str]]) -> None:
        self.values: Values = {}  # as `look` found them; none where the store could not be read
        self._store = store
        self._outputs = outputs

    async def look(self) -> None:
        """Read them anew."""
        try:
            self.values = await asyncio.to_thread(self._read)
        except SQLAlchemyError as error:
            self.values = {}
            structlog.get_logger().warning("store_unreadable", reason=str(error))

    def _read(self) -> Values:
        with self._store.read() as connection:
            return {
                "cases": _cases(connection),
                "alarms_raised": _alarms(connection),
                "suspension_directives": _directives(connection),
                **_switch(connection),
                **_waiting(connection, [*self._outputs(), OUTPUT], self._store.now_ms()),
            }


def _cases(connection: Connection) -> dict[str, int]:
    return dict.fromkeys(_STATES, 0) | _counts(connection, [cases.c.state])


def _alarms(connection: Connection) -> dict[str, int]:
    raised = _counts(connection, [alarms.c.kind], alarms.c.cleared_at.is_(None))
    return dict.fromkeys(map(str, Kind), 0) | raised


def _directives(connection: Connection) -> dict[tuple[str, str], int]:
    """Those that are kept and over, by kind and outcome."""
    ends = [(kind, str(outcome)) for kind in (SUSPENSION, RESTORATION) for outcome in Outcome]
    are_over = outbox.c.output == OUTPUT, outbox.c.outcome.is_not(None)
    counts = _counts(connection, [outbox.c.kind, outbox.c.outcome], *are_over)
    return dict.fromkeys(ends, 0) | counts


def _counts(
    connection: Connection, by: Sequence[Column[str]], *where: ColumnElement[bool]
) -> dict[Any, int]:
    """How many rows there are *by* the values of a column, or of several together."""
    rows = connection.execute(select(*by, func.count()).where(*where).group_by(*by))
    return {labels[0] if len(by) == 1 else tuple(labels): count for *labels, count in rows}


def _switch(connection: Connection) -> Values:
    stands = position(connection).what
    return {
        "suspension_paused": float(stands is Switch.PAUSED),
        "suspension_tripped": float(stands is Switch.TRIPPED),
    }


def _waiting(connection: Connection, outputs: Sequence[str], now_ms: int) -> Values:
    waiting = dict.fromkeys(outputs, 0)
    age_s = dict.fromkeys(outputs, 0.0)
    for backlog in backlogs(connection):
        waiting[backlog.output] = backlog.pending
        age_s[backlog.output] = max(0, now_ms - backlog.oldest_at) / _MS
    return {"outbox_waiting": waiting, "outbox_oldest_seconds": age_s}
