"""Suspensions and restorations in the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from sqlalchemy import func, select

from clonewatch.cases.case import case_by_id
from clonewatch.store.chunks import chunks
from clonewatch.store.outbox import SUSPENSION, Item, Outcome
from clonewatch.store.tables import outbox
from is41.msid import msid_digits

from .rules import UNSENT_MS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sqlalchemy import ColumnElement, Connection

    from clonewatch.cases.case import Book, Case

RESTORATION: Final = "restoration"
OUTPUT: Final = "the HLR"  # no output of alarms is called so: theirs have no space
SENT: Final = "sent; no answer yet"  # the reason of what is on its way, or was when we were killed
_COLUMNS: Final = [outbox.c[name] for name in Item.__dataclass_fields__]
_WAITS: Final = (outbox.c.output == OUTPUT, outbox.c.outcome.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the HLR is to be told, as the outbox keeps it."""

    msid: int
    esn: int
    automatic: bool  # nobody ordered it
    undoes: bool = False  # a suspension of which nobody knows whether the HLR took it

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Self:
        """The order of an item."""
        return cls(**{name: payload[name] for name in cls.__dataclass_fields__})

    @property
    def phone(self) -> str:
        """MSID and ESN, as the key of an item."""
        return f"{msid_digits(self.msid)} {self.esn:08X}"

    def as_payload(self, kind: str) -> dict[str, Any]:
        """As the outbox keeps it; `change` is what operators are shown."""
        words = {SUSPENSION: "suspend", RESTORATION: "undo" if self.undoes else "restore"}
        own = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {"change": words[kind], **own}


def put(connection: Connection, kind: str, case_id: int, order: Order, now_ms: int) -> None:
    """Add one. A suspension expires, a restoration does not."""
    connection.execute(
        outbox.insert(),
        {
            "kind": kind,
            "output": OUTPUT,
            # At the HLR a directive for the same phone, again, changes nothing.
            "key": order.phone,
            "case_id": case_id,
            "payload": order.as_payload(kind),
            "made_at": now_ms,
            "due_at": now_ms,
            "expires_at": now_ms + UNSENT_MS if kind == SUSPENSION else None,
            "attempts": 0,
        },
    )


def find(connection: Connection, item_id: int) -> tuple[Item, str | None] | None:
    """An item and its outcome; None if there is none any more."""
    row = connection.execute(select(outbox).where(outbox.c.id == item_id)).mappings().one_or_none()
    if row is None:
        return None
    return Item(**{name: row[name] for name in Item.__dataclass_fields__}), row["outcome"]


def pending(connection: Connection, case_ids: Iterable[int], kind: str) -> list[Item]:
    """What waits for the HLR, of some cases."""
    found: list[Item] = []
    for some in chunks(sorted(set(case_ids))):
        found += _pending(connection, outbox.c.case_id.in_(some), outbox.c.kind == kind)
    return found


def all_pending(connection: Connection, kind: str) -> list[Item]:
    """What waits for the HLR."""
    return _pending(connection, outbox.c.output == OUTPUT, outbox.c.kind == kind)


def is_to_be_restored(connection: Connection, order: Order) -> bool:
    """Whether a restoration of the same phone waits for the HLR."""
    return any(item.key == order.phone for item in all_pending(connection, RESTORATION))


def digits(item: Item) -> str:
    """The digits of the MSID of an item, even if nobody can read its payload."""
    return item.key.split(" ")[0]


def expired(connection: Connection, now_ms: int) -> list[Item]:
    """Suspensions that were not taken in time."""
    return _pending(connection, outbox.c.output == OUTPUT, outbox.c.expires_at <= now_ms)


def oldest(connection: Connection, limit: int) -> list[Item]:
    """What waits for the HLR, the longest due first: of each subscriber the oldest.

    Of each subscriber, not of each case: what one case undoes must not come behind what the next
    one suspends.
    """
    first = (
        select(func.min(outbox.c.id))
        .where(*_WAITS)
        .group_by(outbox.c.payload["msid"].as_integer())
        .scalar_subquery()
    )
    rows = connection.execute(
        select(*_COLUMNS)
        .where(outbox.c.id.in_(first))
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(limit)
    )
    return [Item(**row) for row in rows.mappings()]


