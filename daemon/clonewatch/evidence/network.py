"""What is known of the network: who is at home where, its clocks, its places and travel times."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from clonewatch.clocks.offsets import ALL_RIGHT, Clocks

from .homes import NO_HOMES, Homes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clonewatch.detector import Conflict
    from clonewatch.mscs import Mscs

EARTH_RADIUS_KM: Final = 6371.0  # of a sphere: good to half a percent, enough for words
HOUR_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """All of it may be missing; marks that need it are then not found."""

    homes: Homes = NO_HOMES
    clocks: Clocks = ALL_RIGHT
    mscs: Mscs | None = None
    travel_ms: NDArray[np.int64] | None = None  # [first MSC, second MSC], negative: not known

    def is_near(self, one: int, other: int) -> bool:
        """Whether two MSCs, by index, are one or touch each other."""
        if one == other:
            return True
        return self.travel_ms is not None and bool(self.travel_ms[one, other] == 0)

    def speed_kmh(self, conflict: Conflict) -> float | None:
        """Least speed of the journey, between the edges of the two areas.

        None without coordinates; infinite where no time passed.
        """
        if self.mscs is None:
            return None
        first, second = self.mscs.rows[conflict.first.msc], self.mscs.rows[conflict.second.msc]
        ends = (first.latitude, first.longitude, second.latitude, second.longitude)
        lat1, lon1, lat2, lon2 = (None if end is None else math.radians(end) for end in ends)
        if lat1 is None or lon1 is None or lat2 is None or lon2 is None:
            return None
        half = math.sin((lat2 - lat1) / 2) ** 2
        half += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
        apart_km = 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half))
        apart_km -= (first.radius_km or 0) + (second.radius_km or 0)
        if apart_km <= 0:
            return 0.0
        return apart_km * HOUR_MS / conflict.elapsed_ms if conflict.elapsed_ms else math.inf


NOTHING_OF_IT: Final = Network()
