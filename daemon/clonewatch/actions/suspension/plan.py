"""What there is to do, as one look at the store tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from . import items, standing, switch
from .sending import may_go
from .switch import UNTOUCHED, Position

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Connection

    from clonewatch.store.outbox import Item

    from .rules import Rules

WAITING_MAX: Final = 1000  # ours: items that are looked at together


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What there is to do."""

    is_due: bool = False  # something is to be decided, restored or given up
    ready: Sequence[Item] = ()  # may be sent now, of each case one at most
    waiting: int = 0  # all that is not sent, as far as it was looked at
    reason: str = ""  # why the oldest of them waits
    next_at: int | None = None  # ms since 1970: when there is more
    position: Position = UNTOUCHED
    suspended: frozenset[int] = frozenset()  # MSIDs


def read(connection: Connection, rules: Rules, now_ms: int, flying: Collection[int] = ()) -> Plan:
    """What there is to do now; *flying*: items that are on their way."""
    position = switch.position(connection)
    waiting = [item for item in items.oldest(connection, WAITING_MAX) if item.id not in flying]
    due_at = standing.next_at(connection)
    times = [due_at, *(at for item in waiting for at in (item.due_at, item.expires_at))]
    expired = [item for item in waiting if item.expires_at and item.expires_at <= now_ms]
    return Plan(
        is_due=bool(expired) or (due_at is not None and due_at <= now_ms),
        ready=[item for item in waiting if may_go(item, rules, position, now_ms)],
        waiting=len(waiting),
        reason=(waiting[0].reason or "") if waiting else "",
        next_at=min((at for at in times if at is not None and at > now_ms), default=None),
        position=position,
        suspended=standing.suspended(connection),
    )
