"""A country of MSCs."""

from __future__ import annotations

import numpy as np
import pytest

from clonewatch.lab.areas import NO_SERVICE
from clonewatch.lab.country import MSCS_MAX, Country, least_minutes
from clonewatch.travel.check import Kind, check


@pytest.fixture(scope="module")
def country() -> Country:
    return Country.build(350)


def test_large_cities_have_several_mscs_and_most_have_one(country: Country) -> None:
    each = np.bincount(country.city, minlength=len(country.cities))
    assert each.sum() == len(country.mscs.names) == 350
    assert each[country.cities.names.index("New York NY")] > 5
    assert (each > 0).sum() > 200


def test_cities_served_by_an_msc_are_in_its_area(country: Country) -> None:
    cities = country.cities
    served = country.areas.at(cities.latitude, cities.longitude)
    own = np.flatnonzero(np.isin(np.arange(len(cities)), country.city))
    assert (served[own] != NO_SERVICE).all()
    at_home = country.city[served[own]] == own
    assert at_home.mean() > 0.95


def test_mscs_of_one_city_touch_and_far_ones_take_a_flight(country: Country) -> None:
    names = country.mscs.names
    minutes = country.travel.by_msc() / 60_000
    assert minutes[names.index("New York NY"), names.index("New York NY 2")] == 0
    across = minutes[names.index("New York NY"), names.index("Los Angeles CA")]
    assert 270 < across < 300  # 3,936 km, edge to edge
    counts = check(country.travel).counts
    assert counts[Kind.ASYMMETRIC] == counts[Kind.BLANK] == counts[Kind.ISOLATED] == 0


def test_the_fastest_way_is_by_road_at_first_and_then_by_air() -> None:
    km = np.array([0.0, 16.0, 160.0, 850.0])
    assert least_minutes(km) == pytest.approx([0, 6, 20 + 160 / 850 * 60, 80])


@pytest.mark.parametrize("count", [1, MSCS_MAX + 1])
def test_countries_have_bounds(count: int) -> None:
    with pytest.raises(ValueError, match=f"2 to {MSCS_MAX} MSCs, not {count}"):
        Country.build(count)


def test_two_are_enough() -> None:
    assert Country.build(2, names=False).mscs.names == ("4660-1", "4660-2")
