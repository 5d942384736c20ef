"""Speeds, and `regions.csv`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from clonewatch.errors import InputError
from clonewatch.travel.speeds import Journeys, Region, Speeds, load_regions, region_of

if TYPE_CHECKING:
    from pathlib import Path

SPEEDS = Speeds()
EVERYTHING = slice(None)


def write(folder: Path, text: str) -> Path:
    path = folder / "regions.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_quicker_of_road_and_air_counts() -> None:
    journeys = Journeys.at([SPEEDS] * 2)
    km = np.array([[0.0, 40.0], [1700.0, 65.0]])
    assert journeys.minutes(EVERYTHING, km).tolist() == [
        [0, 15],
        [20 + 120, pytest.approx(65 / 160 * 60)],
    ]


def test_the_faster_of_two_places_counts() -> None:
    train = Speeds(road_km_per_h=300, air_km_per_h=900, air_minutes=10)
    journeys = Journeys.at([SPEEDS, train])
    km = np.full((2, 2), 30.0)
    assert journeys.minutes(EVERYTHING, km).tolist() == [[11.25, 6], [6, 6]]
    far = np.full((2, 2), 900.0)
    assert journeys.minutes(slice(0, 1), far)[0].tolist() == [pytest.approx(20 + 63.529412), 70]


def test_regions_are_read_and_blank_speeds_are_those_of_elsewhere(tmp_path: Path) -> None:
    text = (
        "# trains\nregion,south,west,north,east,road_km_per_h,air_minutes\n"
        "fast,48,1,51,3,320,\nislands,-20,170,-10,-170,60,45\n"
    )
    fast, islands = load_regions(write(tmp_path, text), Speeds(air_km_per_h=900))
    assert fast == Region(
        name="fast",
        south=48,
        west=1,
        north=51,
        east=3,
        speeds=Speeds(road_km_per_h=320, air_km_per_h=900),
    )
    assert islands.speeds == Speeds(road_km_per_h=60, air_km_per_h=900, air_minutes=45)


def test_a_region_may_cross_the_180th_meridian() -> None:
    region = Region(name="x", south=-20, west=170, north=-10, east=-170, speeds=SPEEDS)
    latitude = np.array([-15.0, -15, -15, -15, -21])
    longitude = np.array([175.0, -175, 0, 169, 175])
    assert region.holds(latitude, longitude).tolist() == [True, True, False, False, False]


def test_of_two_regions_the_first_counts_and_nowhere_is_none() -> None:
    inner = Region(name="a", south=0, west=0, north=1, east=1, speeds=SPEEDS)
    outer = Region(name="b", south=-5, west=-5, north=5, east=5, speeds=SPEEDS)
    latitude, longitude = np.array([0.5, 3, 9, np.nan]), np.array([0.5, 3, 9, np.nan])
    assert region_of([inner, outer], latitude, longitude).tolist() == [0, 1, -1, -1]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",0,0,1,1,", "column 'region': it needs a name"),
        ("a,0,,1,1,", "column 'west': degrees must be given"),
        ("a,2,0,1,1,", "column 'south': it lies north of 'north'"),
        ("a,0,181,1,1,", "column 'west': degrees must be from -180 to 180, not '181'"),
        ("a,0,0,1,1,0", "column 'road_km_per_h': km/h must be from 1 to 10000, not '0'"),
        ("a,0,0,1,1,fast", "column 'road_km_per_h': km/h must be a number, not 'fast'"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, row: str, words: str) -> None:
    path = write(tmp_path, f"region,south,west,north,east,road_km_per_h\n{row}\n")
    with pytest.raises(InputError) as caught:
        load_regions(path, SPEEDS)
    assert words in str(caught.value)
    assert caught.value.line == 2


def test_a_file_without_regions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no region under the headings"):
        load_regions(write(tmp_path, "region,south,west,north,east\n"), SPEEDS)
    with pytest.raises(InputError, match="the heading 'east' is missing"):
        load_regions(write(tmp_path, "region,south,west,north\n"), SPEEDS)


def test_speeds_say_what_they_are() -> None:
    assert str(SPEEDS) == "road at 160 km/h, air at 850 km/h after 20 min"
