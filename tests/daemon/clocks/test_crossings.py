"""Clocks of MSCs by those who cross from one area to the next and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from clonewatch.clocks.crossings import EACH_MAX, HEAP_MIN, crossing_offsets, crossings_of
from clonewatch.mscs import Msc, Mscs
from clonewatch.registrations import Batch

if TYPE_CHECKING:
    from clonewatch.clocks.offsets import Offset

SECOND = 1_000
MINUTE = 60 * SECOND
COUNT = 5
MSCS = Mscs([Msc(mscid=index, name=f"MSC {index}") for index in range(COUNT)])
TOUCHING = np.zeros((COUNT, COUNT), np.int64)


def to_and_fro(subscribers: int = 400, trips: int = 3, typical: float = 6 * MINUTE) -> Batch:
    """Each goes from one area to another and back, within minutes."""
    rng = np.random.default_rng(1)
    rows = []
    for msid in range(subscribers):
        for trip in range(trips):
            home, away = rng.choice(COUNT, 2, replace=False)
            time = trip * 24 * 60 * MINUTE + rng.integers(0, 12 * 60 * MINUTE)
            for msc in (home, away, home):
                rows.append((time, msid, msc))
                time += int(rng.exponential(typical)) + 20 * SECOND
    batch = Batch.empty(len(rows))
    batch.time[:], batch.msid[:], batch.msc[:] = np.array(rows).T
    return batch


def offsets_of(
    batch: Batch, travel_ms: np.ndarray[tuple[int, int], np.dtype[np.int64]] = TOUCHING
) -> dict[int, Offset]:
    return crossing_offsets(batch, batch.time, MSCS, travel_ms)


@pytest.mark.parametrize("ahead_s", [0, 600, -600, 300])
def test_a_clock_that_is_ahead_moves_all_its_crossings(ahead_s: int) -> None:
    batch = to_and_fro()
    batch.time[batch.msc == 2] += ahead_s * SECOND
    offsets = offsets_of(batch)
    assert set(offsets) == set(range(COUNT))
    for msc, offset in offsets.items():
        true_ms = ahead_s * SECOND if msc == 2 else 0
        assert abs(offset.ahead_ms - true_ms) < offset.either_way_ms
        assert offset.subscribers > 50


def test_a_quarter_of_an_hour_both_ways_is_no_wrong_clock() -> None:
    batch = to_and_fro(typical=SECOND)
    batch.time[1::3] += 15 * MINUTE
    batch.time[2::3] += 30 * MINUTE
    assert all(offset.ahead_ms == 0 for offset in offsets_of(batch).values())


def test_one_subscriber_moves_nothing() -> None:
    batch = to_and_fro()
    clone = Batch.empty(4000)
    clone.msid[:] = 10_000
    clone.time[:] = np.repeat(np.arange(2000) * 60 * MINUTE, 2)
    clone.time[1::2] += 10 * MINUTE
    clone.msc[:] = np.tile((0, 2), 2000)
    found = crossings_of(clone, clone.time, MSCS, TOUCHING)
    assert len(found.msid) == 2 * EACH_MAX
    both = Batch.joined([batch, clone])
    assert all(offset.ahead_ms == 0 for offset in offsets_of(both).values())


def test_mscs_that_do_not_touch_and_few_crossings_tell_nothing() -> None:
    apart = np.where(np.eye(COUNT, dtype=bool), 0, 10 * MINUTE)
    assert offsets_of(to_and_fro(), apart) == {}
    assert offsets_of(to_and_fro(subscribers=HEAP_MIN // 10, trips=1)) == {}
    assert offsets_of(Batch.empty()) == {}


def test_of_two_alone_nobody_can_say_whose_clock_it_is() -> None:
    batch = to_and_fro()
    batch = batch[batch.msc < 2]
    batch.time[batch.msc == 1] += 10 * MINUTE
    assert all(offset.ahead_ms == 0 for offset in offsets_of(batch).values())
