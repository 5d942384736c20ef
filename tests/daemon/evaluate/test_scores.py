"""What was reported beside what was there to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clonewatch.evaluate.reported import report
from clonewatch.evaluate.scores import Score, Tally, score
from clonewatch.evidence.network import NOTHING_OF_IT, Network
from trials import EXACT, WINDOW_MS, trial

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
    assert found.honest_suspended == 0
    assert found.pairs == Tally(count=2, of=2)
    assert found.pairs_by_kind["far"] == Tally(count=2, of=2)
    assert found.pairs_by_kind["same_city"] == Tally(count=0, of=0)
    assert found.pairs_by_activity == {
        "0.3": Tally(count=0, of=0),
        "1": Tally(count=2, of=2),
        "3": Tally(count=0, of=0),
    }
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


def test_nothing_reported_leaves_everything_unseen() -> None:
    made = trial()
    found = tried(made, EXACT.ms * 0)
    assert found.conflicts == Tally(count=0, of=0)
    assert found.pairs == Tally(count=0, of=2)
    assert found.found == Tally(count=0, of=1)
    assert found.delays_s == []
