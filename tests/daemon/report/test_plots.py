"""What is drawn of a day."""

from __future__ import annotations

from clonewatch.report import plots
from clonewatch.report.conflicts import Hour, Pair
from clonewatch.report.ink import svg
from reports import SUNDAY

NOTHING = Hour(counted=0, kept_back=0, superseded=0)


def pair(first: str, second: str, conflicts: int) -> Pair:
    return Pair(
        first=first,
        second=second,
        conflicts=conflicts,
        subscribers=1,
        kept_back=0,
        shortest_ms=1,
        needs_ms=2,
    )


def test_each_kind_of_conflict_is_a_bar_upon_the_other() -> None:
    hours = [NOTHING] * 23 + [Hour(counted=3, kept_back=2, superseded=1)]
    axes = plots.by_hour(SUNDAY, hours).axes[0]
    heights = [container[23].get_height() for container in axes.containers]
    bottoms = [container[23].get_y() for container in axes.containers]
    assert (heights, bottoms) == ([3, 2, 1], [0, 3, 5])


def test_a_day_without_conflicts_is_drawn_too() -> None:
    figure = plots.by_hour(SUNDAY, [NOTHING] * 24)
    assert not figure.axes[0].containers
    assert "hour of the second registration, UTC" in svg(
        lambda: plots.by_hour(SUNDAY, [NOTHING] * 24), "x", "a"
    )


def test_the_heat_map_has_a_cell_for_each_pair() -> None:
    figure = plots.heat_map([pair("A", "B", 5), pair("B", "A", 1)])
    axes = figure.axes[0]
    cells = {(round(patch.get_x() + 0.5), round(patch.get_y() + 0.5)) for patch in axes.patches}  # type: ignore[attr-defined]
    assert cells == {(1, 0), (0, 1)}
    assert [text.get_text() for text in axes.texts] == ["5", "1"]


def test_only_the_busiest_mscs_are_shown_and_what_is_not_is_counted() -> None:
    pairs = [pair(f"M{number:02}", "HUB", 30 - number) for number in range(25)]
    names, left_out = plots.busiest(pairs)
    assert len(names) == plots.MSCS_MAX
    assert "HUB" in names
    assert left_out == sum(30 - number for number in range(plots.MSCS_MAX - 1, 25))
    assert len(plots.heat_map(pairs).axes[0].patches) == plots.MSCS_MAX - 1


def test_long_names_leave_room() -> None:
    assert plots.short("MSC A") == "MSC A"
    assert len(plots.short("x" * 300)) == plots.NAME_LENGTH_MAX
