"""Intervals of 95 %, beside what statistics' tables say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.evaluate.intervals import Estimate, quantile, rate, share


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 1000, 0.0002, 0.0056),
    ],
)
def test_a_share_has_wilsons_interval(count: int, of: int, low: float, high: float) -> None:
    found = share(count, of)
    assert found.value == count / of
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.39), (100, 81.36, 121.63)],
)
def test_a_rate_has_poissons_interval(count: int, low: float, high: float) -> None:
    found = rate(count, 2.0)
    assert found.value == count / 2
    assert (found.low * 2, found.high * 2) == pytest.approx((low, high), rel=1e-3)


def test_a_quantile_has_that_of_its_neighbours() -> None:
    found = quantile(list(range(100)), 0.5)
    assert found.value == 49.5
    assert (found.low, found.high) == (40.0, 60.0)
    assert quantile([3.0], 0.95) == Estimate(3.0, 3.0, 3.0)


def test_nothing_tried_is_not_a_number() -> None:
    for found in (share(0, 0), rate(3, 0), quantile([], 0.5)):
        assert math.isnan(found.value)


def test_another_unit() -> None:
    assert Estimate(1.0, 0.5, 2.0).scaled(10) == Estimate(10.0, 5.0, 20.0)


@given(st.integers(1, 500), st.data())
def test_intervals_hold_their_figure(of: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, of))
    for found in (share(count, of), rate(count, float(of))):
        assert found.low <= found.value <= found.high


def test_the_interval_of_a_share_holds_the_truth_nineteen_times_of_twenty() -> None:
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(1000):
        found = share(int(rng.binomial(60, 0.9)), 60)
        held += found.low <= 0.9 <= found.high
    assert 930 <= held <= 980
