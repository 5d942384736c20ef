"""Areas as they are: `cells.csv`, the cells of MSCs, instead of one circle for each.

A circle that holds a long area, or one between others, reaches far into its neighbours, so that
ways look shorter than they are. Where the cells are known, or those at the edge at least, the way
from one area to another is that between the two nearest cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.csvfile import number_of, read_rows
from clonewatch.errors import InputError
from clonewatch.travel.coordinates import places_of
from clonewatch.travel.geodesy import POLAR_KM, Places
from is41.kernel import Array, kernel

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from clonewatch.mscs import Mscs

HEADINGS: Final = ("mscid", "latitude", "longitude", "radius_km")
RADIUS_KM_MAX: Final = 200.0  # ours: no cell reaches further; what is more was meant in metres
AWAY_KM_MAX: Final = 2_000.0  # ours: no cell is further from its MSC
CELLS_MAX: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Cells:
    """Circles by MSC, in the order of `Mscs.names`; those of an MSC follow one another."""

    places: Places
    radius_km: NDArray[np.float64]
    begins: NDArray[np.int64]  # of each MSC its first, and behind the last

    @classmethod
    def of(
        cls,
        mscs: Mscs,
        msc: NDArray[np.intp],
        places: Places,
        radius_km: NDArray[np.float64],
    ) -> Cells:
        """From columns in any order. *msc*: places in `mscs.names`."""
        order = np.argsort(msc, kind="stable")
        begins = np.searchsorted(msc[order], np.arange(len(mscs.names) + 1))
        return cls(places[order], radius_km[order], begins.astype(np.int64))

    def gaps_km(self) -> NDArray[np.float64]:
        """From edge to edge, [MSC, MSC]; NaN where one has no cell.

        At most 0.34 % of the distance too small, never too large.
        """
        count = len(self.begins) - 1
        apart = np.full((count, count), np.inf)  # less both radii
        chord = np.full((count, count), np.inf)
        nearest(_on_sphere(self.places), self.radius_km, self.begins, apart, chord)
        known = np.isfinite(chord)
        # An arc is longer than its chord, by the more the longer it is: by no less than the
        # shortest is.
        arc = 2 * POLAR_KM * np.arcsin(np.minimum(chord[known] / (2 * POLAR_KM), 1))
        gaps = np.full((count, count), np.nan)
        gaps[known] = np.maximum(apart[known] + arc - chord[known], 0)
        np.fill_diagonal(gaps, 0)
        return gaps


def load_cells(path: Path, mscs: Mscs, radii: NDArray[np.float64]) -> Cells:
    """Cells of a file like `cells.csv`; an MSC without any has its circles. Raises InputError.

    *radii*: of these circles, by MSCID.
    """
    where = places_of(mscs)
    msc, rows = [], []
    for line, cells in read_rows(path, known=HEADINGS, needed=HEADINGS):
        try:
            index, place = _cell(mscs, where, cells)
        except ValueError as fault:
            raise InputError(path, str(fault), line=line) from None
        msc.append(int(mscs.msc_of[index]))
        rows.append(place)
        if len(rows) > CELLS_MAX:
            raise InputError(path, f"more than {CELLS_MAX:,} cells: those at the edges will do")
    if not rows:
        raise InputError(path, "no cell under the headings")
    others = np.flatnonzero(~np.isin(mscs.msc_of, msc) & ~np.isnan(where.latitude))
    circles = where[others]
    latitude, longitude, radius = (np.array(column) for column in zip(*rows, strict=True))
    return Cells.of(
        mscs,
        np.concatenate((np.array(msc, np.intp), mscs.msc_of[others])),
        Places(
            np.concatenate((latitude, circles.latitude)),
            np.concatenate((longitude, circles.longitude)),
        ),
        np.concatenate((radius, radii[others])),
    )


def _cell(
    mscs: Mscs, where: Places, cells: Mapping[str, str]
) -> tuple[int, tuple[float, float, float]]:
    """One row: index of its MSCID, and latitude, longitude, radius. Raises ValueError."""
    indices = mscs.indices(cells["mscid"])
    if not indices:
        raise ValueError(f"column 'mscid': no MSC {cells['mscid']!r} in mscs.csv")
    found = (
        number_of(cells, "latitude", "degrees", -90, 90),
        number_of(cells, "longitude", "degrees", -180, 180),
        number_of(cells, "radius_km", "kilometres", 0, RADIUS_KM_MAX),
    )
    latitude, longitude, radius = found
    if latitude is None or longitude is None or radius is None:
        raise ValueError("latitude, longitude and radius_km must be given")
    index = indices[0]
    here = Places(np.array([latitude]), np.array([longitude]))
    km = float(here.km_to(where[slice(index, index + 1)])[0, 0])
    if km > AWAY_KM_MAX:
        raise ValueError(
            f"it is {km:,.0f} km from {mscs.name(index)}: are latitude and longitude swapped?"
        )
    return index, (latitude, longitude, radius)


def _on_sphere(places: Places) -> NDArray[np.float64]:
    """The places as points of the auxiliary sphere (`geodesy`), in km."""
    reduced, meridian = places.reduced, places.meridian
    x, y = np.cos(reduced) * np.cos(meridian), np.cos(reduced) * np.sin(meridian)
    points: NDArray[np.float64] = POLAR_KM * np.stack((x, y, np.sin(reduced)), axis=1)
    return points


@kernel(
    None,
    Array(np.float64, 2),
    Array(np.float64),
    Array(np.int64),
    Array(np.float64, 2),
    Array(np.float64, 2),
)
def nearest(
    points: NDArray[np.float64],
    radius: NDArray[np.float64],
    begins: NDArray[np.int64],
    apart: NDArray[np.float64],
    chord: NDArray[np.float64],
) -> None:
    """Of each two MSCs the least chord between cells, and the least chord less both radii."""
    mscs = len(begins) - 1
    for one in range(mscs):
        for other in range(one + 1, mscs):
            least, shortest = np.inf, np.inf
            for a in range(begins[one], begins[one + 1]):
                for b in range(begins[other], begins[other + 1]):
                    x = points[a, 0] - points[b, 0]
                    y = points[a, 1] - points[b, 1]
                    z = points[a, 2] - points[b, 2]
                    km = np.sqrt(x * x + y * y + z * z)
                    least = min(least, km - radius[a] - radius[b])
                    shortest = min(shortest, km)
            apart[one, other] = apart[other, one] = least
            chord[one, other] = chord[other, one] = shortest
