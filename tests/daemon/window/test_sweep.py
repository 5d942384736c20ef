"""The horizon moves, and what leaves the window leaves memory."""

from __future__ import annotations

import numpy as np
import pytest

from clonewatch.registrations import Batch
from clonewatch.window import Window, layout
from clonewatch.window.layout import AWAITED, DELIVERING, NEVER, UNSEEN, Tables
from clonewatch.window.sweep import LEAVING_ROWS, SLICE_ROWS, horizon_of
from clonewatch.window.tables import Limits, empty_tables
from fig4 import HOUR, MSCID_OF, TRAVEL_MS

WINDOW_MS = 1000
NOW = 1_000_000


def tables(newest: int, *sources: tuple[int, int, int]) -> Tables:
    of = empty_tables(
        TRAVEL_MS.astype(np.int32),
        MSCID_OF,
        limits=Limits(
            subscribers_max=1,
            registrations_per_msid_max=8,
            overflow_octets_max=0,
            segments=1,
            segment_slots=8,
        ),
        window_ms=WINDOW_MS,
        lateness_ms=0,
        seed=1,
    )
    of.state[layout.NEWEST] = newest
    for number, (standing, newest_of_source, lateness) in enumerate(sources):
        of.sources[number, layout.SOURCE_STANDING] = standing
        of.sources[number, layout.SOURCE_NEWEST] = newest_of_source
        of.sources[number, layout.SOURCE_LATENESS] = lateness
    return of


@pytest.mark.parametrize(
    ("sources", "horizon"),
    [
        ([(DELIVERING, NOW, 100)], NOW - 100),
        ([(DELIVERING, NOW, 100), (DELIVERING, NOW - 50, 100)], NOW - 150),
        ([(DELIVERING, NOW, 100), (DELIVERING, NOW - 50, 10)], NOW - 100),
        ([(DELIVERING, NOW, 100), (UNSEEN, NOW - 500, 100)], NOW - 100),
        ([(DELIVERING, NOW, 100), (AWAITED, NEVER, 300)], NOW - 300),
        ([(DELIVERING, NOW, 100), (DELIVERING, NOW - 5000, 0)], NOW - WINDOW_MS),
        ([(DELIVERING, NOW, 5000)], NOW - WINDOW_MS),
        ([(UNSEEN, NEVER, 0)], NEVER),
    ],
)
def test_the_horizon_is_what_the_slowest_source_may_still_deliver(
    sources: list[tuple[int, int, int]], horizon: int
) -> None:
    assert horizon_of(tables(NOW, *sources)) == horizon


def test_nobody_has_delivered_and_there_is_no_horizon() -> None:
    assert horizon_of(tables(NEVER, (AWAITED, NEVER, 300))) == NEVER


def test_no_slice_is_long_however_many_leave_at_once() -> None:
    subscribers = 60_000
    of = Window(TRAVEL_MS.astype(np.int32), MSCID_OF, subscribers_max=subscribers + 1)

    def take(count: int, time: int) -> int:
        batch = Batch.empty(count)
        batch.time[:] = time
        batch.msid[:] = np.arange(count)
        batch.msc[:] = 0
        of.take(batch)
        return of.subscribers

    take(subscribers, NOW)
    left = [take(1, NOW + 100 * HOUR + n) for n in range(8)]
    leaving = -np.diff([subscribers, *left])
    assert leaving.max() <= SLICE_ROWS // (1 + LEAVING_ROWS) + 1
    assert leaving[1:4].min() > 10_000
    assert left[-1] == 1


def test_a_full_ring_that_nobody_adds_to_comes_back_into_its_row() -> None:
    of = Window(
        TRAVEL_MS.astype(np.int32),
        MSCID_OF,
        subscribers_max=100,
        registrations_per_msid_max=64,
        overflow_octets_max=3 * 64 * 16,  # three rings of 64 places
    )
    batch = Batch.empty(50)
    batch.time[:] = NOW + np.arange(50)
    batch.msc[:] = 0
    batch.esn[:] = np.arange(50)
    of.take(batch)
    for hour in range(1, 4):
        other = batch[:1]
        other.msid[:] = 1
        other.time[:] = NOW + hour * HOUR
        of.take(other)
    # Were the ring still held, two more would not do: each grows from one of half its size.
    for msid in (2, 3):
        batch.msid[:] = msid
        batch.time[:] = NOW + 3 * HOUR + np.arange(50)
        of.take(batch)
    assert of.counts.window_overflowed == 0
