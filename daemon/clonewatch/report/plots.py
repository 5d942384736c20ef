"""What is drawn of a day: conflicts by hour, and pairs of MSCs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from .ink import COUNTED, FAINT, KEPT_BACK, PAPER, TEXT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .conflicts import Hour, Pair
    from .day import Day

MSCS_MAX: Final = 16  # ours: rows and columns that can be read on a phone
NAME_LENGTH_MAX: Final = 16
FAINTEST: Final = 0.12  # of the least full cell


def by_hour(day: Day, hours: Sequence[Hour]) -> Figure:
    """Conflicts of each hour, one kind upon the other."""
    figure = Figure(figsize=(4.2, 2.6), layout="constrained")
    axes = figure.add_subplot()
    places = range(len(hours))
    below = [0] * len(hours)
    kinds = (
        ("that count", COUNTED, [hour.counted for hour in hours]),
        ("kept back: travel time suspect", KEPT_BACK, [hour.kept_back for hour in hours]),
        ("superseded", FAINT, [hour.superseded for hour in hours]),
    )
    for name, colour, heights in kinds:
        if any(heights):
            axes.bar(places, heights, 0.8, below, color=colour, label=name)
        below = [one + other for one, other in zip(below, heights, strict=True)]
    axes.set_xlim(-0.6, len(hours) - 0.4)
    axes.set_xticks(places[::3], day.hours[::3])
    axes.set_ylim(0, max(1, *below) * 1.05)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    axes.set_xlabel(f"hour of the second registration, {day.zone}")
    if any(below):
        figure.legend(loc="outside upper left", ncols=3)
    return figure


def busiest(pairs: Sequence[Pair]) -> tuple[list[str], int]:
    """The MSCs that a heat map has room for, and how many conflicts are not between two of them."""
    weight: Counter[str] = Counter()
    for pair in pairs:
        weight[pair.first] += pair.conflicts
        weight[pair.second] += pair.conflicts
    names = {name for name, _ in weight.most_common(MSCS_MAX)}
    left_out = sum(p.conflicts for p in pairs if not {p.first, p.second} <= names)
    return sorted(names), left_out


def heat_map(pairs: Sequence[Pair]) -> Figure:
    """Conflicts from the MSC of the row to that of the column."""
    names, _ = busiest(pairs)
    shown = {
        (names.index(pair.first), names.index(pair.second)): pair.conflicts
        for pair in pairs
        if {pair.first, pair.second} <= set(names)
    }
    figure = Figure(figsize=(4.2, 1.5 + 0.2 * len(names)), layout="constrained")
    axes = figure.add_subplot()
    most = max(shown.values(), default=1)
    for (row, column), conflicts in shown.items():
        share = FAINTEST + (1 - FAINTEST) * conflicts / most
        cell = Rectangle((column - 0.48, row - 0.47), 0.96, 0.94, facecolor=COUNTED, alpha=share)
        axes.add_patch(cell)
        ink = PAPER if share > 0.6 else TEXT
        axes.text(column, row, f"{conflicts}", ha="center", va="center", color=ink, fontsize=6.5)
    labels = [short(name) for name in names]
    axes.set_xticks(range(len(names)), labels, rotation=90)
    axes.set_yticks(range(len(names)), labels)
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(length=0)
    axes.xaxis.tick_top()
    axes.grid(visible=False)
    axes.set_ylabel("first registration")
    axes.set_xlabel("second registration")
    axes.xaxis.set_label_position("top")
    return figure


def short(name: str) -> str:
    """A name that leaves room for the drawing."""
    return name if len(name) <= NAME_LENGTH_MAX else name[: NAME_LENGTH_MAX - 1] + "…"
