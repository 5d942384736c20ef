"""Clones by kind: how far from their subscriber, how many of one, how busy, and at what hours."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.lab.journeys import HOUR_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clonewatch.lab.cities import Cities

COPIES: Final = (0.8, 0.15, 0.05)  # shares of subscribers with one clone, two, three
NEXT_CITY_KM: Final = (40.0, 300.0)
FAR_KM: Final = 800.0
NIGHTLY: Final = (
    0.25  # share of clones that are on at night only, when the subscriber mostly is off
)
ACTIVITIES: Final = (0.3, 1.0, 3.0)  # registrations beside a subscriber's
OTHER_ESN: Final = 0.05  # share that changed the ESN too


class CloneKind(StrEnum):
    """Where a clone lives."""

    SAME_CITY = "same_city"
    NEXT_CITY = "next_city"  # 40 to 300 km away
    FAR = "far"  # 800 km and more


@dataclass(frozen=True, slots=True, kw_only=True)
class Clones:
    """Clones in columns."""

    subscriber: NDArray[np.int64]
    kind: NDArray[np.int64]  # place in CloneKind
    city: NDArray[np.int64]
    activity: NDArray[np.float64]  # one of ACTIVITIES
    is_nightly: NDArray[np.bool_]
    has_other_esn: NDArray[np.bool_]
    begins_ms: NDArray[np.int64]  # nothing is heard of it before

    def __len__(self) -> int:
        return len(self.subscriber)

    @classmethod
    def drawn(
        cls,
        cities: Cities,
        home_city: NDArray[np.int64],
        count: int,
        span_ms: tuple[int, int],
        rng: np.random.Generator,
    ) -> Clones:
        """Clones of *count* subscribers, who live in *home_city*; they begin within *span_ms*."""
        cloned = np.sort(rng.choice(len(home_city), count, replace=False))
        subscriber = np.repeat(cloned, rng.choice((1, 2, 3), count, p=COPIES))
        total = len(subscriber)
        kind = rng.integers(0, len(CloneKind), total)
        return cls(
            subscriber=subscriber,
            kind=kind,
            city=_cities(cities, home_city[subscriber], kind, rng),
            activity=rng.choice(ACTIVITIES, total),
            is_nightly=rng.random(total) < NIGHTLY,
            has_other_esn=rng.random(total) < OTHER_ESN,
            begins_ms=rng.integers(span_ms[0], max(span_ms[1], span_ms[0] + HOUR_MS), total),
        )


def _cities(
    cities: Cities,
    home_city: NDArray[np.int64],
    kind: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """A city for each kind by how many live there; the nearest other where none is next."""
    apart = cities.distances_km()
    kinds = list(CloneKind)
    rows = apart[home_city]
    is_next = (kind == kinds.index(CloneKind.NEXT_CITY))[:, None]
    fits = np.where(is_next, (rows >= NEXT_CITY_KM[0]) & (rows <= NEXT_CITY_KM[1]), rows >= FAR_KM)
    nobody = ~fits.any(axis=1)
    fits[nobody] = rows[nobody] == np.where(rows[nobody] > 0, rows[nobody], np.inf).min(
        axis=1, keepdims=True
    )
    sums = np.cumsum(fits * cities.people, axis=1)
    aim = rng.random(len(kind)) * sums[:, -1]
    drawn = np.minimum((sums <= aim[:, None]).sum(axis=1), len(cities) - 1)
    return np.where(kind == kinds.index(CloneKind.SAME_CITY), home_city, drawn)
