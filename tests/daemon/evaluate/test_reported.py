"""What the detector reports, traced back."""

from __future__ import annotations

import numpy as np

from clonewatch.evaluate.reported import report
from clonewatch.evaluate.trial import Settings, simulated
from clonewatch.figures import originals
from trials import EXACT, MSC_B, OWNER, STORY, WINDOW_MS, trial


def test_pairs_lead_back_to_their_rows_and_to_when_they_were_found() -> None:
    made = trial()
    found = report(made, EXACT.ms, WINDOW_MS)
    assert len(found) == 3
    pairs = list(zip(found.first.tolist(), found.second.tolist(), strict=True))
    assert pairs == [(1, 3), (3, 5), (0, 4)]
    assert found.found_ms.tolist() == made.true_ms[[3, 5, 4]].tolist()


def test_what_a_late_arrival_supersedes_does_not_stand() -> None:
    late = (*STORY[:-1], (OWNER, MSC_B, 20, False))  # in between, told last
    pairs = report(trial(late), EXACT.ms, WINDOW_MS)
    assert (1, 3) not in set(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))


def test_it_is_the_rule_over_the_whole() -> None:
    made = simulated(Settings(subscribers=500, days=2, cloned=60, mscs=60))
    found = report(made, made.exact.ms, WINDOW_MS)
    whole = originals(made.batch, len(made.mscs))
    whole = whole[np.lexsort((whole.esn, whole.mscid, whole.time, whole.msid))]
    before, behind = whole[:-1], whole[1:]
    elapsed_ms = behind.time - before.time
    conflict = (before.msid == behind.msid) & (elapsed_ms <= WINDOW_MS)
    conflict &= elapsed_ms < made.exact.ms[before.msc, behind.msc]
    assert len(found) == conflict.sum() > 50
    told = {(c.msid, c.first.time, c.second.time) for c in found.conflicts}
    rule = zip(
        *(c[conflict].tolist() for c in (before.msid, before.time, behind.time)), strict=True
    )
    assert told == set(rule)


def test_nothing_reported_is_nothing() -> None:
    assert len(report(trial(), np.zeros_like(EXACT.ms), WINDOW_MS)) == 0
