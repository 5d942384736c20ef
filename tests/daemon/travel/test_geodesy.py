"""Distances: the bounds beside geographiclib's exact geodesics."""

from __future__ import annotations

import numpy as np
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.travel.geodesy import LONG, Places

LATITUDES = st.floats(-90, 90)
LONGITUDES = st.floats(-180, 180)


def place(latitude: float, longitude: float) -> Places:
    return Places(np.array([latitude]), np.array([longitude]))


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES)
def test_the_geodesic_lies_between_the_bounds(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float
) -> None:
    here, there = place(latitude, longitude), place(other_latitude, other_longitude)
    exact = here.exact_km(0, there, 0)
    km = float(here.km_to(there)[0, 0])
    assert km <= exact + 1e-6
    assert exact <= km * LONG + 1e-6


def test_the_bounds_are_a_third_of_a_percent_apart() -> None:
    assert 1.003 < LONG < 1.0034


def test_an_exact_distance_is_geographiclibs() -> None:
    exact = place(40.64, -73.78).exact_km(0, place(33.94, -118.41), 0)
    assert exact == Geodesic.WGS84.Inverse(40.64, -73.78, 33.94, -118.41)["s12"] / 1000
    assert 3970 < exact < 3990


def test_many_at_once_are_what_single_ones_are() -> None:
    rng = np.random.default_rng(1)
    places = Places(rng.uniform(-90, 90, 5), rng.uniform(-180, 180, 5))
    km = places[1:4].km_to(places)
    assert km.shape == (3, 5)
    for at in range(3):
        for other in range(5):
            one = Places(places.latitude[[at + 1]], places.longitude[[at + 1]])
            two = Places(places.latitude[[other]], places.longitude[[other]])
            assert km[at, other] == one.km_to(two)[0, 0]


def test_what_is_not_known_has_no_distance() -> None:
    assert np.isnan(place(np.nan, np.nan).km_to(place(0, 0))).all()
