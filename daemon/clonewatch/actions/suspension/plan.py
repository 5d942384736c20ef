"""What there is to do, as one look at the store tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from clonewatch.store.outbox import SUSPENSION

from . import items, overdue, standing, switch
from .items import Order
from .sending import why_held
from .stuck import NOTHING_LEFT, Task
from .switch import UNTOUCHED, Position

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Connection

    from clonewatch.store.outbox import Item

    from .rules import Rules
    from .stuck import Left

HEADS_MAX: Final = 1000  # ours: subscribers whose items are looked at together


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What there is to do."""

    is_due: bool = False  # something is to be decided, restored or given up
    ready: Sequence[Item] = ()  # may be sent now, of each subscriber one at most
    held: Mapping[int, str] = field(default_factory=dict)  # why others may not, where that is news
    waiting: int = 0  # all that is not sent
    reason: str = ""  # why the one that is due the longest waits
    next_at: int | None = None  # ms since 1970: when there is more
    position: Position = UNTOUCHED
    suspended: frozenset[int] = frozenset()  # MSIDs
    undecided: frozenset[int] = frozenset()  # cases that are left, and still want a decision


def read(
    connection: Connection,
    rules: Rules,
    now_ms: int,
    flying: Collection[int] = (),
    left: Left = NOTHING_LEFT,
) -> Plan:
    """What there is to do now; *flying*: items that are on their way; *left*: what is stuck."""
    position = switch.position(connection)
    heads = [item for item in items.oldest(connection, HEADS_MAX) if item.id not in flying]
    due = [item for item in heads if item.due_at <= now_ms]
    held = {item.id: why for item in due if (why := _why_not(item, rules, position, now_ms, left))}
    ready = [item for item in due if item.id not in held]
    to_do = (
        standing.next_at(connection, left[Task.DECIDE], left[Task.RESTORE]),
        items.expires_next(connection, {*flying, *left[Task.EXPIRE]}),
        overdue.next_at(connection, now_ms),
        *(item.due_at for item in heads),
    )
    return Plan(
        is_due=any(at is not None and at <= now_ms for at in to_do[:2])
        or (not left[Task.ALARM] and overdue.is_due(connection, now_ms)),
        # Who is out of service comes first.
        ready=sorted(ready, key=lambda item: item.kind == SUSPENSION),
        held={
            item.id: held[item.id] for item in due if held.get(item.id, item.reason) != item.reason
        },
        waiting=items.count(connection) - len(flying),
        reason=(held.get(heads[0].id) or heads[0].reason or "") if heads else "",
        next_at=min((at for at in to_do if at is not None and at > now_ms), default=None),
        position=position,
        suspended=standing.suspended(connection),
        undecided=frozenset(standing.undecided(connection, left[Task.DECIDE])),
    )


def _why_not(item: Item, rules: Rules, position: Position, now_ms: int, left: Left) -> str | None:
    """Why an item may not be sent: what nobody can read holds up no other."""
    if item.id in left[Task.FOLLOW]:
        return f"it cannot {Task.FOLLOW}, by a fault of ours"
    try:
        Order.of(item.payload)
    except (KeyError, TypeError) as error:
        return f"it cannot be read, by a fault of ours: {error!r}"
    return why_held(item, rules, position, now_ms)
