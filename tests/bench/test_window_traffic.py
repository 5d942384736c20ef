"""Registrations for the window are what they are said to be."""

from __future__ import annotations

import numpy as np
import pytest

from bench.window_traffic import BETWEEN_MS, HOUR_MS, LATE_MS, MSCS, START_MS, Traffic, travel_ms
from clonewatch.registrations import Batch

SUBSCRIBERS = 5000


def test_everybody_comes_once() -> None:
    batch = Batch.joined(list(Traffic(SUBSCRIBERS).everybody()))
    assert np.unique(batch.msid).size == len(batch) == SUBSCRIBERS


def test_time_goes_on_as_often_as_everybody_registers() -> None:
    traffic = Traffic(SUBSCRIBERS)
    batch = Batch.joined(list(traffic.hours(2, 0.0)))
    assert (np.diff(batch.time) >= 0).all()
    assert traffic.now_ms - START_MS == pytest.approx(2 * HOUR_MS, abs=BETWEEN_MS / SUBSCRIBERS)


def test_a_share_comes_late_but_within_the_lateness() -> None:
    batch = Batch.joined(list(Traffic(SUBSCRIBERS).some(40_000, late_share=0.5)))
    behind_ms = np.maximum.accumulate(batch.time) - batch.time
    assert (behind_ms > 0).mean() == pytest.approx(0.5, abs=0.02)
    assert behind_ms.max() < LATE_MS


def test_after_the_turnover_all_are_others() -> None:
    traffic = Traffic(SUBSCRIBERS, turnover_ms=HOUR_MS)
    first = Batch.joined(list(traffic.some(1000)))
    list(traffic.hours(1.5, 0.0))
    later = Batch.joined(list(traffic.some(1000)))
    assert not np.isin(first.msid, later.msid).any()


def test_few_subscribers_are_seen_far_away() -> None:
    batch = Batch.joined(list(Traffic(SUBSCRIBERS).some(40_000)))
    apart = travel_ms()[batch.msc, (batch.esn % MSCS).astype(np.intp)] > 0
    assert 0 < apart.mean() < 0.01
