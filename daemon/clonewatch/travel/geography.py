"""What coordinates say of journeys: how quick one can reasonably be, and how quick at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.travel.build import built_minutes
from clonewatch.travel.coordinates import places_of, radii_of
from clonewatch.travel.speeds import Speeds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clonewatch.mscs import Mscs

# No airliner is faster over the ground, even with the wind behind it and no time lost at airports.
NOBODY: Final = Speeds(road_km_per_h=1_050, air_km_per_h=1_050, air_minutes=0)


@dataclass(frozen=True, slots=True)
class Geography:
    """Minutes by MSC of `mscs.names`; NaN (of a crossing: 0) where coordinates are missing."""

    fastest_minutes: NDArray[np.float64]  # [first, second], by the default speeds
    least_minutes: NDArray[np.float64]  # [first, second]: what is quicker is no journey
    crossing_minutes: NDArray[np.float64]  # from one end of an MSC's areas to the other, by road

    @classmethod
    def of(cls, mscs: Mscs, radius_km: float | None) -> Geography:
        """*radius_km*: of areas that have none in `mscs.csv`.

        Without either, nobody can say how near two areas come, but 0 is on the safe side of how
        far they are apart.
        """
        radii = radii_of(mscs, radius_km)
        widths = np.nan_to_num(radii)
        if all(row.latitude is None for row in mscs.rows):
            unknown = np.full((len(mscs.names),) * 2, np.nan)
            return cls(unknown, unknown, np.zeros(len(mscs.names)))
        return cls(
            built_minutes(mscs, widths, Speeds()),
            built_minutes(mscs, radii, NOBODY),
            _extents_km(mscs, widths) / Speeds().road_km_per_h * 60,
        )


def _extents_km(mscs: Mscs, radii: NDArray[np.float64]) -> NDArray[np.float64]:
    """How wide each MSC's areas are together."""
    places = places_of(mscs)
    extents = np.zeros(len(mscs.names))
    for number in range(len(extents)):
        rows = (mscs.msc_of == number) & ~np.isnan(places.latitude)
        if rows.any():
            own = places[rows]
            reach = radii[rows]
            extents[number] = (own.km_to(own) + reach[:, None] + reach).max()
    return extents
