"""What `travel learn` makes of tables with wrong entries."""

from __future__ import annotations

from clonewatch.evaluate.learning import TABLES, learn
from clonewatch.evaluate.tables import built
from clonewatch.evaluate.trial import Settings, simulated
from trials import EXACT, trial


def test_wrong_entries_are_found_and_right_ones_left_alone() -> None:
    made = simulated(Settings(subscribers=6_000, days=7, cloned=60, mscs=60))
    learnt = learn(made, built(made.mscs), seed=1)
    assert list(learnt) == ["with coordinates", "without"]
    for each in learnt.values():
        assert each.right == 0
        assert each.found.count <= each.found.of
    assert learnt["without"].found.of == learnt["with coordinates"].found.of
    assert learnt["with coordinates"].found.count >= 0.8 * learnt["with coordinates"].found.of


def test_without_enough_subscribers_there_is_nothing_to_find() -> None:
    assert TABLES > 1
    for each in learn(trial(), EXACT, seed=1).values():
        assert (each.found.of, each.right) == (0, 0)
