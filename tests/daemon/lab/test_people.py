"""People and where they go."""

from __future__ import annotations

import numpy as np
import pytest

from clonewatch.lab.areas import NO_SERVICE
from clonewatch.lab.cities import distance_km
from clonewatch.lab.country import Country
from clonewatch.lab.journeys import HOUR_MS
from clonewatch.lab.people import COMMUTER, DAY_MS, HOMEBODY, People

COUNT = 4000
START = 20_000 * DAY_MS


@pytest.fixture(scope="module")
def country() -> Country:
    return Country.build(300)


@pytest.fixture
def people(country: Country) -> People:
    rng = np.random.default_rng(1)
    return People(country, rng.integers(0, len(country.cities), COUNT), rng)


def test_everybody_lives_where_there_is_service(country: Country, people: People) -> None:
    served = country.areas.at(*people.home) != NO_SERVICE
    has_msc = np.isin(people.home_city, country.city)
    assert served[has_msc].mean() > 0.99


def test_legs_follow_one_another_through_the_days(people: People) -> None:
    place = np.stack(people.home, axis=1).copy()
    ends = np.zeros(COUNT, np.int64)
    for day in range(6):
        track = people.day(START + day * DAY_MS)
        for leg in track.legs[:3000]:
            phone = leg["phone"]
            assert leg["start"] >= ends[phone]
            assert (leg["from_latitude"], leg["from_longitude"]) == tuple(place[phone])
            ends[phone] = leg["end"]
            place[phone] = leg["to_latitude"], leg["to_longitude"]
        ends[:], place[:, 0], place[:, 1] = people._ready, *people._here  # noqa: SLF001


def test_speeds_are_those_of_roads_and_airlines(people: People) -> None:
    legs = np.concatenate([people.day(START + day * DAY_MS).legs for day in range(8)])
    km = distance_km(
        legs["from_latitude"], legs["from_longitude"], legs["to_latitude"], legs["to_longitude"]
    )
    kmh = km * HOUR_MS / np.maximum(legs["end"] - legs["start"], 1)
    drives, flights = kmh[~legs["flies"]], kmh[legs["flies"]]
    assert 60 < np.median(drives) < 95
    assert drives.max() < 150 / 1.1 + 1
    assert len(flights) > 50
    assert 400 < np.median(flights) < 750
    assert flights.max() < 930


def test_most_come_home_at_night_and_travellers_come_home_some_day(people: People) -> None:
    away_days = np.zeros(COUNT, np.int64)
    for day in range(12):
        people.day(START + day * DAY_MS)
        away = distance_km(*people.home, *people._here) > 1  # noqa: SLF001
        assert away.mean() < 0.1
        away_days = np.where(away, away_days + 1, 0)
        assert away_days.max() < 9
    assert not away[(people.kind == HOMEBODY) | (people.kind == COMMUTER)].any()


def test_a_seed_gives_the_same_journeys_again(country: Country) -> None:
    twice = []
    for _ in range(2):
        rng = np.random.default_rng(7)
        people = People(country, rng.integers(0, 50, 500), rng)
        twice.append(people.day(START).legs)
    assert np.array_equal(twice[0], twice[1])
