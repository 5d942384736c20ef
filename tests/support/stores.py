"""Stores to test with: conflicts, names for what they hold, a clock."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from clonewatch.clonerecords import CloneRecords
from clonewatch.detector import Conflict
from clonewatch.mscs import Msc, Mscs
from clonewatch.registrations import Registration
from clonewatch.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from clonewatch.store.events import Event

TEN: Final = 1_795_341_600_000  # 2026-11-22T10:00:00Z
MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
MIN: Final = 6145551234
MARKET: Final = 4660 << 8
NAMES: Final = ("MSC A", "MSC B", "MSC C", "MSC D", "MSC E")
WORDS: Final = CloneRecords(
    Mscs([Msc(mscid=MARKET | at, name=name) for at, name in enumerate(NAMES, 1)]),
    ["west", "east"],
)


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


def store_in(
    directory: Path,
    *,
    told: Told | None = None,
    clock: Clock | None = None,
    conflicts_max: int = 1000,
) -> Store:
    """The store in *directory*."""
    return Store.open(
        directory / "clonewatch.sqlite",
        WORDS,
        tell=Told() if told is None else told,
        clock=clock or Clock(),
        retry_s=0.01,
        conflicts_max=conflicts_max,
    )


@contextlib.contextmanager
def opened(
    directory: Path,
    *,
    told: Told | None = None,
    clock: Clock | None = None,
    conflicts_max: int = 1000,
) -> Iterator[Store]:
    """The store in *directory*, closed afterwards."""
    store = store_in(directory, told=told, clock=clock, conflicts_max=conflicts_max)
    try:
        yield store
    finally:
        store.close()


def fill_disk(store: Store) -> None:
    """Leave the store no page more."""
    pages = store.do(lambda to: to.exec_driver_sql("PRAGMA page_count").scalar_one()).result()
    store.do(lambda to: to.exec_driver_sql(f"PRAGMA max_page_count = {pages}").close()).result()


def empty_disk(store: Store) -> None:
    """Give it pages again."""
    store.do(lambda to: to.exec_driver_sql("PRAGMA max_page_count = 1000000").close()).result()
