"""Cities of the 48 states, and how far it is from one place to another.

`cities.csv` holds facts of public record, written down by hand and rounded: where principal cities
are (degrees, US Geological Survey), how many thousand people live in their metropolitan areas or
thereabouts (US Census of 2020), and which have airports of many flights. They are weights for a
simulation, not statistics.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

EARTH_RADIUS_KM: Final = 6371.0
KM_PER_DEGREE: Final = 111.2  # of latitude


@dataclass(frozen=True, slots=True, kw_only=True)
class Cities:
    """Cities in columns, the largest first, nearly."""

    names: tuple[str, ...]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    people: NDArray[np.float64]
    has_airport: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.names)

    def distances_km(self) -> NDArray[np.float64]:
        """From each city to each."""
        return distance_km(
            self.latitude[:, None], self.longitude[:, None], self.latitude, self.longitude
        )


def load_cities() -> Cities:
    """Give the cities of `cities.csv`."""
    text = resources.files("clonewatch.lab").joinpath("cities.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return Cities(
        names=tuple(row["name"] for row in rows),
        latitude=np.array([float(row["latitude"]) for row in rows]),
        longitude=np.array([float(row["longitude"]) for row in rows]),
        people=np.array([float(row["people_k"]) * 1000 for row in rows]),
        has_airport=np.array([row["airport"] == "1" for row in rows]),
    )


def distance_km(
    latitude: NDArray[np.floating],
    longitude: NDArray[np.floating],
    other_latitude: NDArray[np.floating],
    other_longitude: NDArray[np.floating],
) -> NDArray[np.float64]:
    """Great-circle distance on a sphere, element by element."""
    lat1, lat2 = np.radians(latitude), np.radians(other_latitude)
    half = np.sin((lat2 - lat1) / 2) ** 2
    half = half + np.cos(lat1) * np.cos(lat2) * (
        np.sin(np.radians(other_longitude - longitude) / 2) ** 2
    )
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(half, 1))))


def offset(
    latitude: NDArray[np.float64],
    longitude: NDArray[np.float64],
    east_km: NDArray[np.float64],
    north_km: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the places some kilometres away."""
    there = latitude + north_km / KM_PER_DEGREE
    return there, longitude + east_km / (KM_PER_DEGREE * np.cos(np.radians(latitude)))
