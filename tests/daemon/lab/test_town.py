"""The town of the lab."""

import numpy as np
import pytest

from clonewatch.lab.town import MSCS_MAX, TOUCHING_KM, Town
from clonewatch.travel.check import Kind, check


def town(count: int = 40, *, names: bool = True) -> Town:
    return Town.build(count, np.random.default_rng(1), names=names)


def test_neighbours_are_0_apart_and_others_are_not() -> None:
    built = town()
    for msc, count in enumerate(built.neighbours_count.tolist()):
        near = built.neighbours[msc, :count]
        assert 2 <= count <= 12
        assert set(np.flatnonzero(built.travel_ms[msc] == 0)) == {msc, *near.tolist()}


def test_the_travel_table_is_a_sound_one() -> None:
    counts = check(town(100).travel, asymmetry_share=0.11).counts
    for kind in (Kind.TRIANGLE, Kind.ISOLATED, Kind.BLANK, Kind.ASYMMETRIC):
        assert counts[kind] == 0


def test_there_and_back_differ_so_that_rows_are_not_columns() -> None:
    assert (town().travel_ms != town().travel_ms.T).any()


def test_travel_times_are_those_of_the_places() -> None:
    built = town()
    rows = built.mscs.rows
    first, last = rows[0], rows[-1]
    assert first.latitude is not None
    assert last.latitude is not None
    km = (last.latitude - first.latitude) * 111.2
    assert km > TOUCHING_KM
    assert built.travel_ms[0, -1] / 60_000 >= km / (110 / 60) * 0.95


def test_every_tenth_switch_serves_two_markets() -> None:
    built = town(20)
    assert len(built.mscs.names) == 20
    assert len(built.mscs) == 22
    twice = [msc for msc, (one, two) in enumerate(built.indices.tolist()) if one != two]
    assert twice == [9, 19]
    assert built.mscs.name(int(built.indices[9, 0])) == built.mscs.name(int(built.indices[9, 1]))


def test_without_names_an_msc_is_its_number() -> None:
    built = town(20, names=False)
    assert len(built.mscs) == 20
    assert built.mscs.names[:2] == ("4660-1", "4660-2")


@pytest.mark.parametrize("count", [1, 2, 3])
def test_small_towns_stand(count: int) -> None:
    built = town(count)
    assert built.travel_ms.shape == (count, count)
    assert (built.neighbours_count >= 1).all()


@pytest.mark.parametrize("count", [0, MSCS_MAX + 1])
def test_towns_have_bounds(count: int) -> None:
    with pytest.raises(ValueError, match=f"1 to {MSCS_MAX} MSCs, not {count}"):
        town(count)
