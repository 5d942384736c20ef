"""Evidence weighed, beside the truth."""

from __future__ import annotations

import numpy as np

from clonewatch.evaluate.judging import cases
from clonewatch.evaluate.reported import report
from clonewatch.evidence.network import Network
from trials import CLONE, EXACT, MSC_C, OWNER, STORY, WINDOW_MS, trial

NETWORK = Network(travel_ms=EXACT.ms)


def test_who_is_at_home_is_rightly_the_owner() -> None:
    made = trial()
    network = Network(travel_ms=EXACT.ms, homes=made.homes)
    cloned, honest = cases(
        made, report(made, EXACT.ms, WINDOW_MS), network, np.random.default_rng(1)
    )
    assert (cloned.is_honest, honest.is_honest) == (False, True)
    assert cloned.kinds == {2}
    assert (cloned.right, cloned.misjudged, cloned.unknown) == (2, 0, 0)
    assert cloned.is_right is True
    assert (honest.right, honest.misjudged, honest.unknown) == (0, 0, 0)
    assert honest.is_right is None
    assert 0 < honest.confidence < 1
    assert len(cloned.confidences) == 2


def test_a_clone_at_home_is_taken_for_the_owner() -> None:
    made = trial([(CLONE if p == OWNER else OWNER if p == CLONE else p, *r) for p, *r in STORY])  # type: ignore[misc]
    network = Network(travel_ms=EXACT.ms, homes=made.homes)
    (cloned, _) = cases(made, report(made, EXACT.ms, WINDOW_MS), network, np.random.default_rng(1))
    assert (cloned.misjudged, cloned.is_right) == (2, False)


def test_without_knowledge_nobody_is_named() -> None:
    made = trial()
    (cloned, _) = cases(made, report(made, EXACT.ms, WINDOW_MS), NETWORK, np.random.default_rng(1))
    assert (cloned.unknown, cloned.is_right) == (2, None)


def test_only_what_came_before_is_known() -> None:
    """Habits shown later must not be looked at; five registrations make one."""
    before = [(OWNER, MSC_C, at, False) for at in range(-900, -400, 100)]
    ordered = [*before, *STORY]
    after = [*STORY, *((OWNER, MSC_C, at, False) for at in range(1500, 2000, 100))]
    told = []
    for story in (ordered, after):
        made = trial(story)
        case, *_ = cases(made, report(made, EXACT.ms, WINDOW_MS), NETWORK, np.random.default_rng(1))
        told.append((case.right, case.misjudged, case.unknown))
    assert told[0] == (0, 2, 0)  # the owner moved away: habits mislead
    assert told[1] == (0, 0, 2)
