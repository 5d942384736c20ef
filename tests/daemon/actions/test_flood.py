"""A clock that is hours off, and a mistyped travel time, among honest registrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from clonewatch.actions.alarms.book import raised
from clonewatch.actions.consequences import Consequences
from clonewatch.clonerecords import CloneRecords
from clonewatch.detector import Detector
from clonewatch.evidence.network import Network
from clonewatch.lab.phones import HOUR_MS, Habits, Phones
from clonewatch.lab.town import Town
from clonewatch.lab.traffic import Mishaps, Traffic
from clonewatch.registrations import Batch
from clonewatch.store.database import in_memory
from clonewatch.store.following import store
from stores import TEN

if TYPE_CHECKING:
    from numpy.typing import NDArray

REGISTRATIONS = 200_000
AT_ONCE = 4096


@pytest.fixture(scope="module")
def town() -> Town:
    return Town.build(30, np.random.default_rng(1))


@pytest.fixture(scope="module")
def honest(town: Town) -> Batch:
    """Six hours of 20,000 honest subscribers."""
    rng = np.random.default_rng(2)
    habits = Habits(start_ms=TEN, per_hour=2, tick_ms=1, imsi=0)
    traffic = Traffic(town, Phones(town, 20_000, 0, habits, rng), Mishaps(), 4, rng)
    blocks = traffic.blocks(6, REGISTRATIONS)
    return Batch.joined([block.invokes.registrations for block in blocks])


def alarms(town: Town, batch: Batch, travel_ms: NDArray[np.int64]) -> tuple[int, list[str]]:
    """How many conflicts are found, and what is raised at the end."""
    batch = batch[np.argsort(batch.time, kind="stable")]
    detector = Detector(travel_ms, town.mscs.mscid_of, seed=1)
    words = CloneRecords(town.mscs, ["west"])
    network = Network(mscs=town.mscs, travel_ms=travel_ms)
    consequences = Consequences(words=words, network=network)
    with in_memory() as connection:
        for at in range(0, len(batch), AT_ONCE):
            conflicts = detector.take(batch[at : at + AT_ONCE])
            store(connection, conflicts, words, consequences, TEN)
        return detector.counts["conflicts"], [alarm.key for alarm in raised(connection)]


def test_honest_registrations_raise_nothing(town: Town, honest: Batch) -> None:
    assert alarms(town, honest, town.travel.ms) == (0, [])


@pytest.mark.parametrize("msc", [0, 7, 14])
def test_a_clock_three_hours_off_is_one_alarm(town: Town, honest: Batch, msc: int) -> None:
    batch = honest[np.arange(len(honest))]
    batch.time[np.isin(batch.msc, town.indices[msc])] += 3 * HOUR_MS
    conflicts, told = alarms(town, batch, town.travel.ms)
    assert conflicts > 500
    assert told == [f"travel-times-{town.mscs.name(int(town.indices[msc][0]))}"]


def test_a_mistyped_travel_time_is_one_alarm(town: Town, honest: Batch) -> None:
    travel_ms = town.travel.ms.copy()
    here, there = town.indices[0][0], town.indices[town.neighbours[0][0]][0]
    assert travel_ms[here, there] == 0
    travel_ms[here, there] = 5 * HOUR_MS
    conflicts, told = alarms(town, honest, travel_ms)
    assert conflicts > 100
    names = sorted((town.mscs.name(int(here)), town.mscs.name(int(there))))
    assert told == [f"travel-times-{names[0]}-{names[1]}"]
