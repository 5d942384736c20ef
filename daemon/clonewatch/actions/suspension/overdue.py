"""Restorations that do not succeed: an alarm of ours, for as long as there is one.

A restoration is tried until the HLR takes it. Until then somebody is out of service whom we, or an
operator, want back: people must hear of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from clonewatch.actions.alarms import book
from clonewatch.actions.alarms.book import Report
from clonewatch.actions.alarms.kinds import Kind
from clonewatch.cases.case import Book
from clonewatch.evidence.findings import Severity

from . import items
from .items import RESTORATION
from .rules import UNSENT_MS

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from clonewatch.actions.consequences import Consequences
    from clonewatch.store.outbox import Item

ALARM_KEY: Final = "restorations"
TRIES: Final = 3  # ours: so many without success are worth an alarm
WAIT_MS: Final = UNSENT_MS  # and so long a wait, were it not sent even once


def reports(connection: Connection, now_ms: int) -> list[Report]:
    """What the alarm is to say now; nothing if it is down, and stays so."""
    late = [item for item in items.all_pending(connection, RESTORATION) if _is_late(item, now_ms)]
    if not late and not _is_raised(connection):
        return []
    return [
        Report(
            key=ALARM_KEY,
            kind=Kind.RESTORATION_FAILING,
            object="restorations",
            severity=Severity.CRITICAL if late else None,
            text=_text(late) if late else "nobody waits any more to be put back",
            details={"subscribers": len(late)} if late else {},
        )
    ]


def settle(consequences: Consequences, connection: Connection, now_ms: int) -> None:
    """Raise, change or clear the alarm, where it is not as it should be."""
    consequences.settle(Book(connection, now_ms), reports(connection, now_ms))


def is_due(connection: Connection, now_ms: int) -> bool:
    """Whether the alarm is to be raised, or cleared."""
    waiting = items.all_pending(connection, RESTORATION)
    return any(_is_late(item, now_ms) for item in waiting) is not _is_raised(connection)


def next_at(connection: Connection, now_ms: int) -> int | None:
    """When it will be raised if nothing changes; ms since 1970."""
    waiting = items.all_pending(connection, RESTORATION)
    times = [item.made_at + WAIT_MS for item in waiting if not _is_late(item, now_ms)]
    return min(times, default=None)


def _is_late(item: Item, now_ms: int) -> bool:
    return items.failures(item) >= TRIES or item.made_at + WAIT_MS <= now_ms


def _is_raised(connection: Connection) -> bool:
    return any(alarm.severity is not None for alarm in book.read(connection, [ALARM_KEY]))


def _text(late: list[Item]) -> str:
    oldest = late[0]
    words = (
        f"case {oldest.case_id}: {items.digits(oldest)} is not put back at "
        f"the HLR after {items.failures(oldest)} tries"
    )
    words += f": {oldest.reason}" if oldest.reason else ""
    return words + (f"; and {len(late) - 1} more subscribers" if len(late) > 1 else "")
