"""The page of the results."""

from __future__ import annotations

from dataclasses import replace

from clonewatch.evaluate.page import page
from clonewatch.evaluate.scores import Tally
from clonewatch.evaluate.tables import Quality
from results import RESULTS, SCORE


def test_figures_stand_with_their_intervals() -> None:
    text = page(RESULTS)
    assert "| built | 99.00 % (94.55 to 99.82) | 90.00 % (74.38 to 96.54) |" in text
    assert "0.50 (0.01 to 2.79)" in text  # one in two million
    assert "0.14 (0.00 to 0.80)" in text  # one in 700,000 subscriber days
    assert "Of 6 that are more than 2 minutes off, 5 were found" in text
    assert "median 1.0 h" in text
    assert "| without | 19 of 20 | 95.00 % (76.39 to 99.11) | 0 |" in text
    assert "| 0 to 5 | 10 | 10.00 % (1.79 to 40.42) |" in text
    assert "| 5 and more | 26 | 100.00 %" in text
    assert "| built, 30 days | boundless | 0 | 0.00 (0.00 to 0.53) | 50.00 % " in text
    for name in ("tables", "slack", "confidence"):
        assert f"(evaluation-{name}.svg)" in text


def test_it_says_what_velocity_checks_cannot_see_and_how_to_make_it_again() -> None:
    text = page(RESULTS)
    assert "## What velocity checks cannot see" in text
    assert "`make evaluate` makes this page again" in text


def test_tables_have_as_many_cells_in_every_row() -> None:
    for block in page(RESULTS).split("\n\n"):
        if block.startswith("|"):
            assert len({line.count("|") for line in block.splitlines()}) == 1


def test_what_was_not_tried_is_a_dash() -> None:
    empty = replace(SCORE, conflicts=Tally(count=0, of=0))
    results = replace(RESULTS, by_table=RESULTS.by_table | {Quality.EXACT: empty})
    assert "| exact | - |" in page(results)