def count(connection: Connection) -> int:
    """How much waits for the HLR."""
    return connection.execute(select(func.count()).where(*_WAITS)).scalar_one()


def expires_next(connection: Connection, flying: Collection[int] = ()) -> int | None:
    """When the next suspension expires that is not on its way; ms since 1970."""
    statement = select(func.min(outbox.c.expires_at)).where(*_WAITS, outbox.c.id.not_in(flying))
    expires_at: int | None = connection.execute(statement).scalar_one()
    return expires_at


def made_since(connection: Connection, since_ms: int) -> list[int]:
    """When suspensions were asked for by itself since then, but for those that were never sent."""
    rows = connection.execute(
        select(outbox.c.made_at).where(
            outbox.c.output == OUTPUT,
            outbox.c.kind == SUSPENSION,
            outbox.c.made_at > since_ms,
            outbox.c.outcome.is_(None) | (outbox.c.attempts > 0),
            # What does not say so counts: a ceiling holds, whatever is wrong with one item.
            outbox.c.payload["automatic"].as_boolean().is_distinct_from(False),
        )
    )
    return list(rows.scalars())


def tried(connection: Connection, item_id: int) -> None:
    """Write down that an item is about to be sent: whatever happens, it may arrive."""
    connection.execute(
        outbox.update()
        .where(outbox.c.id == item_id)
        .values(attempts=outbox.c.attempts + 1, reason=SENT)
    )


def failures(item: Item) -> int:
    """How often it was tried in vain."""
    return item.attempts - (item.reason == SENT)


def rest(connection: Connection, item_id: int, due_at: int, reason: str) -> None:
    """Say why an item waits, and until when."""
    connection.execute(
        outbox.update().where(outbox.c.id == item_id).values(due_at=due_at, reason=reason)
    )


def explain(connection: Connection, why: Mapping[int, str]) -> None:
    """Say of items why they wait."""
    for item_id, reason in why.items():
        where = (outbox.c.id == item_id, outbox.c.outcome.is_(None))
        connection.execute(outbox.update().where(*where).values(reason=reason))


def end(connection: Connection, item: Item, outcome: Outcome, now_ms: int, reason: str) -> None:
    """Give an item its outcome, unless it has one. Its tries are counted already."""
    connection.execute(
        outbox.update()
        .where(outbox.c.id == item.id, outbox.c.outcome.is_(None))
        .values(outcome=str(outcome), ended_at=now_ms, reason=reason)
    )


def give_up(book: Book, item: Item, outcome: Outcome, reason: str, *, who: str) -> None:
    """End a suspension; undo it if the HLR may have taken it."""
    end(book.connection, item, outcome, book.now_ms, reason)
    if item.attempts and item.case_id is not None:
        undo(book.connection, item, book.now_ms)
        reason += "; it may have arrived, and is undone"
    tell(book, item.case_id, f"suspension {outcome}", reason, who=who)


def undo(connection: Connection, item: Item, now_ms: int) -> None:
    """Let the HLR forget a suspension, whether it took it or not."""
    assert item.case_id is not None
    order = Order.of(item.payload)
    undoing = Order(msid=order.msid, esn=order.esn, automatic=order.automatic, undoes=True)
    put(connection, RESTORATION, item.case_id, undoing, now_ms)


def withdraw(
    book: Book, cases: Iterable[Case], reason: str, *, who: str, automatic: bool = False
) -> int:
    """Cancel what waits of some cases' suspensions, or only what is *automatic*; how many."""
    waiting = pending(book.connection, (case.id for case in cases), SUSPENSION)
    gone = [item for item in waiting if not automatic or Order.of(item.payload).automatic]
    for item in gone:
        give_up(book, item, Outcome.CANCELLED, reason, who=who)
    return len(gone)


def tell(book: Book, case_id: int | None, what: str, note: str, *, who: str) -> None:
    """Add to the audit trail of a case, if there still is one."""
    if case_id is None:
        return
    case = book.changed.get(case_id) or case_by_id(book.connection, case_id)
    if case is not None:
        book.tell(case, what, who=who, note=note)


def _pending(connection: Connection, *where: ColumnElement[bool]) -> list[Item]:
    rows = connection.execute(
        select(*_COLUMNS).where(outbox.c.outcome.is_(None), *where).order_by(outbox.c.id)
    )
    return [Item(**row) for row in rows.mappings()]
