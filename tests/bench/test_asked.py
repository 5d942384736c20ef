"""What is asked, and whether it is met."""

from __future__ import annotations

import math

import pytest

from bench.asked import LINES, Bound, Line, flat, missed, number, rows

TIME = Line("replay", "time", "a.s", Bound.AT_MOST, 2.0, "s")
RATE = Line("replay", "rate", "a.per_s", Bound.AT_LEAST, 5.0, "million a second", 1e6)
SHOWN = Line("replay", "rate", "a.per_s", Bound.NONE)
NOTHING = Line("live", "lost", "a.lost", Bound.AT_MOST)


@pytest.mark.parametrize(
    ("line", "figure", "is_met", "margin"),
    [
        (TIME, 1.0, True, 2.0),
        (TIME, 2.0, True, 1.0),
        (TIME, 4.0, False, 0.5),
        (TIME, -1.0, True, math.inf),  # less than nothing of what it is compared with
        (RATE, 10e6, True, 2.0),
        (RATE, 4e6, False, 0.8),
        (SHOWN, 0.0, True, 1.0),
        (NOTHING, 0, True, 1.0),
        (NOTHING, 1, False, 0.0),
    ],
)
def test_a_figure_is_met_or_missed(
    line: Line, figure: float, *, is_met: bool, margin: float
) -> None:
    figures = {line.figure: figure}
    assert line.is_met(figures) is is_met
    assert line.margin(figures) == pytest.approx(margin)


def test_lines_have_names_of_their_own() -> None:
    assert len({(line.subject, line.what) for line in LINES}) == len(LINES)


def test_what_is_missed_is_marked_in_the_table() -> None:
    figures = {line.figure: line.asked * line.scale for line in LINES}
    assert missed(figures) == []
    assert {row[-1] for row in rows(figures)} == {""}
    figures["replay.mtp3_times_yardstick"] = 1.3
    assert [line.figure for line in missed(figures)] == ["replay.mtp3_times_yardstick"]
    first, *_ = rows(figures)
    assert first[2:] == ("at most 1.2", "1.3 times its time", "missed")


def test_figures_are_named_by_their_subject() -> None:
    found = {"live": {"one_link": {"lost": 0}}, "detect": {"s": 1.5}}
    assert flat(found) == {"live.one_link.lost": 0, "detect.s": 1.5}


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.30, "0.3"), (1.2345, "1.23"), (76.0, "76"), (150, "150"), (5000, "5,000")],
)
def test_numbers_have_three_digits_that_tell(value: float, text: str) -> None:
    assert number(value) == text
