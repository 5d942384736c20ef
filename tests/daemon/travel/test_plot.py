"""Drawings of travel times."""

from __future__ import annotations

import io

import numpy as np
import pytest

from clonewatch.mscs import Mscs
from clonewatch.travel.plot import NAMES_MAX, fastest_links, heat_map, mscs_map, save
from clonewatch.travel.table import TravelTimes
from places import equator, mscs_at

BEGINS = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


def table(mscs: Mscs, seed: int = 1) -> TravelTimes:
    count = len(mscs.names)
    minutes = np.random.default_rng(seed).uniform(1, 100, (count, count))
    minutes[0, -1] = np.nan
    return TravelTimes.of_minutes(mscs, minutes)


@pytest.mark.parametrize("suffix", BEGINS)
def test_drawings_are_written_and_alike_each_time(suffix: str) -> None:
    travel = table(equator(0, 100, 250))
    for draw in (heat_map, mscs_map):
        files = []
        for _ in range(2):
            stream = io.BytesIO()
            save(draw(travel), stream, suffix)
            files.append(stream.getvalue())
        assert files[0].startswith(BEGINS[suffix])
        if suffix != ".svg":  # its identifiers are drawn by lot
            assert files[0] == files[1]


def test_the_heat_map_shows_each_entry_and_what_is_not_known() -> None:
    travel = table(equator(0, 100, 250))
    (image,) = heat_map(travel).axes[0].images
    array = image.get_array()
    assert array is not None
    shown = np.ma.filled(array, -1)
    assert np.allclose(shown * 60_000, np.where(travel.ms < 0, -60_000, travel.ms))


def test_names_are_drawn_as_they_stand_and_only_while_they_can_be_read() -> None:
    few = heat_map(table(equator(0, 100))).axes[0]
    assert [label.get_text() for label in few.get_xticklabels()] == ["A", "B"]
    odd = Mscs([type(row)(mscid=row.mscid, name="$x_1$") for row in equator(0).rows])
    save(heat_map(TravelTimes.of_minutes(odd, np.zeros((1, 1)))), io.BytesIO(), ".png")
    many = heat_map(table(equator(*range(NAMES_MAX + 1)))).axes[0]
    assert "A" not in [label.get_text() for label in many.get_xticklabels()]


def test_the_fastest_ways_of_each_are_drawn_once() -> None:
    minutes = np.array(
        [
            [0, 5, 90, 90, 90],
            [4, 0, 90, 90, 90],
            [90, 90, 0, 0, 90],
            [90, 90, 0, 0, 90],
            [np.nan, np.nan, np.nan, np.nan, 0],
        ]
    )
    travel = TravelTimes.of_minutes(equator(0, 1, 2, 3, 4), minutes)
    pairs, took = fastest_links(travel)
    assert pairs[:2].tolist() == [[2, 3], [0, 1]]
    assert took[:2].tolist() == [0, 4]
    assert len(np.unique(pairs, axis=0)) == len(pairs)


def test_mscs_without_coordinates_are_not_on_the_map() -> None:
    travel = table(mscs_at((10, 10, 1), (None, None, None), (11, 10, 1)))
    axes = mscs_map(travel).axes[0]
    assert [text.get_text() for text in axes.texts] == ["A", "C"]
    with pytest.raises(ValueError, match="no MSC has coordinates"):
        mscs_map(table(mscs_at((None, None, None), (None, None, None))))
