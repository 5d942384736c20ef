"""Cities, and distances between them."""

from __future__ import annotations

import numpy as np
import pytest

from clonewatch.lab.cities import distance_km, load_cities, offset


def test_cities_are_in_the_48_states_and_have_names_of_their_own() -> None:
    cities = load_cities()
    assert len(cities) == len(set(cities.names)) > 300
    assert cities.people.sum() > 2e8
    assert ((cities.latitude > 24) & (cities.latitude < 49.5)).all()
    assert ((cities.longitude > -125) & (cities.longitude < -66)).all()
    assert 80 < cities.has_airport.sum() < 120


def test_distances_are_those_of_the_globe() -> None:
    cities = load_cities()
    apart = cities.distances_km()
    new_york, los_angeles = (cities.names.index(n) for n in ("New York NY", "Los Angeles CA"))
    assert apart[new_york, los_angeles] == pytest.approx(3936, rel=0.005)
    assert (apart == apart.T).all()
    assert (np.diag(apart) == 0).all()


def test_an_offset_is_so_far_away() -> None:
    lat, lon = np.array([40.0]), np.array([-100.0])
    there = offset(lat, lon, np.array([30.0]), np.array([-40.0]))
    assert distance_km(lat, lon, *there)[0] == pytest.approx(50, rel=0.01)
    assert there[0] < lat
    assert there[1] > lon
