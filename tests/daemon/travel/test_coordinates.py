"""What is refused and what is doubted of coordinates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from clonewatch.travel.coordinates import Examined, examine, places_of, radii_of
from places import mscs_at

PATH = Path("mscs.csv")
TOWNS = [(40.0 + at / 10, -75.0 + at / 10, 5.0) for at in range(6)]


def examined(
    *places: tuple[float | None, float | None, float | None],
    radius_km: float | None = None,
    partly: bool = False,
    believe: bool = False,
    same: int = 0,
) -> Examined:
    mscs = mscs_at(*places, same=same)
    return examine(PATH, mscs, radius_km=radius_km, partly=partly, believe=believe)


def faults(found: Examined) -> list[str]:
    return [str(fault) for fault in found.faults]


def test_good_coordinates_have_no_fault() -> None:
    assert examined(*TOWNS) == Examined(faults=[], doubts=[])


def test_every_msc_without_coordinates_is_named_with_its_line() -> None:
    found = faults(examined((None, None, 1), *TOWNS, (None, None, None)))
    assert [line.split(": ")[:2] for line in found] == [["mscs.csv:2", "A"], ["mscs.csv:9", "H"]]
    assert "no coordinates: give latitude and longitude" in found[0]
    assert not examined((None, None, None), *TOWNS, partly=True).faults


def test_a_radius_is_needed_from_somewhere() -> None:
    (fault,) = faults(examined((40, -75, None)))
    assert fault.startswith("mscs.csv:2: A: no radius_km: give it")
    assert not examined((40, -75, None), radius_km=20).faults


def test_a_radius_in_metres_is_refused() -> None:
    (fault,) = faults(examined((40, -75, 30_000)))
    assert "radius_km 30000 is more than 2000: is it in metres?" in fault


def test_swapped_coordinates_are_refused_unless_believed() -> None:
    (fault,) = faults(examined(*TOWNS, (-75.0, 40.0, 5)))
    assert fault.startswith("mscs.csv:8: G: -75 north and 40 east is in the Antarctic: are")
    assert not examined(*TOWNS, (-75.0, 40.0, 5), believe=True).faults


def test_a_file_that_is_swapped_as_a_whole_is_refused() -> None:
    swapped = [(longitude, latitude, radius) for latitude, longitude, radius in TOWNS]
    assert len(examined(*swapped).faults) == len(TOWNS)


def test_what_would_be_among_the_others_if_swapped_is_refused() -> None:
    towns = [(60.0 + at / 10, 25.0 + at / 10, 5.0) for at in range(6)]
    (fault,) = faults(examined(*towns, (25.0, 60.0, 5)))
    assert "km from most others: are latitude and longitude swapped?" in fault


@pytest.mark.parametrize("place", [(13.44, 144.79), (21.3, -157.86), (18.4, -66.1), (28.1, -15.4)])
def test_a_place_far_from_the_others_may_be_right(place: tuple[float, float]) -> None:
    assert not examined(*TOWNS, (*place, 5)).faults


def test_a_radius_larger_than_the_distance_is_doubted() -> None:
    found = examined((40, -75, 50), (40.1, -75, 1), (40.2, -75, 1), (42, -75, 1))
    assert not found.faults
    (doubt,) = found.doubts
    assert doubt == (
        "mscs.csv:2: A: its radius of 50 km is larger than the distance to other MSCs "
        "(2, the nearest B at 11.1 km), which count as adjacent"
    )


def test_areas_of_one_msc_may_hold_one_another() -> None:
    assert examined((40, -75, 50), (40.1, -75, 50), same=2) == Examined(faults=[], doubts=[])


def test_doubts_are_listed_up_to_a_bound() -> None:
    found = examined(*((40 + at / 100, -75, 50) for at in range(26)))
    assert len(found.doubts) == 21
    assert found.doubts[-1] == "mscs.csv: 6 more such radii"


def test_places_and_radii_are_those_of_the_rows() -> None:
    mscs = mscs_at((1, 2, None), (None, None, 3))
    assert places_of(mscs).latitude[0] == 1
    assert np.isnan(places_of(mscs).longitude[1])
    assert radii_of(mscs, 7).tolist() == [7, 3]
    assert np.isnan(radii_of(mscs)[0])
