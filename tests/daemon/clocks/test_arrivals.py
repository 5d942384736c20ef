"""Clocks of MSCs by the order of arrival."""

from __future__ import annotations

import numpy as np
import pytest

from clonewatch.clocks.arrivals import AROUND, arrival_offsets
from clonewatch.mscs import Msc, Mscs
from clonewatch.registrations import Batch

SECOND = 1_000
MSCS = Mscs([Msc(mscid=index, name=f"MSC {index % 8}") for index in range(9)])  # 8 is MSC 0 again


def arrived(count: int = 5000, every_ms: int = 500) -> Batch:
    rng = np.random.default_rng(1)
    batch = Batch.empty(count)
    batch.time[:] = np.arange(count) * every_ms + rng.integers(0, 400, count)
    batch.msc[:] = rng.integers(0, 9, count)
    batch.msid[:] = rng.integers(0, 500, count)
    return batch


@pytest.mark.parametrize("ahead_ms", [300 * SECOND, -7200 * SECOND, 5 * SECOND])
def test_a_clock_is_ahead_of_those_it_arrives_with(ahead_ms: int) -> None:
    batch = arrived()
    batch.time[batch.msc == 3] += ahead_ms
    offsets = arrival_offsets(batch, batch.time, MSCS)
    assert set(offsets) == set(range(8))
    assert abs(offsets[3].ahead_ms - ahead_ms) <= offsets[3].either_way_ms + 5 * SECOND
    assert all(abs(offsets[msc].ahead_ms) < 5 * SECOND for msc in offsets if msc != 3)
    assert offsets[0].subscribers > 400


def test_what_is_late_misleads_nobody() -> None:
    batch = arrived()
    batch.time[::10] -= 1800 * SECOND
    offsets = arrival_offsets(batch, batch.time, MSCS)
    assert max(abs(offset.ahead_ms) for offset in offsets.values()) < 10 * SECOND


def test_what_is_sorted_by_time_tells_nothing() -> None:
    batch = arrived()
    batch.time[batch.msc == 3] += 300 * SECOND
    batch = batch[np.argsort(batch.time, kind="stable")]
    assert arrival_offsets(batch, batch.time, MSCS) == {}


def test_what_is_sparse_or_of_few_subscribers_tells_nothing() -> None:
    batch = arrived(every_ms=60 * SECOND)
    batch.time[::7] -= 3600 * SECOND
    assert arrival_offsets(batch, batch.time, MSCS) == {}
    few = arrived()
    few.time[::7] -= 100 * SECOND
    few.msid[few.msc == 2] = 1
    assert 2 not in arrival_offsets(few, few.time, MSCS)


@pytest.mark.parametrize("count", [0, 1, AROUND - 1, AROUND + 1])
def test_any_number_of_them_will_do(count: int) -> None:
    batch = arrived(count)
    batch.time[:] = batch.time[::-1].copy()
    offsets = arrival_offsets(batch, batch.time, MSCS)
    assert all(abs(offset.ahead_ms) < 60 * SECOND for offset in offsets.values())
