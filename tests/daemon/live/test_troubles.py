"""Our own troubles, as alarms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from clonewatch.actions.alarms.book import raised
from clonewatch.actions.alarms.selves import Selves
from clonewatch.actions.suspension.stuck import Due, Stuck, Task
from clonewatch.clocks.watch import ClockChanged
from clonewatch.live.troubles import LINK_DOWN_AFTER_S, Troubles
from clonewatch.recordfile import events as recordfile
from clonewatch.sources.spool import events as spool
from clonewatch.store import events
from clonewatch.store.apart import Fault
from clonewatch.store.aside import Aside
from stores import conflict, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clonewatch.store.store import Store

PATH = Path("x")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as it:
        yield it


@pytest.fixture
def troubles(store: Store) -> Troubles:
    return Troubles(Selves(store, lambda _: (), lambda *_: None))


def alarms(store: Store) -> dict[str, int]:
    store.do(lambda _: None).result()
    with store.read() as connection:
        return {alarm.key: alarm.count for alarm in raised(connection)}


def test_files_that_fail_are_alarms_until_they_work_again(store: Store, troubles: Troubles) -> None:
    troubles.told(recordfile.Failed(PATH, "disk full"))
    troubles.told(events.Failed(PATH, "disk full"))
    assert alarms(store).keys() == {"record_file_failing-record file", "store_failing-store"}
    troubles.told(recordfile.Resumed(PATH, 3))
    troubles.told(events.Resumed(PATH))
    assert alarms(store) == {}
    troubles.told(recordfile.Sealed(PATH, 3))
    troubles.told(events.Overflowed(PATH, 7))
    assert alarms(store).keys() == {"store_failing-store"}


def test_groups_that_cannot_be_sealed_are_an_alarm_of_their_own_until_they_are(
    store: Store, troubles: Troubles
) -> None:
    troubles.told(recordfile.Failed(PATH, "disk full"))
    for _ in range(2):
        troubles.told(recordfile.SealingFailed(PATH, "disk full"))
    assert alarms(store).keys() == {
        "record_file_failing-record file",
        "record_file_failing-groups of the record file",
    }
    troubles.told(recordfile.SealingResumed(PATH))
    assert alarms(store).keys() == {"record_file_failing-record file"}


def test_what_is_set_aside_is_an_alarm_beside_others(store: Store, troubles: Troubles) -> None:
    troubles.told(events.SetAside(PATH, Aside(conflict(), Fault.of(ValueError("so there")))))
    due = Due(task=Task.DECIDE, id=5, case_id=5)
    troubles.told(Stuck(due, Fault.of(ValueError("so there"))))
    troubles.told(events.Resumed(PATH))
    assert alarms(store) == {"conflict_set_aside-store": 1, "conflict_set_aside-suspension": 1}


def test_a_link_that_is_down_for_long_is_one_alarm(store: Store, troubles: Troubles) -> None:
    for now in (0.0, LINK_DOWN_AFTER_S - 1):
        troubles.links_looked_at({"west": False, "east": True}, now)
    assert alarms(store) == {}
    for now in (LINK_DOWN_AFTER_S, LINK_DOWN_AFTER_S + 2):
        troubles.links_looked_at({"west": False, "east": True}, now)
    assert alarms(store) == {"link_down-west": 1}
    troubles.links_looked_at({"west": True, "east": False}, 50)
    assert alarms(store) == {}
    troubles.links_looked_at({"west": True, "east": False}, 50 + LINK_DOWN_AFTER_S)
    assert alarms(store) == {"link_down-east": 1}
    troubles.links_looked_at({"west": True}, 90)
    assert alarms(store) == {}


def test_a_silent_source_is_an_alarm_until_it_is_heard(store: Store, troubles: Troubles) -> None:
    troubles.silence_changed("west", is_silent=True)
    assert alarms(store) == {"source_silent-west": 1}
    troubles.silence_changed("west", is_silent=False)
    assert alarms(store) == {}


def test_a_missing_group_is_an_alarm_until_one_comes(store: Store, troubles: Troubles) -> None:
    troubles.spool_told("east", spool.Missing(PATH, 0, 2))
    assert alarms(store) == {"group_missing-east": 1}
    troubles.spool_told("east", spool.Refused(PATH, 0, "torn"))
    assert alarms(store) == {"group_missing-east": 1}
    troubles.spool_told("east", spool.Taken(PATH, 5))
    assert alarms(store) == {}


def test_a_clock_that_runs_away_is_an_alarm_until_it_is_right(
    store: Store, troubles: Troubles
) -> None:
    off = ClockChanged(name="MSC A", is_msc=True, is_runaway=True, offset=None)
    troubles.clock_changed(off)
    assert alarms(store) == {"clock_runaway-MSC A": 1}
    troubles.clock_changed(replace(off, is_runaway=False))
    assert alarms(store) == {}
