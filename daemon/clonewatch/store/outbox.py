"""The outbox: what is to leave the machine, in order for each output, at least once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, func, select

from .chunks import chunks
from .tables import outbox

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

ALARM: Final = "alarm"  # the kind of what every output gets in order
SUSPENSION: Final = "suspension"  # the kind that dismissing a case cancels


class Outcome(StrEnum):
    """How an item ended."""

    DELIVERED = "delivered"
    REFUSED = "refused"  # by the other side, for good
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One pending row."""

    id: int
    kind: str
    key: str
    case_id: int | None
    payload: Mapping[str, Any]
    made_at: int
    due_at: int
    expires_at: int | None
    attempts: int
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits for one output."""

    output: str
    pending: int
    oldest_at: int  # ms since 1970: when it was made
    reason: str | None  # why the oldest is not gone yet


def pending(connection: Connection, output: str, limit: int, after: int = 0) -> list[Item]:
    """The oldest items of an output that have no outcome, in order, behind the one *after*."""
    given = {"its_output": output, "limit": limit, "after": after}
    rows = connection.execute(_PENDING, given)
    return [Item(**row) for row in rows.mappings()]


def end(
    connection: Connection, ids: Sequence[int], outcome: Outcome, now_ms: int, reason: str = ""
) -> None:
    """Give items their outcome, unless they have one."""
    for some in chunks(ids):
        connection.execute(
            outbox.update()
            .where(outbox.c.id.in_(some), outbox.c.outcome.is_(None))
            .values(
                outcome=str(outcome),
                ended_at=now_ms,
                reason=reason or outbox.c.reason,
                attempts=outbox.c.attempts + (outcome in _TRIED),
            )
        )


def put_off(connection: Connection, item_id: int, due_at: int, reason: str) -> None:
    """Say that an attempt failed, and when the next may be."""
    connection.execute(
        outbox.update()
        .where(outbox.c.id == item_id)
        .values(due_at=due_at, reason=reason, attempts=outbox.c.attempts + 1)
    )


def cancel_strangers(
    connection: Connection, kind: str, outputs: Sequence[str], now_ms: int
) -> None:
    """Cancel what waits for outputs that are configured no more."""
    connection.execute(
        outbox.update()
        .where(
            outbox.c.kind == kind,
            outbox.c.outcome.is_(None),
            outbox.c.output.not_in(outputs),
        )
        .values(outcome=str(Outcome.CANCELLED), ended_at=now_ms, reason="the output was removed")
    )


def backlogs(connection: Connection) -> list[Backlog]:
    """What waits, by output."""
    heads = (
        select(outbox.c.output, func.count().label("pending"), func.min(outbox.c.id).label("head"))
        .where(outbox.c.outcome.is_(None))
        .group_by(outbox.c.output)
        .subquery()
    )
    rows = connection.execute(
        select(
            heads.c.output, heads.c.pending, outbox.c.made_at.label("oldest_at"), outbox.c.reason
        )
        .join(outbox, outbox.c.id == heads.c.head)
        .order_by(heads.c.output)
    )
    return [Backlog(**row) for row in rows.mappings()]


_PENDING: Final = (
    select(*(outbox.c[name] for name in Item.__dataclass_fields__))
    .where(
        outbox.c.output == bindparam("its_output"),
        outbox.c.outcome.is_(None),
        outbox.c.id > bindparam("after"),
    )
    .order_by(outbox.c.id)
    .limit(bindparam("limit"))
)
_TRIED: Final = frozenset({Outcome.DELIVERED, Outcome.REFUSED})
