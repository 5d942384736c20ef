"""The plot: of each figure that something is asked of, how many times better than that it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure

from bench.asked import LINES, Bound, number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# The same figures give the same octets, and text stays text.
SETTINGS: Final[Any] = {"svg.hashsalt": "clonewatch", "svg.fonttype": "none", "font.size": 8}
LINE_INCHES: Final = 0.24
MARGIN_LEAST, MARGIN_MAX = 0.1, 100.0  # what lies beyond is drawn there
TICKS: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
MET, MISSED = "tab:green", "tab:red"


def write_plot(figures: Mapping[str, Any], path: Path) -> None:
    """Write the SVG. Raises OSError."""
    lines = [line for line in LINES if line.bound is not Bound.NONE]
    margins = [min(MARGIN_MAX, max(MARGIN_LEAST, line.margin(figures))) for line in lines]
    colours = [MET if line.is_met(figures) else MISSED for line in lines]
    labels = [f"{line.subject}: {line.what}" for line in lines]
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(9, 1 + LINE_INCHES * len(lines)), layout="constrained")
        axes = figure.subplots()
        axes.barh(labels, [margin - 1 for margin in margins], left=1, color=colours, height=0.6)
        for at, (line, margin) in enumerate(zip(lines, margins, strict=True)):
            text = f" {number(line.seen(figures))} ({line.bound} {number(line.asked)}) {line.unit}"
            axes.text(max(1.0, margin), at, text, va="center", fontsize=6.5)
        axes.set_xscale("log")
        axes.set_xticks(TICKS, [f"{tick:g}" for tick in TICKS])
        axes.minorticks_off()
        axes.axvline(1, color="black", lw=0.8)
        axes.set_xlim(MARGIN_LEAST / 1.2, MARGIN_MAX * 10)
        axes.set_xlabel("times better than asked; left of 1 it is missed")
        axes.invert_yaxis()
        figure.savefig(path, metadata={"Date": None})
