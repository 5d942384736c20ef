"""A country of MSCs: real cities, areas that cover them, and the travel times that are true of it.

Large cities have several MSCs. An MSC serves what is nearest to it, up to where its cells reach;
between cities there may be nobody. The times are from the edge of one area to the edge of the
other, by the fastest journey that the lab takes to be possible at all.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from clonewatch.lab.areas import CELLS_KM, Areas
from clonewatch.lab.cities import Cities, load_cities, offset
from clonewatch.lab.switches import switches
from clonewatch.travel.cells import Cells
from clonewatch.travel.geodesy import Places
from clonewatch.travel.table import TravelTimes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clonewatch.mscs import Mscs

MSCS_MAX: Final = 2_000
SPREAD_KM: Final = (
    11.0  # MSCs of one city: the k-th stands this times the root of k from the middle
)
GOLDEN: Final = 2.399963  # radians: so that they surround it evenly
FIRST_COUNTS: Final = 12.0  # times what a further MSC does
ROAD_KMH: Final = 160.0  # what nobody keeps up for long
AIR_KMH: Final = 850.0
AIR_MINUTES: Final = 20.0  # no flight takes less beside its way
MINUTES: Final = 60.0  # an hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """MSCs by number from 0, in the order of their cities."""

    cities: Cities
    city: NDArray[np.int64]  # of each MSC
    areas: Areas
    mscs: Mscs
    travel: TravelTimes  # the exact ones
    indices: NDArray[np.uint16]  # MSC x 2

    @classmethod
    def build(cls, count: int, *, names: bool = True) -> Self:
        """*count* MSCs; without *names*, each is one MSCID, called MARKET-SWITCH."""
        if not 2 <= count <= MSCS_MAX:
            raise ValueError(f"a country has 2 to {MSCS_MAX} MSCs, not {count}")
        cities = load_cities()
        city, rank = _shared_out(cities, count)
        away_km = SPREAD_KM * np.sqrt(rank)
        latitude, longitude = offset(
            cities.latitude[city],
            cities.longitude[city],
            away_km * np.cos(rank * GOLDEN),
            away_km * np.sin(rank * GOLDEN),
        )
        areas = Areas(latitude, longitude)
        radius_km = np.ceil(areas.extents_km().max(axis=1))
        labels = [
            cities.names[which] + (f" {number + 1}" if number else "")
            for which, number in zip(city.tolist(), rank.tolist(), strict=True)
        ]
        places = zip(latitude.tolist(), longitude.tolist(), radius_km.tolist(), labels, strict=True)
        mscs, indices = switches(places, names=names)
        travel = TravelTimes.of_minutes(
            mscs, least_minutes(areas.gaps_km()), ("# made by the lab: exact",)
        )
        return cls(cities=cities, city=city, areas=areas, mscs=mscs, travel=travel, indices=indices)

    def cells(self) -> Cells:
        """Cells at the edges of the areas, as `travel build --cells` reads them."""
        number, north, east = self.areas.cells()
        msc = self.mscs.msc_of[self.indices[number, 0]]
        radius_km = np.full(len(number), CELLS_KM)
        return Cells.of(self.mscs, msc, Places(north, east), radius_km)


def least_minutes(km: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least time for a way, by road or by air."""
    return np.minimum(km / ROAD_KMH * MINUTES, AIR_MINUTES + km / AIR_KMH * MINUTES)


def _shared_out(cities: Cities, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """City of each MSC, and its number there: by people for each MSC (D'Hondt), cities in order."""
    # A first MSC counts for more than a second: small cities have one, and are not left out.
    heap = [(-float(people) * FIRST_COUNTS, at) for at, people in enumerate(cities.people)]
    heapq.heapify(heap)
    has = np.zeros(len(cities), np.int64)
    for _ in range(count):
        _, at = heapq.heappop(heap)
        has[at] += 1
        heapq.heappush(heap, (-float(cities.people[at]) / (has[at] + 1), at))
    city = np.repeat(np.arange(len(cities)), has)
    starts = np.repeat(np.cumsum(has) - has, has)
    return city, np.arange(count) - starts
