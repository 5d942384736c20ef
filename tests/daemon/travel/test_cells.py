"""Areas by their cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.errors import InputError
from clonewatch.travel.cells import Cells, load_cells
from clonewatch.travel.coordinates import places_of, radii_of
from clonewatch.travel.geodesy import Places
from places import KM_PER_DEGREE, equator, mscs_at

if TYPE_CHECKING:
    from pathlib import Path

    from clonewatch.mscs import Mscs

SHORT = 0.0034  # of a distance
HEADINGS = "mscid,latitude,longitude,radius_km\n"


def loaded(tmp_path: Path, mscs: Mscs, rows: str) -> Cells:
    path = tmp_path / "cells.csv"
    path.write_text(HEADINGS + rows)
    return load_cells(path, mscs, radii_of(mscs))


def test_the_way_is_that_between_the_nearest_cells(tmp_path: Path) -> None:
    mscs = equator(0, 200, radius_km=90)
    near, far = 40 / KM_PER_DEGREE, 150 / KM_PER_DEGREE
    cells = loaded(tmp_path, mscs, f"0-1,0,0,5\nA,0,{near},5\nB,0,{far},10\n1-1,0.1,{far},1\n")
    assert cells.gaps_km()[0, 1] == pytest.approx(110 - 15, abs=110 * SHORT)


def test_an_msc_without_cells_has_its_circles(tmp_path: Path) -> None:
    mscs = equator(0, 200, 500, radius_km=20)
    gaps = loaded(tmp_path, mscs, "A,0,0,5\n").gaps_km()
    assert gaps[0, 1:] == pytest.approx([175, 475], abs=500 * SHORT)
    assert gaps[1, 2] == pytest.approx(260, abs=300 * SHORT)


def test_an_msc_without_either_is_not_known(tmp_path: Path) -> None:
    mscs = mscs_at((0, 0, 1), (None, None, None))
    gaps = loaded(tmp_path, mscs, "A,0,0,5\n").gaps_km()
    assert np.isnan(gaps[0, 1])
    assert gaps[1, 1] == 0


places = st.tuples(st.floats(-85, 85), st.floats(-180, 180), st.floats(0, 90))


@given(st.lists(st.tuples(st.integers(0, 2), places), min_size=3, max_size=9))
def test_a_way_is_never_too_long_and_hardly_too_short(
    given_cells: list[tuple[int, tuple[float, float, float]]],
) -> None:
    mscs = mscs_at((0, 0, 1), (0, 1, 1), (0, 2, 1))
    msc = np.array([which for which, _ in given_cells])
    latitude, longitude, radius = np.array([place for _, place in given_cells]).T
    where = Places(latitude, longitude)
    gaps = Cells.of(mscs, msc, where, radius).gaps_km()
    for one in range(3):
        for other in range(3):
            apart = [
                (where.exact_km(a, where, b), radius[a] + radius[b])
                for a in np.flatnonzero(msc == one).tolist()
                for b in np.flatnonzero(msc == other).tolist()
            ]
            if one == other:
                assert gaps[one, other] == 0
            elif not apart:
                assert np.isnan(gaps[one, other])
            else:
                exact = max(min(km - reach for km, reach in apart), 0)
                assert gaps[one, other] <= exact + 1e-6
                most = max(km for km, _ in apart)
                assert gaps[one, other] >= exact - SHORT * most - 1e-6 or exact < 200


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("Z,0,0,1", "column 'mscid': no MSC 'Z' in mscs.csv"),
        ("A,,0,1", "latitude, longitude and radius_km must be given"),
        ("A,0,0,", "latitude, longitude and radius_km must be given"),
        ("A,95,0,1", "column 'latitude': degrees must be from -90 to 90"),
        ("A,0,0,3000", "column 'radius_km': kilometres must be from 0 to 200"),
        ("A,50,0,1", "it is 5,537 km from A: are latitude and longitude swapped?"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, row: str, words: str) -> None:
    with pytest.raises(InputError) as told:
        loaded(tmp_path, equator(0, 200), f"A,0,0,1\n{row}\n")
    assert words in str(told.value)
    assert "cells.csv:3: " in str(told.value)


def test_a_file_without_cells_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no cell under the headings"):
        loaded(tmp_path, equator(0, 200), "")


def test_cells_lie_where_they_were_given() -> None:
    mscs = equator(0, 200, radius_km=7)
    cells = Cells.of(mscs, np.array([1, 0]), places_of(mscs), radii_of(mscs))
    assert cells.begins.tolist() == [0, 1, 2]
    assert cells.places.longitude[0] > cells.places.longitude[1]
