"""What coordinates say of journeys."""

from __future__ import annotations

import numpy as np
import pytest

from clonewatch.travel.geography import Geography
from places import equator, mscs_at


def test_a_journey_has_a_reasonable_and_a_least_time() -> None:
    geography = Geography.of(equator(0, 1080, radius_km=15), None)
    assert geography.least_minutes[0, 1] == pytest.approx(60, abs=0.3)
    assert geography.fastest_minutes[0, 1] == pytest.approx(20 + 60 * 1050 / 850, abs=0.4)
    assert geography.crossing_minutes.tolist() == [30 / 160 * 60] * 2


def test_an_msc_of_several_areas_is_as_wide_as_these_are_apart() -> None:
    mscs = mscs_at((0, 0, 10), (0, 5, 1), (0, 1, 10), same=1)
    geography = Geography.of(mscs, None)
    assert geography.crossing_minutes[0] == pytest.approx((111 + 20) / 160 * 60, rel=0.01)


def test_without_coordinates_nothing_is_known() -> None:
    geography = Geography.of(mscs_at((None, None, 5), (None, None, 5)), None)
    assert np.isnan(geography.least_minutes).all()
    assert geography.crossing_minutes.tolist() == [0, 0]


def test_a_missing_radius_is_the_one_that_is_given() -> None:
    mscs = mscs_at((0, 0, None), (0, 1, None), (None, None, None))
    geography = Geography.of(mscs, 60)
    assert geography.least_minutes[0, 1] == 0
    assert np.isnan(geography.fastest_minutes[0, 2])
    assert geography.crossing_minutes.tolist() == [45, 45, 0]


def test_how_near_areas_without_a_radius_come_is_not_known() -> None:
    geography = Geography.of(mscs_at((0, 0, None), (0, 1, 10), (0, 3, 10)), None)
    assert np.isnan(geography.least_minutes[0, 1])
    assert geography.fastest_minutes[0, 1] > 0
    assert geography.least_minutes[1, 2] > 0
    assert geography.crossing_minutes.tolist() == [0, 7.5, 7.5]
