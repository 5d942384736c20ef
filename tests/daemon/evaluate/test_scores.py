"""What was reported beside what was there to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clonewatch.evaluate.reported import report
from clonewatch.evaluate.scores import Score, Tally, score
from clonewatch.evaluate.suspending import Rails
from clonewatch.evidence.network import NOTHING_OF_IT, Network
from trials import EXACT, TO_AND_FRO, WINDOW_MS, trial

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clonewatch.evaluate.trial import Trial

MINUTE_S = 60


def tried(made: Trial, travel_ms: NDArray[np.int64], network: Network = NOTHING_OF_IT) -> Score:
    reported = report(made, travel_ms, WINDOW_MS)
    return score(made, reported, network, travel_ms=travel_ms, window_ms=WINDOW_MS)


def test_every_figure_of_a_small_story() -> None:
    made = trial()
    found = tried(made, EXACT.ms, Network(homes=made.homes))
    assert found.registrations == 7
    assert found.subscriber_days == 1.0
    assert found.conflicts == Tally(count=2, of=3)
    assert found.honest_alarmed == 1
    assert found.suspended == {}
    assert found.pairs == Tally(count=2, of=2)
    assert found.pairs_by_kind["far"] == Tally(count=2, of=2)
    assert found.pairs_by_kind["same_city"] == Tally(count=0, of=0)
    assert found.pairs_by_activity == {
        "0.3": Tally(count=0, of=0),
        "1": Tally(count=2, of=2),
        "3": Tally(count=0, of=0),
    }
    assert {way for way, tally in found.pairs_by_way.items() if tally.of} == {"100"}
    assert found.pairs_by_way["100"] == found.pairs
    assert found.covered == found.found == Tally(count=1, of=1)
    assert found.delays_s == [0.0]  # reported with its first registration
    assert found.committed == found.right == Tally(count=1, of=1)
    assert found.right_by_kind["far"] == found.committed_by_kind["far"] == Tally(count=1, of=1)
    assert found.right_by_kind["same_city"] == Tally(count=0, of=0)
    assert [is_clone for _, is_clone in found.calibration] == [True, False]


def test_a_lenient_table_misses_and_accuses_nobody() -> None:
    made = trial()
    lenient = np.where(EXACT.ms > 0, 20 * 60_000, 0)
    found = tried(made, lenient)
    assert found.conflicts == Tally(count=1, of=1)
    assert found.pairs == Tally(count=1, of=2)
    assert found.forbidden == Tally(count=1, of=1)
    assert found.honest_alarmed == 0
    assert found.delays_s == [15.0 * MINUTE_S]
    assert found.committed == Tally(count=0, of=1)


def test_whom_guard_rails_let_be_suspended_is_told_by_who_is_cloned() -> None:
    made = trial(TO_AND_FRO)
    reported = report(made, EXACT.ms, WINDOW_MS)
    found = score(
        made, reported, NOTHING_OF_IT, travel_ms=EXACT.ms, window_ms=WINDOW_MS, rails=Rails
    )
    for rails in Rails:
        suspended = found.suspended[rails]
        assert suspended.honest == 0
        assert suspended.cloned == Tally(count=1, of=1)
        (delay_s,) = suspended.delays_s
        assert delay_s > 45 * MINUTE_S  # it settled


def test_nothing_reported_leaves_everything_unseen() -> None:
    made = trial()
    found = tried(made, EXACT.ms * 0)
    assert found.conflicts == Tally(count=0, of=0)
    assert found.pairs == Tally(count=0, of=2)
    assert found.found == Tally(count=0, of=1)
    assert found.delays_s == []
