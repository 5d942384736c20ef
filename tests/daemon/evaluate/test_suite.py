"""What is tried, small."""

from __future__ import annotations

import pytest

from clonewatch.evaluate.suite import FACTORS, WINDOWS_H, Results, Size, run
from clonewatch.evaluate.tables import Quality

TINY = Size(subscribers=600, days=3, cloned=50, month_days=2, mscs=50)


@pytest.fixture(scope="module")
def results() -> Results:
    told: list[str] = []
    found = run(TINY, told.append)
    assert len(told) > len(FACTORS) + len(WINDOWS_H)
    return found


def test_everything_is_tried(results: Results) -> None:
    assert list(results.by_table) == list(Quality)
    assert list(results.by_factor) == list(FACTORS)
    assert list(results.by_window) == list(WINDOWS_H)
    assert results.month.registrations > 1000


def test_learning_finds_what_is_wrong_and_nothing_that_is_right(results: Results) -> None:
    assert list(results.learnt) == ["with coordinates", "without"]
    assert all(each.right == 0 for each in results.learnt.values())


def test_a_stricter_table_sees_more_and_a_wider_window_too(results: Results) -> None:
    seen = [score.pairs.count for score in results.by_factor.values()]
    assert seen == sorted(seen)
    assert seen[-1] > seen[0]
    told = [score.conflicts.of for score in results.by_window.values()]
    assert told == sorted(told)


def test_the_exact_table_reports_all_there_is(results: Results) -> None:
    exact = results.by_table[Quality.EXACT]
    assert exact.pairs.count >= exact.pairs.of * 0.99 > 0
    assert exact.covered.of >= exact.covered.count == exact.found.of


def test_a_wrong_table_accuses_more(results: Results) -> None:
    wrong, built = (results.by_table[each] for each in (Quality.WRONG, Quality.BUILT))
    assert wrong.honest_alarmed > built.honest_alarmed
    assert results.clocks_accused == 0
