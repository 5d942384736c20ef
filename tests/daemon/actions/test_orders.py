"""What operators tell cases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from clonewatch.actions.orders import OrderError, Orders
from clonewatch.registrations import Batch
from clonewatch.store.tables import alarms
from stores import DAY, HOUR, MIN, TEN, Clock, case_shown, conflict, follower, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from clonewatch.store.store import Store


class Office:
    """A store, and somebody who gives orders."""

    def __init__(self, store: Store, orders: Orders, clock: Clock) -> None:
        self.store = store
        self.orders = orders
        self.clock = clock

    def found(self, *found: Any) -> None:
        self.store.submit(found, 1)
        assert self.store.flush()

    def shown(self, case_id: int = 1) -> dict[str, Any]:
        return case_shown(self.store, case_id)

    def raised(self) -> list[str]:
        with self.store.read() as connection:
            rows = connection.execute(alarms.select().where(alarms.c.cleared_at.is_(None)))
            return [row.key for row in rows]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    consequences, clock = follower("log"), Clock(TEN + HOUR)
    with opened(tmp_path, clock=clock, consequences=consequences) as store:
        yield Office(store, Orders(store, consequences), clock)


def test_each_order_is_in_the_audit_trail_with_who_gave_it(office: Office) -> None:
    office.found(conflict())
    assert office.orders.confirm(1, who="ann", note="called her").result()["state"] == "confirmed"
    office.orders.annotate(1, who="bob", note="police told").result()
    office.orders.close(1, who="ann", note="").result()
    told = office.shown()
    assert [(e["who"], e["what"], e["state"], e["note"]) for e in told["history"][1:]] == [
        ("ann", "confirm", "confirmed", "called her"),
        ("bob", "note", "confirmed", "police told"),
        ("ann", "close", "closed", ""),
    ]
    assert office.raised() == []


def test_a_dismissed_case_is_silent_for_a_week(office: Office) -> None:
    office.found(conflict())
    told = office.orders.dismiss(1, who="ann", note="test phone").result()
    assert told["silent_until"] == "2026-11-29T11:00:00.000Z"
    office.found(conflict(at=TEN + HOUR))
    assert office.raised() == []
    office.clock.now_ms += 7 * DAY
    office.found(conflict(at=TEN + HOUR + 1))
    assert office.raised() == ["case-2"]


def test_a_victims_report_opens_a_case_that_is_not_acquitted(office: Office) -> None:
    told = office.orders.open(MIN, who="ann", note="bill for calls to Peru").result()
    assert (told["case"], told["severity"], told["conflicts"]) == (1, "major", 0)
    assert office.raised() == ["case-1"]
    office.found(conflict())
    office.found(replace(conflict(), superseded=True))
    assert office.shown()["state"] == "open"
    assert office.orders.open(MIN, who="bob", note="again").result()["case"] == 1
    office.orders.close(1, who="ann", note="").result()
    assert office.orders.open(MIN, who="bob", note="again").result()["case"] == 2


def test_a_reissued_identity_is_watched(office: Office) -> None:
    office.found(conflict(second_esn=0x82999999))
    told = office.orders.reissue(1, who="ann", note="new SIM").result()
    assert told["state"] == "closed"
    assert office.shown()["history"][-1]["note"] == "watching 82123456, 82999999; new SIM"
    old = replace(conflict().first, time=TEN + 2 * HOUR)
    batch = Batch.of([replace(old, esn=1), old, replace(old, msid=MIN + 1)])
    consequences = office.orders._consequences  # noqa: SLF001
    seen = consequences.watched.seen(batch)
    assert seen == [old]
    office.found(*seen)
    assert office.raised() == ["case-2"]
    assert "given up with case 1" in office.shown(2)["history"][0]["note"]


def test_reissue_without_a_known_phone_asks_which(office: Office) -> None:
    office.orders.open(MIN, who="ann", note="").result()
    with pytest.raises(OrderError, match="say which, with --esn"):
        office.orders.reissue(1, who="ann", note="").result()
    assert office.shown()["state"] == "open"
    told = office.orders.reissue(1, who="ann", note="", esns=[0x82123456]).result()
    assert told["state"] == "closed"
    assert office.shown()["history"][-1]["note"] == "watching 82123456"


def test_what_the_table_lacks_is_refused_and_changes_nothing(office: Office) -> None:
    office.found(conflict())
    office.orders.close(1, who="ann", note="").result()
    before = office.shown()
    for order in (office.orders.confirm, office.orders.dismiss, office.orders.reissue):
        with pytest.raises(OrderError, match="a case that is closed takes no"):
            order(1, who="ann", note="").result()
    assert office.shown() == before


def test_an_unknown_case_is_refused(office: Office) -> None:
    with pytest.raises(OrderError, match="there is no case 7: see `cases list`"):
        office.orders.confirm(7, who="ann", note="").result()
