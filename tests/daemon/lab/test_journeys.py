"""Legs, and where a phone is at a moment."""

from __future__ import annotations

import numpy as np
import pytest

from clonewatch.lab.cities import distance_km
from clonewatch.lab.journeys import HOUR_MS, STEP_KM, Journeys, Places, Track

ONE = np.array([1])


def made() -> tuple[Journeys, Track]:
    """Phone 1 drives an hour at 100 km/h to the north at 1 h, flies on at 4 h for an hour."""
    before = Places(np.array([40.0, 40.0]), np.array([-100.0, -100.0]))
    here = Places(before.latitude.copy(), before.longitude.copy())
    journeys = Journeys(here, np.zeros(2, np.int64), [])
    north = Places(np.array([40.0 + 100 / 111.195]), np.array([-100.0]))
    far = Places(np.array([45.0]), np.array([-100.0]))
    arrived = journeys.go(ONE, np.array([HOUR_MS]), north, np.array([100.0]))
    assert arrived[0] == pytest.approx(2 * HOUR_MS, rel=1e-3)
    journeys.fly(ONE, np.array([4 * HOUR_MS]), far, np.array([1.0]))
    return journeys, Track(before, np.concatenate(journeys.legs))


@pytest.mark.parametrize(
    ("hours", "latitude", "flies"),
    [
        (0.0, 40.0, False),
        (1.5, 40.45, False),
        (3.0, 40.9, False),
        (4.5, 42.95, True),
        (5.0, 45.0, False),
        (9.0, 45.0, False),
    ],
)
def test_a_phone_is_on_its_way_or_stays(hours: float, latitude: float, flies: object) -> None:
    _, track = made()
    places, in_the_air = track.at(ONE, np.array([int(hours * HOUR_MS)]))
    assert places.latitude[0] == pytest.approx(latitude, abs=0.01)
    assert in_the_air[0] == flies


def test_who_has_no_leg_stays() -> None:
    _, track = made()
    places, flies = track.at(np.array([0]), np.array([2 * HOUR_MS]))
    assert places.latitude[0] == 40.0
    assert not flies[0]


def test_nobody_departs_before_arriving() -> None:
    journeys, _ = made()
    journeys.go(ONE, np.array([0]), journeys.here.of(ONE), np.array([50.0]))
    assert journeys.legs[-1]["start"][0] == 5 * HOUR_MS


def test_points_along_drives_are_near_each_other_and_on_time() -> None:
    _, track = made()
    leg, time, places = track.along()
    assert set(leg.tolist()) == {0}  # not on flights
    km = distance_km(
        places.latitude[:-1], places.longitude[:-1], places.latitude[1:], places.longitude[1:]
    )
    assert (km <= STEP_KM + 0.01).all()
    assert km.sum() == pytest.approx(100, rel=0.01)
    assert (np.diff(time) > 0).all()
    there, _ = track.at(np.ones(len(time), np.int64), time)
    assert there.latitude == pytest.approx(places.latitude, abs=1e-4)
