"""Journeys of many phones at once: legs by road and by air, and where a phone is at a moment.

A phone stays where its last leg ended. Times are ms since 1970 UTC, places degrees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from clonewatch.lab.cities import distance_km

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOUR_MS: Final = 3_600_000
STEP_KM: Final = 2.0  # how finely a drive is looked at
KEY_MS: Final = 1 << 44  # above every time: a phone's number times this, plus a time, sorts both

LEG: Final = np.dtype(
    [
        ("phone", np.int64),
        ("start", np.int64),  # ms
        ("end", np.int64),
        ("from_latitude", np.float64),
        ("from_longitude", np.float64),
        ("to_latitude", np.float64),
        ("to_longitude", np.float64),
        ("flies", np.bool_),
    ]
)


class Places(NamedTuple):
    """Degrees north and east, in columns."""

    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]

    def of(self, rows: NDArray[np.intp]) -> Places:
        """Some of the rows."""
        return Places(self.latitude[rows], self.longitude[rows])


@dataclass(slots=True)
class Journeys:
    """Where phones are, and the legs they have ahead; each leg begins where the last one ended."""

    here: Places  # by phone
    ready: NDArray[np.int64]  # by phone: when its last leg ends, ms
    legs: list[NDArray[np.void]]

    def go(
        self,
        phones: NDArray[np.intp],
        depart: NDArray[np.int64],
        there: Places,
        kmh: NDArray[np.float64],
    ) -> NDArray[np.int64]:
        """Drive the straight way at *kmh*, not before arriving where the way begins; arrivals."""
        here = self.here.of(phones)
        hours = distance_km(*here, *there) / kmh
        return self._add(phones, depart, there, hours, flies=False)

    def fly(
        self,
        phones: NDArray[np.intp],
        depart: NDArray[np.int64],
        there: Places,
        hours: NDArray[np.float64],
    ) -> NDArray[np.int64]:
        """Fly, which takes *hours* from phone off to phone on; arrivals."""
        return self._add(phones, depart, there, hours, flies=True)

    def _add(
        self,
        phones: NDArray[np.intp],
        depart: NDArray[np.int64],
        there: Places,
        hours: NDArray[np.float64],
        *,
        flies: bool,
    ) -> NDArray[np.int64]:
        here = self.here.of(phones)
        legs = np.zeros(len(phones), LEG)
        legs["phone"] = phones
        legs["start"] = np.maximum(depart, self.ready[phones])
        legs["end"] = legs["start"] + np.ceil(hours * HOUR_MS).astype(np.int64)
        legs["from_latitude"], legs["from_longitude"] = here
        legs["to_latitude"], legs["to_longitude"] = there
        legs["flies"] = flies
        self.legs.append(legs)
        self.here.latitude[phones], self.here.longitude[phones] = there
        self.ready[phones] = legs["end"]
        return np.asarray(legs["end"])


class Track:
    """Where phones are by time, from their legs."""

    def __init__(self, before: Places, legs: NDArray[np.void]) -> None:
        """*before*: by phone, where it is ahead of its first leg."""
        order = np.lexsort((legs["start"], legs["phone"]))
        self.legs = legs[order]
        self._before = before
        self._keys = self.legs["phone"] * KEY_MS + self.legs["start"]

    def at(
        self, phone: NDArray[np.int64], time: NDArray[np.int64]
    ) -> tuple[Places, NDArray[np.bool_]]:
        """Places of phones at moments; and whether they are in the air."""
        last = np.searchsorted(self._keys, phone * KEY_MS + time, side="right") - 1
        known = last >= 0
        known[known] = self.legs["phone"][last[known]] == phone[known]
        latitude = self._before.latitude[phone]
        longitude = self._before.longitude[phone]
        flies = np.zeros(len(phone), np.bool_)
        rows = np.flatnonzero(known)
        legs = self.legs[last[rows]]
        share = (time[rows] - legs["start"]) / np.maximum(legs["end"] - legs["start"], 1)
        share = np.clip(share, 0, 1)
        for place, name in ((latitude, "latitude"), (longitude, "longitude")):
            start, end = legs[f"from_{name}"], legs[f"to_{name}"]
            place[rows] = start + (end - start) * share
        flies[rows] = legs["flies"] & (time[rows] < legs["end"])
        return Places(latitude, longitude), flies

    def along(self) -> tuple[NDArray[np.int64], NDArray[np.int64], Places]:
        """Points on every drive, STEP_KM apart: number of the leg, time, place."""
        drives = np.flatnonzero(~self.legs["flies"])
        legs = self.legs[drives]
        km = distance_km(
            legs["from_latitude"], legs["from_longitude"], legs["to_latitude"], legs["to_longitude"]
        )
        steps = np.ceil(km / STEP_KM).astype(np.int64) + 1
        which = np.repeat(np.arange(len(legs)), steps)
        first = np.repeat(np.cumsum(steps) - steps, steps)
        share = (np.arange(len(which)) - first) / np.repeat(np.maximum(steps - 1, 1), steps)
        times = (legs["start"], legs["end"] - legs["start"])
        time = times[0][which] + np.ceil(times[1][which] * share).astype(np.int64)
        places = []
        for name in ("latitude", "longitude"):
            start = legs[f"from_{name}"]
            places.append(start[which] + (legs[f"to_{name}"] - start)[which] * share)
        return drives[which], time, Places(*places)
