"""Areas that MSCs cover."""

from __future__ import annotations

import numpy as np
import pytest

from clonewatch.lab.areas import CELL_KM, CELLS_KM, NO_SERVICE, REACH_KM, Areas
from clonewatch.lab.cities import distance_km, offset

# Two that touch, one that is far, all on one parallel.
LAT = np.array([40.0, 40.0, 40.0])
LON = np.array([-100.0, -99.5, -95.0])


def test_the_nearest_serves_and_nobody_beyond_its_reach() -> None:
    areas = Areas(LAT, LON)
    lat, lon = np.full(4, 40.0), np.array([-100.0, -99.7, -97.0, 10.0])
    assert areas.at(lat, lon).tolist() == [0, 1, NO_SERVICE, NO_SERVICE]
    assert areas.at(np.array([-80.0]), np.array([-100.0])).tolist() == [NO_SERVICE]


def test_everything_served_is_within_the_extents() -> None:
    areas = Areas(LAT, LON)
    radius = areas.extents_km().max(axis=1)
    rng = np.random.default_rng(1)
    lat, lon = rng.uniform(39, 41, 5000), rng.uniform(-101, -94, 5000)
    served = areas.at(lat, lon)
    inside = served != NO_SERVICE
    assert 500 < inside.sum() < 5000
    km = distance_km(lat[inside], lon[inside], LAT[served[inside]], LON[served[inside]])
    assert (km <= radius[served[inside]] + CELL_KM).all()
    assert (radius < REACH_KM + 3).all()


def test_gaps_are_between_edges_and_0_where_areas_touch() -> None:
    gaps = Areas(LAT, LON).gaps_km()
    assert gaps[0, 1] == 0
    apart = distance_km(LAT[1], LON[1], LAT[2], LON[2])
    assert gaps[1, 2] == pytest.approx(apart - 2 * REACH_KM, abs=2 * CELL_KM)
    assert (gaps == gaps.T).all()


def test_cells_cover_the_edges_of_their_areas() -> None:
    areas = Areas(LAT, LON)
    msc, north, east = areas.cells()
    assert set(msc.tolist()) == {0, 1, 2}
    away = distance_km(north, east, LAT[msc], LON[msc])
    assert areas.extents_km().max() - CELLS_KM <= away.max() <= REACH_KM + CELLS_KM
    # What is served next to where nobody is, or another is, lies in a cell.
    rng = np.random.default_rng(2)
    lat, lon = rng.uniform(39, 41, 3000), rng.uniform(-101, -98, 3000)
    for served in (0, 1):
        mine = areas.at(lat, lon) == served
        beside = areas.at(*offset(lat, lon, np.full(3000, CELL_KM), np.zeros(3000))) != served
        edge = np.flatnonzero(mine & beside)
        own = msc == served
        km = distance_km(lat[edge, None], lon[edge, None], north[own], east[own])
        assert len(edge) > 10
        assert (km.min(axis=1) <= CELLS_KM).all()


def test_no_journey_between_areas_is_shorter_than_their_gap() -> None:
    rng = np.random.default_rng(2)
    lat, lon = offset(
        np.full(12, 39.0), np.full(12, -98.0), rng.normal(0, 150, 12), rng.normal(0, 150, 12)
    )
    areas = Areas(lat, lon)
    gaps = areas.gaps_km()
    places = offset(
        np.full(3000, 39.0),
        np.full(3000, -98.0),
        rng.normal(0, 200, 3000),
        rng.normal(0, 200, 3000),
    )
    served = areas.at(*places)
    rows = np.flatnonzero(served != NO_SERVICE)
    a, b = rng.choice(rows, (2, 20_000))
    km = distance_km(places[0][a], places[1][a], places[0][b], places[1][b])
    gap = gaps[served[a], served[b]]
    assert (gap > 0).any()
    assert (km >= gap - 2 * CELL_KM).all()


def test_an_msc_that_another_covers_whole_has_no_area() -> None:
    areas = Areas(np.array([40.0, 40.0]), np.array([-100.0, -100.0]))
    assert areas.extents_km()[1].max() == 0
