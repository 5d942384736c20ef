"""Plots of the page."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from .intervals import rate, share
from .tables import Quality

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from .intervals import Estimate
    from .scores import Score, Tally
    from .suite import Results

# The same figures give the same octets, and text stays text.
SETTINGS: Final[Any] = {"svg.hashsalt": "clonewatch", "svg.fonttype": "none", "font.size": 9}
MILLION: Final = 1e6
HOUR_S: Final = 3600.0
BINS: Final = (0.0, 0.5, 0.8, 0.95, 0.99, 1.0)
CASES_MIN: Final = 5  # fewer in a bin are not shown


def write_plots(results: Results, directory: Path) -> list[Path]:
    """Write the SVG files that the page shows. Raises OSError."""
    drawn = {
        "evaluation-tables.svg": _tables,
        "evaluation-slack.svg": _slack,
        "evaluation-confidence.svg": _confidence,
    }
    written = []
    with mpl.rc_context(SETTINGS):
        for name, draw in drawn.items():
            figure = Figure(figsize=(9, 3.6), layout="constrained")
            draw(results, figure)
            figure.savefig(directory / name, metadata={"Date": None})
            written.append(directory / name)
    return written


def _tables(results: Results, figure: Figure) -> None:
    """Recall and coverage by kind of clone, for each table."""
    left, right = figure.subplots(1, 2, sharey=True)
    kinds = list(results.by_table[Quality.BUILT].pairs_by_kind)
    places = np.arange(len(kinds))
    wide = 0.8 / (len(results.by_table) + 1)
    for at, (quality, score) in enumerate(results.by_table.items()):
        _bars(left, places + at * wide, wide, score.pairs_by_kind.values(), str(quality))
        _bars(right, places + at * wide, wide, score.found_by_kind.values(), str(quality))
    covered = results.by_table[Quality.BUILT].covered_by_kind.values()
    _bars(right, places - wide, wide, covered, "coverage (of all clones)", color="lightgrey")
    for axes, title in ((left, "pairs reported, of those to see"), (right, "clones found")):
        axes.set_xticks(places + wide, [kind.replace("_", " ") for kind in kinds])
        axes.set_title(title)
        axes.set_ylim(0, 1.05)
    handles, labels = right.get_legend_handles_labels()
    figure.legend(handles, labels, fontsize=7, loc="outside lower center", ncols=len(labels))


def _slack(results: Results, figure: Figure) -> None:
    """What stricter and more lenient tables, and other windows, do."""
    left, middle, right = figure.subplots(1, 3)
    factors = list(results.by_factor)
    scores = list(results.by_factor.values())
    false = [rate(score.honest_alarmed, score.registrations / MILLION) for score in scores]
    _line(left, factors, false, "tab:red")
    left.set_title("false alarms per million")
    left.set_yscale("symlog", linthresh=0.1)
    _line(middle, factors, [_of(score.pairs) for score in scores], "tab:blue", "pairs")
    _line(middle, factors, [_of(score.found) for score in scores], "tab:green", "clones")
    middle.set_title("reported, of what is to see")
    for axes in (left, middle):
        axes.set_xlabel("travel times multiplied by")
    hours = list(results.by_window)
    windows = list(results.by_window.values())
    _line(right, hours, [_of(score.covered) for score in windows], "tab:grey", "coverage")
    _line(right, hours, [_found_of_all(score) for score in windows], "tab:green", "clones found")
    right.set_title("of all clones, by window")
    right.set_xlabel("hours")
    for axes in (middle, right):
        axes.legend(fontsize=7)


def _confidence(results: Results, figure: Figure) -> None:
    """Time to detection, and what a confidence is worth."""
    left, right = figure.subplots(1, 2)
    score = results.by_table[Quality.BUILT]
    delays = np.sort(np.asarray(score.delays_s)) / HOUR_S
    left.step(delays, np.arange(1, len(delays) + 1) / max(1, len(delays)), where="post")
    left.set_xscale("symlog", linthresh=1)
    left.set_xlabel("hours since the clone's first registration")
    left.set_title("share of found clones reported")
    right.plot((0, 1), (0, 1), color="lightgrey")
    for quality in (Quality.BUILT, Quality.LEARNED, Quality.WRONG):
        _calibration(right, results.by_table[quality], str(quality))
    right.set_xlabel("confidence of the case")
    right.set_title("share that are clones")
    right.legend(fontsize=7, loc="upper left")


def _calibration(axes: Axes, score: Score, label: str) -> None:
    """How many cases of a confidence are clones."""
    places, found = [], []
    for begin, end in pairwise(BINS):
        inside = [is_clone for told, is_clone in score.calibration if begin <= told < end]
        if len(inside) >= CASES_MIN:
            places.append((begin + end) / 2)
            found.append(share(sum(inside), len(inside)))
    axes.errorbar(places, [each.value for each in found], yerr=_either(found), fmt="o-", ms=3,
                  capsize=3, label=label)  # fmt: skip


def _bars(
    axes: Axes,
    places: NDArray[np.floating],
    wide: float,
    tallies: Iterable[Tally],
    label: str,
    color: str | None = None,
) -> None:
    found = [_of(tally) for tally in tallies]
    values = [each.value for each in found]
    either = _either(found)
    axes.bar(places, values, wide, yerr=either, label=label, error_kw={"lw": 0.7}, color=color)


def _either(found: list[Estimate]) -> list[list[float]]:
    """How far each interval reaches below and above."""
    return [
        [each.value - each.low for each in found],
        [each.high - each.value for each in found],
    ]


def _line(
    axes: Axes, places: list[float], found: list[Estimate], color: str, label: str = ""
) -> None:
    axes.plot(places, [each.value for each in found], "o-", color=color, label=label, ms=3)
    low, high = ([getattr(each, side) for each in found] for side in ("low", "high"))
    axes.fill_between(places, low, high, color=color, alpha=0.2, lw=0)


def _of(tally: Tally) -> Estimate:
    return share(tally.count, tally.of)


def _found_of_all(score: Score) -> Estimate:
    return share(score.found.count, score.covered.of)
