"""What is wrong with the coordinates of `mscs.csv`, before travel times are built from them.

A wrong coordinate makes wrong travel times, and these make false alarms: what cannot be is refused,
and what merely looks odd is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.errors import InputError
from clonewatch.travel.geodesy import Places

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from clonewatch.mscs import Msc, Mscs

RADIUS_KM_MAX: Final = 2_000.0  # ours: what is more was meant in metres
ANTARCTIC: Final = -60.0  # degrees: south of it nobody has a switch
SWAPPED_KM_MIN: Final = 1_000.0  # how far off, in the median, before swapping is thought of
SWAPPED_TIMES: Final = 2.0  # how much nearer the others it would be, swapped
COMPARED_MAX: Final = 1_000  # MSCIDs that the others are compared with: a median needs no more
LISTED_MAX: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What was found: *faults* forbid the table, *doubts* are to be looked at."""

    faults: list[InputError]
    doubts: list[str]


def places_of(mscs: Mscs) -> Places:
    """Where each MSCID is; NaN where that is not known."""
    latitude = [np.nan if row.latitude is None else row.latitude for row in mscs.rows]
    longitude = [np.nan if row.longitude is None else row.longitude for row in mscs.rows]
    return Places(np.array(latitude, float), np.array(longitude, float))


def radii_of(mscs: Mscs, radius_km: float | None = None) -> NDArray[np.float64]:
    """The radius of each MSCID's area, *radius_km* where `mscs.csv` has none; NaN if neither."""
    default = np.nan if radius_km is None else radius_km
    return np.array(
        [default if row.radius_km is None else row.radius_km for row in mscs.rows], float
    )


def examine(
    path: Path, mscs: Mscs, *, radius_km: float | None, partly: bool, believe: bool
) -> Examined:
    """Look through MSCs that were read from *path*.

    *partly*: an MSC without coordinates is left blank. *believe*: so are coordinates that look
    swapped taken as they are.
    """
    places, radii = places_of(mscs), radii_of(mscs, radius_km)
    nowhere = np.isnan(places.latitude)
    faults: dict[int, str] = {}
    for at in np.flatnonzero(nowhere).tolist() if not partly else ():
        faults[at] = "no coordinates: give latitude and longitude, or leave it blank with --partly"
    for at in np.flatnonzero(~nowhere & np.isnan(radii)).tolist():
        faults[at] = "no radius_km: give it, or one for all that have none with --radius"
    for at in np.flatnonzero(~nowhere & (radii > RADIUS_KM_MAX)).tolist():
        faults[at] = f"radius_km {radii[at]:g} is more than {RADIUS_KM_MAX:g}: is it in metres?"
    if not believe:
        faults.update(_swapped(places))
    doubts = [] if faults else _swallowed(path, mscs, places, radii)
    return Examined(
        faults=[_fault(path, mscs.rows[at], words) for at, words in sorted(faults.items())],
        doubts=doubts,
    )


def _fault(path: Path, row: Msc, words: str) -> InputError:
    return InputError(path, f"{row.name}: {words}", line=row.line)


def _swapped(places: Places) -> dict[int, str]:
    """MSCIDs that look as if latitude and longitude were swapped."""
    known = np.flatnonzero(~np.isnan(places.latitude) & (np.abs(places.longitude) <= 90))
    others = Places(*_sample(places))
    if not len(known) or not len(others):
        return {}
    given = Places(places.latitude[known], places.longitude[known])
    swapped = Places(given.longitude, given.latitude)
    as_given, as_swapped = _median_km(given, others), _median_km(swapped, others)
    off = (as_given > SWAPPED_KM_MIN) & (as_given > SWAPPED_TIMES * as_swapped)
    frozen = (given.latitude < ANTARCTIC) & (swapped.latitude > ANTARCTIC)
    return {
        int(at): (
            f"{latitude:g} north and {longitude:g} east "
            + ("is in the Antarctic" if in_ice else f"is {km:,.0f} km from most others")
            + ": are latitude and longitude swapped? (if they are right: --believe)"
        )
        for at, latitude, longitude, km, in_ice, is_off in zip(
            known, given.latitude, given.longitude, as_given, frozen, off | frozen, strict=True
        )
        if is_off
    }


def _sample(places: Places) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    known = np.flatnonzero(~np.isnan(places.latitude))
    chosen = known[:: max(1, len(known) // COMPARED_MAX)]
    return places.latitude[chosen], places.longitude[chosen]


def _median_km(places: Places, others: Places) -> NDArray[np.float64]:
    """How far each place is from others, in the median."""
    parts = [
        np.median(places[at : at + COMPARED_MAX].km_to(others), axis=1)
        for at in range(0, len(places), COMPARED_MAX)
    ]
    return np.concatenate(parts)


def _swallowed(path: Path, mscs: Mscs, places: Places, radii: NDArray[np.float64]) -> list[str]:
    """Areas that reach past another MSC: that may be so in a city, or the radius is wrong."""
    doubts = []
    for at, row in enumerate(mscs.rows):
        km = places[at : at + 1].km_to(places)[0]
        inside = np.flatnonzero((km < radii[at]) & (mscs.msc_of != mscs.msc_of[at]))
        if len(inside):
            nearest = inside[np.argmin(km[inside])]
            where = path if row.line is None else f"{path}:{row.line}"
            doubts.append(
                f"{where}: {row.name}: its radius of {radii[at]:g} km is larger than the "
                f"distance to other MSCs ({len(inside)}, the nearest {mscs.rows[nearest].name} at "
                f"{km[nearest]:.1f} km), which count as adjacent"
            )
    return doubts[:LISTED_MAX] + (
        [f"{path}: {len(doubts) - LISTED_MAX} more such radii"] if len(doubts) > LISTED_MAX else []
    )
