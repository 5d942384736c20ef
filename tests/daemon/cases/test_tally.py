"""How many MSIDs are in conflict on each pair."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.cases.tally import Tally, pair_of

AB, AC, AD, BC = (pair_of(*names) for names in ("AB", "CA", "AD", "BC"))


def tally(*conflicts: tuple[tuple[str, str], int, int]) -> Tally:
    it = Tally()
    for pair, msid, found_at in conflicts:
        it.add(pair, msid, found_at)
    return it


@pytest.mark.parametrize(("one", "other"), [("A", "C"), ("C", "A")])
def test_a_pair_is_the_same_both_ways(one: str, other: str) -> None:
    assert pair_of(one, other) == ("A", "C")


def test_a_pair_is_suspect_by_msids_and_not_by_conflicts() -> None:
    it = tally((AB, 1, 5), (AB, 1, 6), (AB, 1, 7))
    assert not it.is_pair_suspect(AB, 0, 2)
    it.add(AB, 2, 8)
    assert it.is_pair_suspect(AB, 0, 2)
    assert not it.is_pair_suspect(AB, 7, 2)
    assert not it.is_pair_suspect(AC, 0, 2)


def test_what_was_superseded_counts_no_more() -> None:
    it = tally((AB, 1, 5), (AB, 2, 5))
    it.remove(AB, 1)
    it.remove(AC, 1)
    assert not it.is_pair_suspect(AB, 0, 2)


def test_three_suspect_pairs_make_their_msc_suspect() -> None:
    it = Tally()
    assert not it.is_msc_suspect("A", {AB, AC}, 0, 20)
    assert it.is_msc_suspect("A", {AB, AC, AD}, 0, 20)
    assert not it.is_msc_suspect("B", {AB, AC, AD}, 0, 20)


def test_dropping_an_msc_drops_its_pairs() -> None:
    it = tally((AB, 1, 5), (AC, 1, 5), (BC, 1, 5))
    it.drop([("A", "A")])
    assert not it.is_pair_suspect(AB, 0, 1)
    assert not it.is_pair_suspect(AC, 0, 1)
    assert it.is_pair_suspect(BC, 0, 1)


@given(st.lists(st.integers(1, 5), min_size=3, max_size=8))
def test_an_msc_is_suspect_and_its_neighbours_are_not(spread: list[int]) -> None:
    it, enough = Tally(), 5
    msid = 0
    for other, count in enumerate(spread):
        for _ in range(count):
            msid += 1
            it.add(pair_of("X", f"Y{other}"), msid, 1)
    much = sum(spread) - max(spread) >= 2 * enough
    assert it.is_msc_suspect("X", set(), 0, enough) == much
    assert not any(it.is_msc_suspect(f"Y{other}", set(), 0, enough) for other in range(8))
