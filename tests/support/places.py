"""MSCs with coordinates."""

from __future__ import annotations

from typing import Final

from clonewatch.mscs import Msc, Mscs

KM_PER_DEGREE: Final = 111.32  # along the equator


def mscs_at(*places: tuple[float | None, float | None, float | None], same: int = 0) -> Mscs:
    """MSCs A, B and so on, from latitude, longitude, radius; the last *same* are A's, too."""
    rows = []
    for at, (latitude, longitude, radius_km) in enumerate(places):
        name = "A" if at >= len(places) - same else chr(ord("A") + at)
        rows.append(
            Msc(
                mscid=at << 8 | 1,
                name=name,
                latitude=latitude,
                longitude=longitude,
                radius_km=radius_km,
                line=at + 2,
            )
        )
    return Mscs(rows)


def equator(*km: float, radius_km: float = 0) -> Mscs:
    """MSCs along the equator, so many kilometres east of the meridian."""
    return mscs_at(*((0.0, each / KM_PER_DEGREE, radius_km) for each in km))
