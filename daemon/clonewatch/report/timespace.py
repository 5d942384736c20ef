"""The time-space diagram of a case: MSCs against time, the impossible steps marked."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from matplotlib.figure import Figure

from .ink import CARD, FAINT, PHONES, WRONG
from .plots import short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from .day import Day
    from .dossiers import Dossier, Point, Step

MINUTE_MS: Final = 60_000
MSCS_MAX: Final = 12  # ours: further ones stand in one row
OTHERS: Final = "other MSCs"
LABELS_MAX: Final = 3  # ours: of steps; the others stand in the list below
# On paper, in points: the room for steps, a row, and of a label a letter, a line, its distance.
WIDTH: Final = 190.0
ROW: Final = 19.0
ROWS_LEAST: Final = 90.0  # all rows together
LETTER: Final = 4.6
LINE: Final = 9.0
GAP: Final = 3.0
LIFT: Final = 6.0
DOT: Final = 3.0
ALONG: Final = (0.5, 0.35, 0.65, 0.2, 0.8)  # how far along a step its label may stand
# Least distances between ticks, in minutes; no more than TICKS_MAX of them.
TICKS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080)
TICKS_MAX: Final = 6
MARKERS: Final = ("o", "s", "D", "^")


def diagram(day: Day, it: Dossier) -> Figure:
    """A case of the day."""
    points = sorted({p for step in it.steps for p in (step.first, step.second)} | set(it.others))
    rows = _rows(it, points)
    row_points = max(ROW, ROWS_LEAST / len(rows))
    figure = Figure(figsize=(4.2, 1.1 + row_points * len(rows) / 72))
    figure.set_layout_engine("constrained")
    axes = figure.add_subplot()
    for one, other in pairwise(points):
        axes.plot(_x(one, other), _y(rows, one, other), color=FAINT, linewidth=0.7, zorder=1)
    for step in it.steps:
        _draw_step(axes, rows, step)
    _draw_phones(axes, rows, points)
    axes.set_yticks(list(rows.values()), [short(name) for name in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    _tick_times(axes, day, points)
    _label_steps(axes, rows, it, row_points)
    axes.grid()
    axes.set_axisbelow(True)
    return figure


def _rows(it: Dossier, points: Sequence[Point]) -> dict[str, int]:
    """The row of each MSC, in order of first registrations; those in conflict before all."""
    ends = sorted({point for step in it.steps for point in (step.first, step.second)})
    names = list(dict.fromkeys(point.msc for point in [*ends, *points]))
    if len(names) > MSCS_MAX:
        names = [*names[: MSCS_MAX - 1], OTHERS]
    return {name: row for row, name in enumerate(names)}


def _draw_step(axes: Axes, rows: Mapping[str, int], step: Step) -> None:
    axes.plot(
        _x(step.first, step.second),
        _y(rows, step.first, step.second),
        color=WRONG if step.is_wrong else FAINT,
        linewidth=2 if step.is_wrong else 1.2,
        linestyle="-" if step.is_wrong else "--",
        zorder=2,
        solid_capstyle="round",
    )


def _draw_phones(axes: Axes, rows: Mapping[str, int], points: Sequence[Point]) -> None:
    """The registrations, with a colour and a shape for each ESN."""
    esns = list(dict.fromkeys(point.esn for point in points))
    for number, esn in enumerate(esns):
        its = [point for point in points if point.esn == esn]
        kind = min(number, len(PHONES) - 1)
        last = number == len(PHONES) - 1 and len(esns) > len(PHONES)
        axes.plot(
            _x(*its),
            _y(rows, *its),
            color=PHONES[kind],
            marker=MARKERS[kind],
            markersize=4.5,
            linestyle="none",
            zorder=3,
            label="others" if last else f"ESN {esn:08X}" if number == kind else "_",
        )
    axes.figure.legend(loc="outside upper left", ncols=2, handletextpad=0.1)


def _label_steps(axes: Axes, rows: Mapping[str, int], it: Dossier, row_points: float) -> None:
    """Write at the most impossible steps how much so, where there is room.

    The most impossible of all gets its label anyhow; the others stand in the list, too.
    """
    low, high = axes.get_xlim()
    scale = WIDTH / (high - low)

    def on_paper(step: Step, along: float) -> tuple[float, float]:
        (x1, x2), (y1, y2) = _x(step.first, step.second), _y(rows, step.first, step.second)
        return (x1 + along * (x2 - x1) - low) * scale, (y1 + along * (y2 - y1)) * row_points

    ends = {point for step in it.steps for point in (step.first, step.second)}
    taken = [
        _Box.around((_x(point)[0] - low) * scale, _y(rows, point)[0] * row_points)
        for point in [*ends, *it.others]
    ]
    lines = {
        number: [_Box.around(*on_paper(step, along)) for along in ALONG]
        for number, step in it.gravest
    }
    for number, step in it.gravest[:LABELS_MAX]:
        if not step.is_wrong:
            continue
        words = step.short if len(it.steps) == 1 else f"{number}: {step.short}"
        falls = on_paper(step, 1)[1] > on_paper(step, 0)[1]
        places = [
            _Box.beside(*on_paper(step, along), len(words) * LETTER, right=right, falls=falls)
            for along in ALONG
            for right in (True, False)
        ]
        inside = [box for box in places if box.left >= 0 and box.right <= WIDTH]
        others = [*taken, *(box for its, boxes in lines.items() if its != number for box in boxes)]
        free = [box for box in inside if not any(box.meets(other) for other in others)]
        if not free and (number, step) == it.gravest[0]:
            free = inside or places
        if free:
            taken.append(free[0])
            _write(axes, words, low + free[0].left / scale, free[0].middle / row_points)


class _Box(NamedTuple):
    """Where something stands on paper, in points."""

    left: float
    right: float
    middle: float  # downwards

    @classmethod
    def around(cls, x: float, y: float) -> Self:
        """A dot, or a piece of a line."""
        return cls(x - DOT, x + DOT, y)

    @classmethod
    def beside(cls, x: float, y: float, wide: float, *, right: bool, falls: bool) -> Self:
        """A label beside a place of a step, away from it: on the right above what falls."""
        left = x + GAP if right else x - GAP - wide
        return cls(left, left + wide, y + (-LIFT if right == falls else LIFT))

    def meets(self, other: Self) -> bool:
        """Whether two stand on one another."""
        beside = self.left >= other.right or other.left >= self.right
        return not beside and abs(self.middle - other.middle) < LINE


def _write(axes: Axes, words: str, x: float, y: float) -> None:
    axes.text(
        x,
        y,
        words,
        va="center",
        color=WRONG,
        fontsize=7,
        fontweight="bold",
        zorder=4,
        bbox={"facecolor": CARD, "edgecolor": "none", "alpha": 0.8, "pad": 0.6},
    )


def _tick_times(axes: Axes, day: Day, points: Sequence[Point]) -> None:
    """Times of day at round minutes."""
    start, stop = points[0].time_ms // MINUTE_MS, -(-points[-1].time_ms // MINUTE_MS)
    margin = max(2, (stop - start) // 16)
    start, stop = start - margin, stop + margin
    apart = next((each for each in TICKS if (stop - start) / each <= TICKS_MAX), TICKS[-1])
    midnight = day.start_ms // MINUTE_MS
    first = midnight + -(-(start - midnight) // apart) * apart
    ticks = range(first, stop + 1, apart)
    axes.set_xlim(start, stop)
    axes.set_xticks(ticks, [f"{day.local(tick * MINUTE_MS):%H:%M}" for tick in ticks])


def _x(*points: Point) -> list[float]:
    return [point.time_ms / MINUTE_MS for point in points]


def _y(rows: Mapping[str, int], *points: Point) -> list[float]:
    return [rows[point.msc if point.msc in rows else OTHERS] for point in points]
