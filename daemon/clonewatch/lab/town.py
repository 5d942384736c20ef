"""A town of MSCs on a plane: where they stand, and how long it takes from one to another.

Neighbours whose areas touch are 0 minutes apart, as in FIG. 6; the rest is distance. Everything
is a little slower eastwards than westwards, so that who mixes up rows and columns is found out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from clonewatch.lab.cities import KM_PER_DEGREE
from clonewatch.lab.switches import switches
from clonewatch.travel.table import TravelTimes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from clonewatch.mscs import Mscs

MSCS_MAX: Final = 5_000  # ours: the travel table is their square
PITCH_KM: Final = 30.0  # from one MSC to the next
JITTER_KM: Final = 6.0  # how far one may stand from its place in the grid
TOUCHING_KM: Final = 1.6 * PITCH_KM  # nearer than that are neighbours
SPEED_KM_PER_MIN: Final = 110 / 60
EASTWARDS: Final = 0.05  # share of the way that the head wind costs, and the tail wind saves
ORIGIN: Final = (38.0, -102.0)  # degrees north and east of the town's south-west corner


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """MSCs by number from 0; the MSCIDs of each by their index in `mscs`."""

    mscs: Mscs
    travel: TravelTimes
    travel_ms: NDArray[np.int64]  # by MSC, [first, second]
    neighbours: NDArray[np.int64]  # MSC x place in the list; an MSC without any is its own
    neighbours_count: NDArray[np.int64]
    indices: NDArray[np.uint16]  # MSC x 2: a switch of one market has its index twice

    @classmethod
    def build(cls, count: int, rng: np.random.Generator, *, names: bool = True) -> Self:
        """*count* MSCs; without *names*, each is one MSCID, called MARKET-SWITCH."""
        if not 1 <= count <= MSCS_MAX:
            raise ValueError(f"a town has 1 to {MSCS_MAX} MSCs, not {count}")
        columns = int(np.ceil(np.sqrt(count)))
        grid = np.stack((np.arange(count) % columns, np.arange(count) // columns), axis=1)
        km = grid * PITCH_KM + rng.uniform(-JITTER_KM, JITTER_KM, (count, 2))
        way = km[None, :, :] - km[:, None, :]
        distance = np.hypot(way[:, :, 0], way[:, :, 1])
        touching = (distance < TOUCHING_KM) & ~np.eye(count, dtype=bool)
        # A wind that blows along one axis, and rounding up: neither makes a detour quicker.
        minutes = np.ceil((distance + EASTWARDS * way[:, :, 0]) / SPEED_KM_PER_MIN)
        minutes[touching] = 0
        np.fill_diagonal(minutes, 0)
        mscs, indices = switches(_places(km), names=names)
        neighbours_count = touching.sum(axis=1)
        alone = np.flatnonzero(neighbours_count == 0)
        neighbours_count[alone] = 1
        # The neighbours first, then the others, which are cut off.
        neighbours = np.argsort(~touching, axis=1, kind="stable")[:, : neighbours_count.max()]
        neighbours[alone, 0] = alone
        travel = TravelTimes.of_minutes(mscs, minutes)
        return cls(
            mscs=mscs,
            travel=travel,
            travel_ms=travel.by_msc(),
            neighbours=neighbours,
            neighbours_count=neighbours_count,
            indices=indices,
        )


def _places(km: NDArray[np.float64]) -> Iterator[tuple[float, float, float, str]]:
    for msc, (east, north) in enumerate(km.tolist()):
        latitude = ORIGIN[0] + north / KM_PER_DEGREE
        longitude = ORIGIN[1] + east / (KM_PER_DEGREE * np.cos(np.radians(latitude)))
        yield latitude, float(longitude), TOUCHING_KM / 2, f"MSC {msc + 1:03d}"
