"""Drawings of travel times: a heat map of the table, and a map of the MSCs.

matplotlib's figures are used without its pyplot, which would look for a display.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from clonewatch.travel.coordinates import places_of
from clonewatch.travel.table import BLANK, MINUTE_MS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from clonewatch.travel.table import TravelTimes

SUFFIXES: Final = (".png", ".svg", ".pdf")
NAMES_MAX: Final = 60  # more along an axis cannot be read
LINKS_MAX: Final = 2_000  # drawn on the map, the fastest
LINKS_PER_MSC: Final = 3
COLOURS: Final = "viridis"
BLANK_COLOUR: Final = "lightgrey"
DOTS_PER_INCH: Final = 150
_METADATA: Final = {  # by suffix: no date, so that the same table gives the same file
    ".png": None,
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}


def heat_map(travel: TravelTimes) -> Figure:
    """The table as FIG. 6 prints it: rows the first registration, columns the second."""
    names = travel.mscs.names
    figure = Figure(figsize=(8, 7), layout="constrained")
    axes = figure.add_subplot()
    axes.set_facecolor(BLANK_COLOUR)
    image = axes.imshow(_minutes(travel), cmap=COLOURS, interpolation="nearest")
    figure.colorbar(image, ax=axes, label="minutes")
    axes.set_title(f"Least travel times of {len(names)} MSCs (grey: not known)")
    axes.set_xlabel("second registration")
    axes.set_ylabel("first registration")
    if len(names) <= NAMES_MAX:
        labels = [_plain(name) for name in names]
        size = 9 if len(names) <= NAMES_MAX // 3 else 5
        axes.set_xticks(range(len(names)), labels, rotation=90, fontsize=size)
        axes.set_yticks(range(len(names)), labels, fontsize=size)
    return figure


def mscs_map(travel: TravelTimes) -> Figure:
    """Where the MSCs are, with the fastest ways from each.

    Raises ValueError without coordinates.
    """
    place = _middles(travel)
    known = ~np.isnan(place[:, 0])
    if not known.any():
        raise ValueError("no MSC has coordinates: there is no map to draw")
    figure = Figure(figsize=(9, 7), layout="constrained")
    axes = figure.add_subplot()
    pairs, minutes = fastest_links(travel)
    drawn = known[pairs].all(axis=1)
    lines = LineCollection(list(place[pairs[drawn]]), array=minutes[drawn], cmap=COLOURS)
    axes.add_collection(lines)
    figure.colorbar(lines, ax=axes, label="minutes", shrink=0.7)
    axes.scatter(place[known, 0], place[known, 1], s=12, color="black", zorder=2)
    _name(axes, travel.mscs.names, place)
    # A degree of longitude is as wide as it is in the middle of the map.
    middle = np.radians(np.clip(np.mean(place[known, 1]), -85, 85))
    axes.set_aspect(float(1 / np.cos(middle)))
    axes.margins(0.08)
    axes.set_xlabel("degrees east")
    axes.set_ylabel("degrees north")
    axes.set_title(f"The {LINKS_PER_MSC} fastest ways from each MSC (0: the areas touch)")
    return figure


def fastest_links(travel: TravelTimes) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The fastest ways from each MSC, as pairs of MSCs, and their minutes; each pair once."""
    minutes = _minutes(travel)
    np.fill_diagonal(minutes, np.nan)
    nearest = np.argsort(minutes, axis=1, kind="stable")[:, :LINKS_PER_MSC]
    first = np.repeat(np.arange(len(minutes)), nearest.shape[1])
    pairs = np.stack((first, nearest.ravel()), axis=1)
    pairs = np.unique(np.sort(pairs[~np.isnan(minutes[pairs[:, 0], pairs[:, 1]])], axis=1), axis=0)
    took = np.fmin(minutes[pairs[:, 0], pairs[:, 1]], minutes[pairs[:, 1], pairs[:, 0]])
    order = np.argsort(took, kind="stable")[:LINKS_MAX]
    return pairs[order], took[order]


def save(figure: Figure, stream: BinaryIO, suffix: str) -> None:
    """Write a figure as one of SUFFIXES."""
    metadata = _METADATA[suffix]
    figure.savefig(stream, format=suffix[1:], dpi=DOTS_PER_INCH, metadata=metadata)


def _minutes(travel: TravelTimes) -> NDArray[np.float64]:
    ms = travel.by_msc()
    return np.where(ms == BLANK, np.nan, ms / MINUTE_MS)


def _middles(travel: TravelTimes) -> NDArray[np.float64]:
    """Degrees east and north of each MSC: of the first of its rows that has any."""
    places, mscs = places_of(travel.mscs), travel.mscs
    middles = np.full((len(mscs.names), 2), np.nan)
    for row in reversed(np.flatnonzero(~np.isnan(places.latitude)).tolist()):
        middles[mscs.msc_of[row]] = places.longitude[row], places.latitude[row]
    return middles


def _name(axes: Axes, names: tuple[str, ...], place: NDArray[np.float64]) -> None:
    if len(names) > NAMES_MAX:
        return
    for name, (east, north) in zip(names, place.tolist(), strict=True):
        if not np.isnan(east):
            axes.annotate(
                _plain(name), (east, north), xytext=(3, 3), textcoords="offset points", fontsize=6
            )


def _plain(name: str) -> str:
    """A name that is drawn as it stands: matplotlib reads formulas between dollar signs."""
    return name.replace("$", r"\$")
