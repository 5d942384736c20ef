"""What is proposed: from votes by hand, and from a week of a town's traffic with clones in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from clonewatch.travel.contradictions import JOURNEY
from clonewatch.travel.learn import SUBSCRIBERS_MIN, Beside, Kind, Learner, Proposal, proposals
from clonewatch.travel.table import BLANK, TravelTimes
from movement import (
    MSID_FIRST,
    Movement,
    contradicted_by,
    joined,
    spoiled,
    town_of,
    without_coordinates,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from clonewatch.registrations import Batch

MIN_MS = 60_000
WINDOW_MS = 390 * MIN_MS
LATENESS_MS = 45 * MIN_MS
ENTRIES_MS = np.full((6, 6), 100 * MIN_MS)
BLOCK = 65_536


def proposed(
    *journeys: tuple[int, int, int, float],
    left_out: int = 0,
    slower: int = 0,
    reasonable: float = np.nan,
    entries_ms: NDArray[np.int64] = ENTRIES_MS,
) -> list[Proposal]:
    """From journeys of MSID, first MSC, second MSC, minutes; others were between 0 and 1."""
    rows = np.zeros(len(journeys), JOURNEY)
    for at, (msid, first, second, minutes) in enumerate(journeys):
        rows[at] = (msid, at, round(minutes * MIN_MS), first, second)
    between = np.zeros((6, 6), np.int64)
    between[0, 1] = 1
    return proposals(
        rows,
        Beside(
            entries_ms=entries_ms,
            left_out=between * left_out,
            slower=between * slower,
            reasonable_ms=np.full((6, 6), reasonable * MIN_MS),
        ),
    )


def many(
    count: int, minutes: float = 60, first: int = 0, second: int = 1
) -> Iterable[tuple[int, int, int, float]]:
    return ((msid, first, second, minutes + msid) for msid in range(count))


def test_enough_different_subscribers_are_needed() -> None:
    assert proposed(*many(SUBSCRIBERS_MIN - 1)) == []
    assert proposed(*many(SUBSCRIBERS_MIN - 1), *[(0, 0, 1, 50)] * 100) == []
    (found,) = proposed(*many(SUBSCRIBERS_MIN), (0, 0, 1, 70))
    assert found == Proposal(
        kind=Kind.TOO_HIGH,
        first=0,
        second=1,
        entry_ms=100 * MIN_MS,
        proposed_ms=int(54.9 * MIN_MS),  # nine tenths of the second subscriber's 61 min
        subscribers=5,
        journeys=6,
        left_out=0,
        slower=0,
        fastest_ms=60 * MIN_MS,
    )


def test_no_single_subscriber_says_how_low() -> None:
    (found,) = proposed(*many(9), (99, 0, 1, 0.5))
    assert (found.proposed_ms, found.fastest_ms) == (54 * MIN_MS, MIN_MS // 2)


def test_who_is_there_at_once_has_not_travelled() -> None:
    (found,) = proposed(*many(5, minutes=0.1))
    assert (found.kind, found.proposed_ms) == (Kind.ADJACENT, 0)


def test_a_blank_entry_can_only_become_adjacent() -> None:
    blank = np.full((6, 6), BLANK)
    (found,) = proposed(*many(5, minutes=0.1), entries_ms=blank)
    assert (found.kind, found.entry_ms, found.proposed_ms) == (Kind.ADJACENT, BLANK, 0)


def test_who_contradicts_much_else_is_not_heard() -> None:
    elsewhere = [(msid, 2, msid % 3 + 3, 50.0) for msid in range(5)]
    also = [(msid, 3, 4, 50.0 + msid) for msid in range(0, 5, 2)]
    assert [(found.first, found.second) for found in proposed(*many(5), *elsewhere)] == [(0, 1)]
    more = [(msid, 4 + msid % 2, msid % 3, 50.0) for msid in range(5)]
    assert proposed(*many(5), *elsewhere, *also, *more, *((m, 5, 4, 9.0) for m in range(2))) == []


def test_what_others_prove_explains_who_contradicts_much() -> None:
    # Subscribers 10 to 14 contradict four entries; three of them are proved by others.
    proofs = [(100 * entry + who, entry, entry + 1, 50.0) for entry in range(3) for who in range(5)]
    busy = [(who, entry, entry + 1, 40.0) for who in range(10, 15) for entry in range(4)]
    assert {(found.first, found.second) for found in proposed(*busy)} == set()
    found = proposed(*proofs, *busy)
    assert {(each.first, each.second) for each in found} == {(0, 1), (1, 2), (2, 3), (3, 4)}


def test_there_and_back_are_one_place_but_two_entries() -> None:
    ways = [way for msid in range(5) for way in ((msid, 0, 1, 50.0), (msid, 1, 0, 60.0))]
    found = proposed(*ways, *many(2, first=1, second=0))
    assert [(each.first, each.second, each.subscribers) for each in found] == [(0, 1, 5), (1, 0, 5)]


def test_who_looks_cloned_calls_for_more_who_do_not() -> None:
    assert len(proposed(*many(8), left_out=4)) == 1  # twice as many
    assert proposed(*many(8), left_out=5) == []
    assert len(proposed(*many(5), left_out=2)) == 1
    assert len(proposed(*many(17), left_out=12)) == 1  # or one more for each
    assert proposed(*many(17), left_out=13) == []
    short = np.full((6, 6), 29 * MIN_MS)
    assert len(proposed(*many(8, minutes=6), left_out=3, entries_ms=short)) == 1
    assert proposed(*many(8, minutes=6), left_out=4, entries_ms=short) == []


def test_journeys_that_people_make_are_believed_more() -> None:
    assert len(proposed(*many(8), left_out=8, reasonable=60)) == 1
    assert proposed(*many(8), left_out=9, reasonable=60) == []
    assert len(proposed(*many(8), left_out=5, reasonable=63)) == 1
    assert proposed(*many(8), left_out=5, reasonable=64) == []


def test_where_hardly_anybody_is_quicker_who_is_is_not_believed() -> None:
    assert len(proposed(*many(8), slower=4_000)) == 1
    assert proposed(*many(8), slower=4_001) == []


def test_nothing_is_proposed_from_nothing() -> None:
    assert proposed() == []


def learner(travel: TravelTimes, *batches: Batch) -> Learner:
    learning = Learner(travel, window_ms=WINDOW_MS, lateness_ms=LATENESS_MS)
    for batch in batches:
        for at in range(0, len(batch), BLOCK):
            learning.take(batch[at : at + BLOCK])
    return learning


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("located", [True, False])
def test_a_week_with_clones_corrects_what_is_too_high_and_nothing_that_is_right(
    seed: int,
    located: bool,  # noqa: FBT001
) -> None:
    town = town_of(40, seed)
    movement = Movement(town, seed)
    honest = movement.honest(5_000)
    cloned = MSID_FIRST + np.arange(150)
    clones = (
        movement.clones(cloned[:50], stays=0.7),
        movement.clones(cloned[50:100], stays=0.97),
        movement.clones(cloned[100:], stays=1.0, at=3),
    )
    table, too_high, _ = spoiled(town, 0.02, seed)
    traffic = joined(honest, *clones)
    by_honest = contradicted_by(honest, table, WINDOW_MS)
    wanted = too_high & (by_honest >= SUBSCRIBERS_MIN)
    assert not by_honest[~too_high].any()
    assert wanted.sum() >= 10
    # Had everybody been heard, clones would have taught much that is wrong.
    assert ((contradicted_by(traffic, table, WINDOW_MS) >= SUBSCRIBERS_MIN) & ~too_high).sum() > 100

    found = learner(table if located else without_coordinates(table), traffic).proposals()
    right = np.zeros_like(too_high)
    for proposal in found:
        right[proposal.first, proposal.second] = True
        assert proposal.proposed_ms < proposal.entry_ms
    assert not (right & ~too_high).any()
    assert (right & wanted).sum() >= 0.95 * wanted.sum()


def test_a_table_with_what_was_proposed_is_contradicted_no_more() -> None:
    town = town_of(20, 5)
    honest = Movement(town, 5).honest(3_000)
    table, _, _ = spoiled(town, 0.05, 5)
    minutes = table.by_msc() / MIN_MS
    found = learner(table, honest).proposals()
    for proposal in found:
        minutes[proposal.first, proposal.second] = proposal.proposed_ms / MIN_MS
    assert found
    assert learner(TravelTimes.of_minutes(town.mscs, minutes), honest).proposals() == []


def test_without_a_table_the_adjacent_are_told() -> None:
    town = town_of(20, 6)
    nothing = TravelTimes.of_minutes(town.mscs, np.full((20, 20), np.nan))
    found = learner(nothing, Movement(town, 6).honest(3_000)).proposals()
    assert {proposal.kind for proposal in found} == {Kind.ADJACENT}
    told = {(proposal.first, proposal.second) for proposal in found}
    adjacent = set(
        map(tuple, np.argwhere((town.travel_ms == 0) & ~np.eye(20, dtype=bool)).tolist())
    )
    assert told <= adjacent
    assert len(told) >= 0.95 * len(adjacent)


def test_counts_are_the_detectors() -> None:
    town = town_of(10, 7)
    counts = learner(town.travel, Movement(town, 7).honest(50)).counts
    assert counts["conflicts"] == counts["left_out"] == counts["unknown_msc"] == 0
