"""Distances on the Earth (WGS 84): many at once from below, and single ones exactly.

geographiclib is exact and takes 80 microseconds for a pair, which is ten seconds for 500 MSCs and
twenty minutes for 5,000. So distances are bounded from both sides with NumPy, and only what the
bounds leave open is asked of geographiclib.

The bounds: on the auxiliary sphere (the same longitudes, reduced latitudes) an arc sigma is never
longer than the geodesic divided by the ellipsoid's polar radius b, and never shorter than the
geodesic divided by its equatorial radius a. For along any line, the ellipsoid's element of length
is between b and a times the sphere's. b * sigma is therefore at most 0.34 % short.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from geographiclib.constants import Constants
from geographiclib.geodesic import Geodesic

if TYPE_CHECKING:
    from numpy.typing import NDArray

EQUATORIAL_KM: Final = Constants.WGS84_a / 1000
POLAR_KM: Final = EQUATORIAL_KM * (1 - Constants.WGS84_f)
LONG: Final = EQUATORIAL_KM / POLAR_KM  # the upper bound, in terms of the lower


class Places:
    """Points by number; NaN where one is not known."""

    def __init__(self, latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> None:
        """*latitude*, *longitude*: degrees north and east."""
        self.latitude = latitude
        self.longitude = longitude
        self.reduced = np.arctan((1 - Constants.WGS84_f) * np.tan(np.radians(latitude)))
        self.meridian = np.radians(longitude)

    def __len__(self) -> int:
        return len(self.latitude)

    def __getitem__(self, rows: slice | NDArray[np.intp] | NDArray[np.bool_]) -> Places:
        """Some of the points."""
        return Places(self.latitude[rows], self.longitude[rows])

    def km_to(self, others: Places) -> NDArray[np.float64]:
        """Distances at least, [point, other point]; they are at most LONG times as much."""
        across = np.sin((self.meridian[:, None] - others.meridian) / 2) ** 2
        along = np.sin((self.reduced[:, None] - others.reduced) / 2) ** 2
        square = along + np.cos(self.reduced)[:, None] * np.cos(others.reduced) * across
        km: NDArray[np.float64] = 2 * POLAR_KM * np.arcsin(np.sqrt(np.minimum(square, 1)))
        return km

    def exact_km(self, at: int, others: Places, other: int) -> float:
        """The distance of one point from another."""
        geodesic = Geodesic.WGS84.Inverse(
            self.latitude[at],
            self.longitude[at],
            others.latitude[other],
            others.longitude[other],
            Geodesic.DISTANCE,
        )
        return float(geodesic["s12"]) / 1000
