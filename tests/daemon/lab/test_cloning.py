"""Clones by kind."""

from __future__ import annotations

import numpy as np
import pytest

from clonewatch.lab.cities import load_cities
from clonewatch.lab.cloning import FAR_KM, NEXT_CITY_KM, CloneKind, Clones

CITIES = load_cities()
SPAN = (1_000_000, 90_000_000)


@pytest.fixture(scope="module")
def drawn() -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Clones]:
    rng = np.random.default_rng(1)
    home = rng.integers(0, len(CITIES), 5000)
    return home, Clones.drawn(CITIES, home, 600, SPAN, rng)


def test_each_kind_lives_as_far_away_as_it_should(
    drawn: tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Clones],
) -> None:
    home, clones = drawn
    km = CITIES.distances_km()[home[clones.subscriber], clones.city]
    kinds = np.array(list(CloneKind))[clones.kind]
    assert set(kinds) == set(CloneKind)
    assert (km[kinds == CloneKind.SAME_CITY] == 0).all()
    next_km = km[kinds == CloneKind.NEXT_CITY]
    assert ((next_km >= NEXT_CITY_KM[0]) & (next_km <= NEXT_CITY_KM[1])).mean() > 0.95
    assert (next_km > 0).all()  # the nearest other where none is so near
    assert (km[kinds == CloneKind.FAR] >= FAR_KM).all()


def test_some_have_several_and_each_has_hours_and_a_beginning(
    drawn: tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Clones],
) -> None:
    _, clones = drawn
    _, copies = np.unique(clones.subscriber, return_counts=True)
    assert len(copies) == 600
    assert set(copies.tolist()) == {1, 2, 3}
    assert ((clones.begins_ms >= SPAN[0]) & (clones.begins_ms < SPAN[1])).all()
    assert 0.15 < clones.is_nightly.mean() < 0.35
    assert 0 < clones.has_other_esn.mean() < 0.1
    assert len(set(clones.activity.tolist())) == 3


def test_none_is_none() -> None:
    assert len(Clones.drawn(CITIES, np.zeros(5, np.int64), 0, SPAN, np.random.default_rng(1))) == 0
