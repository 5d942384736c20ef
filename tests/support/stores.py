"""Stores to test with: conflicts, names for what they hold, a clock."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from clonewatch.actions.alarms.notice import Notice
from clonewatch.actions.consequences import Consequences
from clonewatch.cases import showing
from clonewatch.cases.case import Case, case_of, events_of
from clonewatch.cases.policy import DEFAULT, Policy
from clonewatch.clonerecords import CloneRecords
from clonewatch.detector import Conflict
from clonewatch.evidence.twins import Twins
from clonewatch.mscs import Msc, Mscs
from clonewatch.registrations import Registration
from clonewatch.store.database import in_memory
from clonewatch.store.following import store
from clonewatch.store.outbox import pending
from clonewatch.store.store import Store
from clonewatch.store.tables import cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from clonewatch.store.events import Event
    from clonewatch.store.pending import Found

TEN: Final = 1_795_341_600_000  # 2026-11-22T10:00:00Z
MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
MIN: Final = 6145551234
MARKET: Final = 4660 << 8
POISON: Final = 1 << 64  # larger than any number that SQLite keeps
NAMES: Final = ("MSC A", "MSC B", "MSC C", "MSC D", "MSC E")
MSCS: Final = Mscs([Msc(mscid=MARKET | at, name=name) for at, name in enumerate(NAMES, 1)])
WORDS: Final = CloneRecords(MSCS, ["west", "east"])


def conflict(
    msid: int = MIN,
    first: str = "A",
    second: str = "C",
    *,
    at: int = TEN + 45 * MINUTE,
    took: int = 45 * MINUTE,
    needs: int = 80 * MINUTE,
    esn: int = 0x82123456,
    second_esn: int | None = None,
) -> Conflict:
    """FIG. 6's: A at 10:00, C at 10:45, 80 minutes apart; times in ms, MSCs by their letter."""
    a = Registration(
        time=at - took,
        msid=msid,
        esn=esn,
        msc=ord(first) - ord("A"),
        mscid=MARKET | ord(first) - ord("A") + 1,
    )
    b = replace(
        a,
        time=at,
        esn=esn if second_esn is None else second_esn,
        msc=ord(second) - ord("A"),
        mscid=MARKET | ord(second) - ord("A") + 1,
        source=1,
    )
    return Conflict(
        msid=msid, first=a, second=b, elapsed_ms=took, travel_time_ms=needs, found_at=at + 1
    )


def poison(msid: int = MIN) -> Conflict:
    """One that no database takes, whatever the disk does."""
    return conflict(msid, esn=POISON)


def twins(msid: int = MIN, *, changes: int = 2, at: int = TEN + 45 * MINUTE) -> Twins:
    """Two ESNs at MSC A, to and fro since ten."""
    return Twins(
        msid=msid,
        esns=(0x82123456, 0x82999999),
        changes=changes,
        first_at=TEN,
        last_at=at,
        mscids=(MARKET | 1,),
    )


class Clock:
    """Seconds since 1970, as somebody sets them."""

    def __init__(self, now_ms: int = TEN + HOUR) -> None:
        self.now_ms = now_ms

    def __call__(self) -> float:
        return self.now_ms / 1000


class Told(list["Event"]):
    """What was told."""

    def __call__(self, event: Event) -> None:
        self.append(event)

    @property
    def kinds(self) -> list[str]:
        """The events' names."""
        return [type(event).__name__ for event in self]


def follower(*outputs: str, policy: Policy = DEFAULT) -> Consequences:
    """What follows from conflicts, with alarms that go to *outputs*."""
    return Consequences(words=WORDS, outputs=outputs, policy=policy)


def store_in(
    directory: Path,
    *,
    told: Told | None = None,
    clock: Clock | None = None,
    found_max: int = 1000,
    consequences: Consequences | None = None,
) -> Store:
    """The store in *directory*."""
    return Store.open(
        directory / "clonewatch.sqlite",
        WORDS,
        consequences or follower(),
        tell=Told() if told is None else told,
        clock=clock or Clock(),
        retry_s=0.01,
        found_max=found_max,
    )


@contextlib.contextmanager
def opened(
    directory: Path,
    *,
    told: Told | None = None,
    clock: Clock | None = None,
    found_max: int = 1000,
    consequences: Consequences | None = None,
) -> Iterator[Store]:
    """The store in *directory*, closed afterwards."""
    it = store_in(directory, told=told, clock=clock, found_max=found_max, consequences=consequences)
    try:
        yield it
    finally:
        it.close()


def case_shown(store: Store, case_id: int = 1) -> dict[str, Any]:
    """A case as `cases show` has it."""
    with store.read() as connection:
        case = showing.shown(connection, case_id)
    assert case is not None
    return case


class Desk:
    """A store in memory, and what follows from what is put into it."""

    def __init__(self, connection: Connection, consequences: Consequences | None = None) -> None:
        self.connection = connection
        self.consequences = consequences or follower("log")
        self.now_ms = TEN + HOUR

    def found(self, *found: Found) -> None:
        """Store what was found, in one transaction."""
        store(self.connection, found, WORDS, self.consequences, self.now_ms)

    def cases(self) -> list[Case]:
        """All cases, the oldest first."""
        rows = self.connection.execute(select(cases).order_by(cases.c.id)).mappings()
        return [case_of(dict(row)) for row in rows]

    def history(self, case_id: int = 1) -> list[str]:
        """What the audit trail says was done."""
        return [event["what"] for event in events_of(self.connection, case_id)]

    def notices(self) -> list[Notice]:
        """Every notice that is to go to the output `log`."""
        return [
            Notice.of_payload(item.payload) for item in pending(self.connection, "log", 1_000_000)
        ]

    def told(self) -> list[tuple[str, str, str]]:
        """Alarm, change and severity of each of these."""
        return [(each.key, str(each.change), each.severity_text) for each in self.notices()]


@contextlib.contextmanager
def desk(consequences: Consequences | None = None) -> Iterator[Desk]:
    """A desk with nothing on it."""
    with in_memory() as connection:
        yield Desk(connection, consequences)


def fill_disk(store: Store) -> None:
    """Leave the store no page more."""
    pages = store.do(lambda to: to.exec_driver_sql("PRAGMA page_count").scalar_one()).result()
    store.do(lambda to: to.exec_driver_sql(f"PRAGMA max_page_count = {pages}").close()).result()


def empty_disk(store: Store) -> None:
    """Give it pages again."""
    store.do(lambda to: to.exec_driver_sql("PRAGMA max_page_count = 1000000").close()).result()


def refuse(store: Store, what: str) -> None:
    """Let the database fail at *what*, as in `UPDATE ON outbox`."""
    trigger = f"CREATE TRIGGER stuck BEFORE {what} BEGIN SELECT RAISE(ABORT, 'stuck'); END"
    store.do(lambda to: to.exec_driver_sql(trigger).close()).result()


def refuse_no_more(store: Store) -> None:
    """Let it work again."""
    store.do(lambda to: to.exec_driver_sql("DROP TRIGGER stuck").close()).result()
