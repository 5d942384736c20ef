"""Travel times built from where MSCs are: from the edge of one area to the edge of the other.

An entry must not be more than any honest journey takes. So areas that touch are adjacent, a
journey begins and ends at the edges that face each other, at the fastest reasonable speed, and
all is rounded down.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.travel.cells import load_cells
from clonewatch.travel.coordinates import places_of, radii_of
from clonewatch.travel.geodesy import LONG
from clonewatch.travel.given import load_given
from clonewatch.travel.speeds import Journeys, load_regions, region_of
from clonewatch.travel.table import TravelTimes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from clonewatch.mscs import Mscs
    from clonewatch.travel.cells import Cells
    from clonewatch.travel.speeds import Region, Speeds

STEPS_PER_MINUTE: Final = 10  # entries are whole tenths of a minute
ROWS: Final = 256  # MSCIDs at once, so that thousands need little memory


def gaps_km(
    mscs: Mscs, radii: NDArray[np.float64], rows: slice = slice(None)
) -> NDArray[np.float64]:
    """From the edge of each area of *rows* to each other's, by MSCID; NaN where one is not known.

    At most 0.34 % of the distance too small, never too large; and 0 exactly where areas touch.
    """
    places = places_of(mscs)
    some = places[rows]
    km = some.km_to(places)
    reach = radii[rows, None] + radii
    open_cases = (km <= reach) & (km * LONG > reach)
    gap = np.maximum(km - reach, 0)
    for at, other in np.argwhere(open_cases).tolist():
        gap[at, other] = max(some.exact_km(at, places, other) - reach[at, other], 0)
    return gap


def built_minutes(
    mscs: Mscs, radii: NDArray[np.float64], speeds: Speeds, regions: Sequence[Region] = ()
) -> NDArray[np.float64]:
    """Least travel times, [first, second] of `mscs.names`; NaN where coordinates are missing.

    Of an MSC with several rows, the nearest areas count. *radii*: km, by MSCID.
    """
    journeys = _journeys(mscs, speeds, regions)
    by_msc = np.argsort(mscs.msc_of, kind="stable")
    _, begins = np.unique(mscs.msc_of[by_msc], return_index=True)
    least: NDArray[np.float64] = np.full((len(mscs.names),) * 2, np.inf)
    for start in range(0, len(mscs), ROWS):
        rows = slice(start, min(start + ROWS, len(mscs)))
        minutes = journeys.minutes(rows, gaps_km(mscs, radii, rows))
        minutes[np.isnan(minutes)] = np.inf
        nearest = np.minimum.reduceat(minutes[:, by_msc], begins, axis=1)
        np.minimum.at(least, mscs.msc_of[rows], nearest)
    least = _in_steps(np.minimum(least, least.T))
    least[np.isinf(least)] = np.nan
    np.fill_diagonal(least, 0)
    return least


def minutes_between(
    mscs: Mscs, cells: Cells, speeds: Speeds, regions: Sequence[Region] = ()
) -> NDArray[np.float64]:
    """Likewise, by their cells; an MSC's speeds are those where its first MSCID is."""
    _, first = np.unique(mscs.msc_of, return_index=True)
    journeys = _journeys(mscs, speeds, regions, first)
    return _in_steps(journeys.minutes(slice(None), cells.gaps_km()))


def _journeys(
    mscs: Mscs,
    speeds: Speeds,
    regions: Sequence[Region],
    rows: slice | NDArray[np.intp] = slice(None),
) -> Journeys:
    """How one travels from *rows* of `mscs`: as in the region they are in, else at *speeds*."""
    places = places_of(mscs)[rows]
    number = region_of(regions, places.latitude, places.longitude)
    return Journeys.at([speeds if at < 0 else regions[at].speeds for at in number.tolist()])


def _in_steps(minutes: NDArray[np.float64]) -> NDArray[np.float64]:
    rounded: NDArray[np.float64] = np.floor(minutes * STEPS_PER_MINUTE) / STEPS_PER_MINUTE
    return rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a table is built from; it says so in its first lines."""

    mscs: Path
    speeds: Speeds
    radius_km: float | None = None  # where `mscs.csv` has none
    cells: Path | None = None
    regions: Path | None = None
    given: Sequence[Path] = ()  # their entries stand instead of built ones; of two, the later


def build(recipe: Recipe, mscs: Mscs) -> TravelTimes:
    """The table, of MSCs that `examine` found nothing wrong with. Raises InputError, OSError."""
    regions = [] if recipe.regions is None else load_regions(recipe.regions, recipe.speeds)
    radii = radii_of(mscs, recipe.radius_km)
    if recipe.cells is None:
        minutes = built_minutes(mscs, radii, recipe.speeds, regions)
    else:
        cells = load_cells(recipe.cells, mscs, radii)
        minutes = minutes_between(mscs, cells, recipe.speeds, regions)
    told = [
        f"Built by clonewatch travel build from {_named(recipe.mscs)}: {len(mscs.names)} MSCs.",
        f"The quicker of {recipe.speeds}, in minutes from edge to edge; 0: the areas touch.",
    ]
    if recipe.radius_km is not None:
        told.append(f"Radius where none is given: {recipe.radius_km:g} km.")
    if recipe.cells is not None:
        told.append(f"Areas by the cells of {_named(recipe.cells)}.")
    if recipe.regions is not None:
        told.append(f"Regions of {_named(recipe.regions)}:")
        told += [f"  {region.name}: {region.speeds}" for region in regions]
    for path in recipe.given:
        given = load_given(path, mscs)
        known = ~np.isnan(given)
        minutes[known] = given[known]
        told.append(f"Given by {_named(path)}: {np.count_nonzero(known)} entries.")
    return TravelTimes.of_minutes(mscs, minutes, [f"# {_in_one_line(line)}" for line in told])


def _named(path: Path) -> str:
    """A file by its name and its contents: where it lay says nothing to others."""
    return f"{path.name} (SHA-256 {hashlib.sha256(path.read_bytes()).hexdigest()[:12]})"


def _in_one_line(text: str) -> str:
    """What a name may hold must not end the comment that it stands in."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
