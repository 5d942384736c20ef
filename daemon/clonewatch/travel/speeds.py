"""How fast the fastest reasonable journey is, by road or by air, and where.

What each default accepts stands in docs/travel-times.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.csvfile import number_of, read_rows
from clonewatch.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

HEADINGS: Final = (
    "region",
    "south",
    "west",
    "north",
    "east",
    "road_km_per_h",
    "air_km_per_h",
    "air_minutes",
)
_SPEEDS: Final = (  # columns of Speeds: unit and bounds, which are ours
    ("road_km_per_h", "km/h", 1, 10_000),
    ("air_km_per_h", "km/h", 1, 10_000),
    ("air_minutes", "minutes", 0, 1_440),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speeds:
    """A journey takes the less of road and air."""

    road_km_per_h: float = 160.0  # a fast car that need not stop
    air_km_per_h: float = 850.0  # block speed of the fastest flights
    air_minutes: float = 20.0  # from the phone's last registration to the runway, and after it

    def __str__(self) -> str:
        return (
            f"road at {self.road_km_per_h:g} km/h, air at {self.air_km_per_h:g} km/h "
            f"after {self.air_minutes:g} min"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Speeds of their own between parallels and meridians."""

    name: str
    south: float  # degrees, as all four
    west: float
    north: float
    east: float  # less than west where the region crosses the 180th meridian
    speeds: Speeds

    def holds(
        self, latitude: NDArray[np.float64], longitude: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Which points lie in it."""
        inside = (longitude >= self.west) & (longitude <= self.east)
        if self.west > self.east:
            inside = (longitude >= self.west) | (longitude <= self.east)
        within: NDArray[np.bool_] = (latitude >= self.south) & (latitude <= self.north) & inside
        return within


@dataclass(frozen=True, slots=True)
class Journeys:
    """The speeds at each of some places, and how long a way takes by them."""

    road: NDArray[np.float64]  # km/h
    air: NDArray[np.float64]  # km/h
    air_minutes: NDArray[np.float64]

    @classmethod
    def at(cls, speeds: Sequence[Speeds]) -> Journeys:
        """Journeys between places with these speeds."""
        return cls(
            np.array([each.road_km_per_h for each in speeds]),
            np.array([each.air_km_per_h for each in speeds]),
            np.array([each.air_minutes for each in speeds]),
        )

    def minutes(self, rows: slice, km: NDArray[np.float64]) -> NDArray[np.float64]:
        """Minutes for *km*, [place of *rows*, place]; the faster of two places' speeds counts."""
        by_road = 60 * km / np.maximum(self.road[rows, None], self.road)
        by_air = 60 * km / np.maximum(self.air[rows, None], self.air)
        by_air += np.minimum(self.air_minutes[rows, None], self.air_minutes)
        quicker: NDArray[np.float64] = np.minimum(by_road, by_air)
        return quicker


def region_of(
    regions: Sequence[Region], latitude: NDArray[np.float64], longitude: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Number of the first region that holds each point; -1 for none."""
    number = np.full(len(latitude), -1, np.intp)
    for at in reversed(range(len(regions))):
        number[regions[at].holds(latitude, longitude)] = at
    return number


def load_regions(path: Path | str, elsewhere: Speeds) -> list[Region]:
    """Regions of a file like `regions.csv`; a speed that is blank is *elsewhere*'s.

    Several rows may have one name. Raises InputError.
    """
    path = Path(path)
    regions = []
    for line, cells in read_rows(path, known=HEADINGS, needed=HEADINGS[:5]):
        try:
            regions.append(_region(cells, elsewhere))
        except ValueError as fault:
            raise InputError(path, str(fault), line=line) from None
    if not regions:
        raise InputError(path, "no region under the headings")
    return regions


def _region(cells: Mapping[str, str], elsewhere: Speeds) -> Region:
    """One row's region. Raises ValueError that names the column."""
    if not cells["region"]:
        raise ValueError("column 'region': it needs a name")
    edges = {}
    for edge, limit in (("south", 90), ("west", 180), ("north", 90), ("east", 180)):
        degrees = number_of(cells, edge, "degrees", -limit, limit)
        if degrees is None:
            raise ValueError(f"column {edge!r}: degrees must be given")
        edges[edge] = degrees
    if edges["south"] > edges["north"]:
        raise ValueError("column 'south': it lies north of 'north'")
    speeds = {
        column: given
        for column, unit, low, high in _SPEEDS
        if (given := number_of(cells, column, unit, low, high)) is not None
    }
    return Region(name=cells["region"], **edges, speeds=replace(elsewhere, **speeds))
