"""Travel times from coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.travel.build import Recipe, build, built_minutes, gaps_km
from clonewatch.travel.check import Kind, check
from clonewatch.travel.coordinates import places_of, radii_of
from clonewatch.travel.speeds import Region, Speeds
from clonewatch.travel.table import TravelTimes, write_atomically
from places import equator, mscs_at

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from clonewatch.mscs import Mscs

SPEEDS = Speeds()


def minutes(mscs: Mscs, *regions: Region) -> NDArray[np.float64]:
    return built_minutes(mscs, radii_of(mscs), SPEEDS, regions)


def test_road_for_what_is_near_and_air_for_what_is_far() -> None:
    near, far = minutes(equator(0, 50, 1720, radius_km=10))[0, 1:]
    assert near == pytest.approx(30 / 160 * 60, abs=0.2)
    assert far == pytest.approx(20 + 60 * 1700 / 850, abs=0.6)


def test_areas_that_touch_are_adjacent() -> None:
    assert minutes(equator(0, 19.9, radius_km=10))[0, 1] == 0
    assert minutes(equator(0, 22, radius_km=10))[0, 1] > 0


def test_whether_areas_touch_is_exact() -> None:
    # A geodesic along the equator is as long as the sphere's arc of the equatorial radius: the
    # lower bound is 0.34 % short of it, and would make these adjacent.
    mscs = equator(0, 200.5, radius_km=100)
    assert gaps_km(mscs, radii_of(mscs))[0, 1] == pytest.approx(0.5, abs=0.01)
    assert gaps_km(mscs, np.array([100.3, 100.3]))[0, 1] == 0


@given(
    st.lists(
        st.tuples(st.floats(-85, 85), st.floats(-180, 180), st.floats(0, 200)),
        min_size=2,
        max_size=6,
    )
)
def test_no_entry_is_more_than_the_fastest_journey(
    places: list[tuple[float, float, float]],
) -> None:
    mscs = mscs_at(*places)
    found, where = minutes(mscs), places_of(mscs)
    for a in range(len(places)):
        for b in range(len(places)):
            km = max(where.exact_km(a, where, b) - places[a][2] - places[b][2], 0)
            exact = min(km / 160 * 60, 20 + km / 850 * 60) if a != b else 0
            assert found[a, b] <= exact
            assert found[a, b] >= exact * 0.9966 - 200 * 2 * 0.0034 / 160 * 60 - 0.11
            assert found[a, b] == found[b, a]


def test_the_nearest_areas_of_an_msc_count() -> None:
    mscs = mscs_at((0, 0, 1), (0, 5, 1), (0, 4.9, 1), (None, None, None), same=2)
    assert mscs.names == ("A", "B")
    assert minutes(mscs)[0, 1] == pytest.approx((11.13 - 2) / 160 * 60, abs=0.1)


def test_what_has_no_coordinates_is_blank() -> None:
    found = minutes(mscs_at((0, 0, 1), (None, None, None), (0, 1, 1)))
    assert np.isnan(found[1, [0, 2]]).all()
    assert np.isnan(found[[0, 2], 1]).all()
    assert found[1, 1] == 0
    assert found[0, 2] > 0


def test_regions_have_speeds_of_their_own() -> None:
    fast = Region(name="x", south=-1, west=-1, north=1, east=0.5, speeds=Speeds(road_km_per_h=300))
    found = minutes(equator(0, 50, 100, 140), fast)
    assert found[0, 1] == pytest.approx(10, abs=0.1)
    assert found[1, 2] == pytest.approx(10, abs=0.1)  # one end in the region is enough
    assert found[2, 3] == pytest.approx(15, abs=0.1)


def test_the_table_says_where_it_came_from(tmp_path: Path) -> None:
    mscs_path, regions, given_path = (tmp_path / f"{name}.csv" for name in ("mscs", "r", "g"))
    mscs = equator(0, 50, 100, radius_km=5)
    with write_atomically(mscs_path) as stream:
        mscs.write(stream)
    regions.write_text("region,south,west,north,east,road_km_per_h\nX,50,0,60,9,90\n")
    given_path.write_text("first,second,minutes\nA,C,7.5\nC,A,0\n")
    recipe = Recipe(mscs=mscs_path, speeds=SPEEDS, radius_km=5, regions=regions, given=[given_path])
    times = build(recipe, mscs)
    assert times.ms[0, 2] == 450_000
    assert times.ms[2, 0] == 0
    assert times.ms[0, 1] == times.ms[1, 0] > 0
    text = "\n".join(times.comments)
    assert all(line.startswith("# ") for line in times.comments)
    for words in (
        "Built by clonewatch travel build from mscs.csv (SHA-256 ",
        ": 3 MSCs.",
        "road at 160 km/h, air at 850 km/h after 20 min",
        "Radius where none is given: 5 km.",
        "X: road at 90 km/h, air at 850 km/h after 20 min",
        "Given by g.csv (SHA-256 ",
        ": 2 entries.",
    ):
        assert words in text
    assert str(tmp_path) not in text
    table = tmp_path / "travel.csv"
    with write_atomically(table) as stream:
        times.write(stream)
    assert np.array_equal(TravelTimes.load(table, mscs).ms, times.ms)


def test_of_two_givers_the_later_counts(tmp_path: Path) -> None:
    one, two = tmp_path / "1.csv", tmp_path / "2.csv"
    one.write_text("minutes,A,B\nA,0,1\nB,2,0\n")
    two.write_text("first,second,minutes\nA,B,3\n")
    times = build(Recipe(mscs=one, speeds=SPEEDS, given=[one, two]), equator(0, 50))
    assert (times.ms[0, 1], times.ms[1, 0]) == (180_000, 120_000)


def test_a_name_cannot_leave_its_comment(tmp_path: Path) -> None:
    odd = tmp_path / "a\nminutes,A.csv"
    odd.write_text("first,second,minutes\nA,B,1\n")
    times = build(Recipe(mscs=odd, speeds=SPEEDS, given=[odd]), equator(0, 50))
    assert not any("\n" in line for line in times.comments)


def test_hundreds_are_built_and_nothing_looks_wrong_in_them() -> None:
    rng = np.random.default_rng(1)
    places = zip(
        rng.uniform(26, 49, 400), rng.uniform(-122, -70, 400), rng.uniform(5, 60, 400), strict=True
    )
    mscs = mscs_at(*places)
    times = TravelTimes.of_minutes(mscs, minutes(mscs))
    report = check(times)
    assert {kind: count for kind, count in report.counts.items() if count} == {}
    assert Kind.TRIANGLE in report.counts
