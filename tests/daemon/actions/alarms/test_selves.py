"""Alarms about ourselves."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import pytest

from clonewatch.actions.alarms.book import raised
from clonewatch.actions.alarms.kinds import Kind
from clonewatch.actions.alarms.selves import UNKNOWN_NAMED_MAX, Selves
from clonewatch.evidence.findings import Severity
from clonewatch.registrations import MSC_UNKNOWN, Batch
from stores import MARKET, conflict, opened, refuse, refuse_no_more, store_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from sqlalchemy import Connection

    from clonewatch.actions.alarms.notice import Notice
    from clonewatch.store.store import Store

T = TypeVar("T")


class Ourselves:
    """Alarms about ourselves over a store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.direct: list[Notice] = []
        self.selves = self.begun()

    def begun(self) -> Selves:
        return Selves(self.store, lambda _: ("log",), self._directly)

    def _directly(self, notice: Notice, outputs: Sequence[str]) -> None:
        assert outputs == ("log",)
        self.direct.append(notice)

    def raised(self) -> dict[str, int]:
        """Counts of what is raised, by key."""
        self.store.do(lambda _: None).result()  # orders before it are done
        with self.store.read() as connection:
            return {alarm.key: alarm.count for alarm in raised(connection)}


@pytest.fixture
def us(tmp_path: Path) -> Iterator[Ourselves]:
    with opened(tmp_path) as store:
        yield Ourselves(store)


def unknown(*mscids: int) -> Batch:
    """Registrations from MSCs that no table has, and one that it has."""
    first = conflict().first
    return Batch.of([first, *(replace(first, mscid=mscid, msc=MSC_UNKNOWN) for mscid in mscids)])


def test_the_book_ends_with_what_was_told_last_whoever_is_quicker(us: Ourselves) -> None:
    """One thread tells that something is wrong, and is overtaken by one that clears it."""
    do = us.store.do
    clearing = threading.Thread(target=us.selves.clear, args=(Kind.LINK_DOWN, "west"))

    def overtaken(work: Callable[[Connection], T]) -> Future[T]:
        if not clearing.ident:
            clearing.start()
            clearing.join(0.1)  # as long as it would take, could it come in between
        return do(work)

    us.store.do = overtaken  # type: ignore[method-assign]
    us.selves.raise_(Kind.LINK_DOWN, "west", text="refused")
    clearing.join()
    assert not us.selves.is_raised(Kind.LINK_DOWN, "west")
    assert us.raised() == {}


def test_what_is_wrong_is_raised_counted_and_cleared(us: Ourselves) -> None:
    us.selves.raise_(Kind.LINK_DOWN, "west", text="refused")
    for _ in range(3):
        us.selves.raise_(Kind.LINK_DOWN, "west", text="refused")
    assert us.raised() == {"link_down-west": 1}
    us.selves.tick()
    assert us.raised() == {"link_down-west": 4}
    us.selves.clear(Kind.LINK_DOWN, "west")
    us.selves.tick()
    assert us.raised() == {}
    us.selves.raise_(Kind.LINK_DOWN, "west", text="refused")
    assert us.raised() == {"link_down-west": 1}


def test_another_severity_is_told_at_once(us: Ourselves) -> None:
    us.selves.raise_(Kind.CLOCK_RUNAWAY, "MSC A", severity=Severity.MINOR, text="+90 s")
    us.selves.raise_(Kind.CLOCK_RUNAWAY, "MSC A", severity=Severity.MAJOR, text="+900 s")
    assert us.raised() == {"clock_runaway-MSC A": 2}


def test_all_well_from_the_start_is_not_told(us: Ourselves) -> None:
    us.selves.clear(Kind.LINK_DOWN, "west")
    assert us.raised() == {}


def test_unknown_mscs_have_an_alarm_each_and_past_64_one_together(us: Ourselves) -> None:
    us.selves.look_for_unknown_mscs(unknown())
    assert us.raised() == {}
    for number in range(UNKNOWN_NAMED_MAX + 10):
        us.selves.look_for_unknown_mscs(unknown(number << 8, number << 8))
    us.selves.look_for_unknown_mscs(unknown(0))
    us.selves.tick()
    told = us.raised()
    assert len(told) == UNKNOWN_NAMED_MAX + 1
    assert told["msc_unknown-0-0"] == 3
    assert told[f"msc_unknown-{UNKNOWN_NAMED_MAX - 1}-0"] == 2
    assert told["msc_unknown-others"] == 20
    us.selves.mscs_changed()
    assert us.raised() == {}
    us.selves.look_for_unknown_mscs(unknown(MARKET | 77))
    assert us.raised() == {"msc_unknown-4660-77": 1}


def test_while_the_store_fails_they_go_straight_out_and_are_written_later(us: Ourselves) -> None:
    refuse(us.store, "INSERT ON alarms")
    us.selves.raise_(Kind.STORE_FAILING, "store", text="disk full")
    us.selves.raise_(Kind.LINK_DOWN, "west", text="refused")
    assert us.raised() == {}
    assert [(notice.key, notice.severity_text) for notice in us.direct] == [
        ("store_failing-store", "major"),
        ("link_down-west", "major"),
    ]
    us.selves.clear(Kind.LINK_DOWN, "west")
    refuse_no_more(us.store)
    us.selves.store_resumed()
    assert us.raised() == {"store_failing-store": 1}


def test_what_alone_could_not_be_written_is_tried_again_and_sent_once(us: Ourselves) -> None:
    """Where no commit fails but an order, the store tells of no end."""
    refuse(us.store, "INSERT ON alarms")
    us.selves.raise_(Kind.LINK_DOWN, "west", text="refused")
    us.selves.raise_(Kind.LINK_DOWN, "east", text="refused")
    us.selves.tick()
    assert us.raised() == {}
    refuse_no_more(us.store)
    us.selves.raise_(Kind.LINK_DOWN, "east", severity=Severity.MINOR, text="refused")
    for _ in range(2):
        us.selves.tick()
        assert us.raised() == {"link_down-west": 1, "link_down-east": 1}
    assert len(us.direct) == 2


def test_what_an_earlier_run_raised_is_cleared_unless_it_is_told_again(us: Ourselves) -> None:
    for name in ("west", "east"):
        us.selves.raise_(Kind.LINK_DOWN, name, text="refused")
    us.selves.raise_(Kind.TRAVEL_TIMES_SUSPECT, "MSC A", text="wrong")
    us.store.submit([conflict()], 1)
    us.store.flush()
    again = us.begun()
    again.raise_(Kind.LINK_DOWN, "west", text="refused")
    again.forget_earlier()
    assert us.raised().keys() == {
        "link_down-west",
        "travel_times_suspect-MSC A",
        "case-1",
    }


def test_what_is_told_while_the_store_closes_is_let_be(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    selves = Ourselves(store).selves
    store.close()
    selves.raise_(Kind.STORE_FAILING, "store", text="disk full")
    assert selves.is_raised(Kind.STORE_FAILING, "store")
