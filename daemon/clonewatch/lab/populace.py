"""The phones of a country's people, and clones: when and where each registers.

A phone registers when it is switched on, when it enters another MSC's area, on landing, and now
and then by itself or for a call; near a border the next MSC may hear it. It is off in the air, and
many are at night.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.lab.areas import NO_SERVICE
from clonewatch.lab.cities import offset
from clonewatch.lab.cloning import CloneKind, Clones
from clonewatch.lab.journeys import HOUR_MS
from clonewatch.lab.numbering import numbers
from clonewatch.lab.people import DAY_MS, People
from clonewatch.lab.phones import (
    ACCESS_SHARES,
    ACCESS_TYPES,
    EVENT,
    IMSI_PREFIX,
    POWER_DOWN,
    TERMINAL_TYPES,
    esns,
)
from is41.msid import IMSI_DIGITS_MAX, IMSI_LENGTH_FACTOR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clonewatch.lab.country import Country
    from clonewatch.lab.journeys import Track
    from clonewatch.lab.phones import Habits

DAY_BEGINS_H: Final = 3  # local; a day's registrations go on to 03:00 of the next
OFF_AT_NIGHT: Final = 0.5  # share of phones
TOLD_OFF: Final = 0.4  # share of switching off that the network is told of
MOVED: Final = 0.08  # share of subscribers who live elsewhere than their number
RADIO_KM: Final = (
    1.0  # how far off a phone may seem to the network: it may take the next MSC's cell
)
RADIO_KM_MAX: Final = 3.0
BORDER: Final = 0.5  # share of registrations in a neighbour's cell that say so
FLAP_MS: Final = (15_000, 240_000)  # until a phone that did that is back
LANDED_MS_MAX: Final = 480_000  # from touching down to switching on
CAPABILITIES: Final = 0x0F  # SystemCapabilities are the switch's: they tell phones not apart
AUTONOMOUS: Final = 3
# How much of a day's registrations falls into each local hour, from 03:00 on.
HOURS: Final = np.array(
    [1, 1, 2, 5, 9, 10, 8, 8, 8, 9, 9, 8, 8, 9, 10, 10, 9, 8, 7, 6, 4, 3, 2, 1], np.float64
)


class Populace:
    """Subscribers' phones, then clones, by number; `Phones` of a country."""

    def __init__(
        self,
        country: Country,
        subscribers: int,
        clones: int,
        habits: Habits,
        rng: np.random.Generator,
        *,
        clones_begin_ms: tuple[int, int] | None = None,
    ) -> None:
        """*clones*: how many subscribers are cloned; some have several."""
        if not 0 <= clones <= subscribers:
            raise ValueError(f"0 to {subscribers} subscribers can be cloned, not {clones}")
        self._country, self._rng, self.habits = country, rng, habits
        people = country.cities.people[np.unique(country.city)]
        city = rng.choice(np.unique(country.city), subscribers, p=people / people.sum())
        span = clones_begin_ms or (habits.start_ms, habits.start_ms)
        self.clones = Clones.drawn(country.cities, city, clones, span, rng)
        whose = self.clones.subscriber
        self.subscriber = np.concatenate((np.arange(subscribers), whose)).astype(np.uint32)
        self.cloned = np.unique(whose)
        self.is_cloned = np.isin(self.subscriber, self.cloned)
        self._people = People(country, np.concatenate((city, self.clones.city)), rng)
        self.homes: list[tuple[str, int]] = []
        self.msid = self._msids(subscribers)[self.subscriber]
        self.esn = esns(subscribers, rng)[self.subscriber]
        other = subscribers + np.flatnonzero(self.clones.has_other_esn)
        self.esn[other] = esns(len(other), rng)
        count = len(self.subscriber)
        self.terminal_type = rng.choice(TERMINAL_TYPES, count)
        self.system_capabilities = np.full(count, CAPABILITIES, np.uint8)
        clone_is_off = self.clones.is_nightly
        self._off_at_night = np.concatenate((rng.random(subscribers) < OFF_AT_NIGHT, clone_is_off))
        self._begins = np.zeros(count, np.int64)
        self._begins[subscribers:] = self.clones.begins_ms
        self._activity = np.ones(count)
        self._activity[subscribers:] = self.clones.activity
        self._first_clone = subscribers
        self._next_day = habits.start_ms // DAY_MS * DAY_MS - DAY_MS
        self._held = np.zeros(0, EVENT)

    def until(self, end_ms: int) -> NDArray[np.void]:
        """Registrations before *end_ms* that were not given yet (EVENT), in order of time."""
        # The first place where a day begins is 03:00 in the east, five hours behind Greenwich.
        while self._next_day + (DAY_BEGINS_H + 4) * HOUR_MS < end_ms:
            new = self._day(self._next_day)
            new = new[new["time"] >= self.habits.start_ms]
            together = np.concatenate((self._held, new))
            self._held = together[np.argsort(together["time"], kind="stable")]
            self._next_day += DAY_MS
        count = int(np.searchsorted(self._held["time"], end_ms))
        given, self._held = self._held[:count], self._held[count:]
        return given

    def clone_kinds(self) -> dict[int, str]:
        """By MSID: the kinds of its clones."""
        kinds: dict[int, list[str]] = {}
        names = list(CloneKind)
        for clone, kind in enumerate(self.clones.kind.tolist()):
            msid = int(self.msid[self._first_clone + clone])
            kinds.setdefault(msid, []).append(names[kind])
        return {msid: " ".join(sorted(each)) for msid, each in kinds.items()}

    def _day(self, midnight_ms: int) -> NDArray[np.void]:
        """Everything of a local day."""
        track = self._people.day(midnight_ms)
        on_ms, off_ms = self._hours(midnight_ms)
        times, phones, kinds = self._stays(midnight_ms, on_ms, off_ms)
        landings = track.legs[track.legs["flies"]]
        landed = landings["end"] + self._rng.integers(0, LANDED_MS_MAX, len(landings))
        phone = np.concatenate((phones, landings["phone"]))
        time = np.concatenate((times, landed))
        kind = np.concatenate((kinds, np.full(len(landings), AUTONOMOUS, np.uint8)))
        standing = self._events(phone, time, kind, track)
        events = np.concatenate((standing, self._flaps(standing, track), self._crossings(track)))
        time, phone = events["time"], events["phone"]
        is_on = (time >= on_ms[phone]) & (time <= off_ms[phone]) & (time >= self._begins[phone])
        kept: NDArray[np.void] = events[is_on]
        tick = self.habits.tick_ms
        kept["time"] = -(-kept["time"] // tick) * tick
        return kept

    def _hours(self, midnight_ms: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """When each phone is switched on, and off: ms."""
        count = len(self.subscriber)
        on = np.where(self._off_at_night, self._rng.normal(6.8, 0.8, count), DAY_BEGINS_H)
        off = np.where(self._off_at_night, self._rng.normal(23.2, 0.8, count), DAY_BEGINS_H + 24)
        nightly = self._first_clone + np.flatnonzero(self.clones.is_nightly)
        on[nightly], off[nightly] = 21, DAY_BEGINS_H + 24
        local = midnight_ms - self._people.zone_ms
        day = (np.maximum(on, DAY_BEGINS_H), np.minimum(off, DAY_BEGINS_H + 24))
        on_ms, off_ms = (local + (hours * HOUR_MS).astype(np.int64) for hours in day)
        return on_ms, off_ms

    def _stays(
        self, midnight_ms: int, on_ms: NDArray[np.int64], off_ms: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
        """What phones send by themselves or for calls, on switching on and off."""
        rng, count = self._rng, len(self.subscriber)
        each = rng.poisson(self.habits.per_hour * 24 * self._activity)
        phone = np.repeat(np.arange(count), each)
        edges = np.concatenate(([0], np.cumsum(HOURS) / HOURS.sum()))
        hour = DAY_BEGINS_H + np.interp(rng.random(len(phone)), edges, np.arange(len(edges)))
        time = midnight_ms - self._people.zone_ms[phone] + (hour * HOUR_MS).astype(np.int64)
        kind = rng.choice(ACCESS_TYPES[:-1], len(phone), p=_without_last(ACCESS_SHARES))
        switched = np.flatnonzero(self._off_at_night)
        told = switched[rng.random(len(switched)) < TOLD_OFF]
        return (
            np.concatenate((time, on_ms[switched], off_ms[told])),
            np.concatenate((phone, switched, told)),
            np.concatenate(
                (
                    kind,
                    np.full(len(switched), AUTONOMOUS, np.uint8),
                    np.full(len(told), POWER_DOWN, np.uint8),
                )
            ),
        )

    def _events(
        self,
        phone: NDArray[np.int64],
        time: NDArray[np.int64],
        kind: NDArray[np.uint8],
        track: Track,
        *,
        radio_km: float = RADIO_KM,
    ) -> NDArray[np.void]:
        """Registrations wherever phones are by then; those in the air or out of service lack."""
        places, flies = track.at(phone, time)
        areas = self._country.areas
        away = self._rng.normal(0, radio_km, (2, len(phone)))
        away = np.clip(away, -RADIO_KM_MAX, RADIO_KM_MAX)
        served = areas.at(*places)
        heard = areas.at(*offset(*places, away[0], away[1]))
        heard = np.where(heard == NO_SERVICE, served, heard)
        events = np.zeros(len(phone), EVENT)
        events["time"], events["phone"], events["access_type"] = time, phone, kind
        stays = ~flies & (heard != NO_SERVICE)
        events["msc"] = np.where(stays, heard, 0)
        is_next_door = (heard != served) & (served != NO_SERVICE)
        events["is_border"] = is_next_door & (self._rng.random(len(phone)) < BORDER)
        heard_of: NDArray[np.void] = events[stays]
        return heard_of

    def _flaps(self, events: NDArray[np.void], track: Track) -> NDArray[np.void]:
        """Phones that a border cell heard register again soon."""
        back = events[events["is_border"]]
        time = back["time"] + self._rng.integers(*FLAP_MS, len(back))
        kind = np.full(len(back), AUTONOMOUS, np.uint8)
        return self._events(back["phone"].astype(np.int64), time, kind, track)

    def _crossings(self, track: Track) -> NDArray[np.void]:
        """Registrations on entering another area on the road."""
        leg, time, places = track.along()
        msc = self._country.areas.at(*places)
        entered = np.flatnonzero(
            (leg[1:] == leg[:-1]) & (msc[1:] != msc[:-1]) & (msc[1:] != NO_SERVICE)
        )
        events = np.zeros(len(entered), EVENT)
        events["time"], events["phone"] = time[entered + 1], track.legs["phone"][leg[entered]]
        events["msc"], events["access_type"] = msc[entered + 1], AUTONOMOUS
        return events

    def _msids(self, subscribers: int) -> NDArray[np.uint64]:
        """Keys of MINs by home, or of IMSIs that contain them."""
        rng = self._rng
        home = self._country.areas.at(*self._people.home)[:subscribers]
        moved = rng.random(subscribers) < MOVED
        home[moved] = rng.integers(0, len(self._country.indices), int(moved.sum()))
        msids, self.homes = numbers(home)
        has_imsi = rng.random(subscribers) < self.habits.imsi
        key = IMSI_PREFIX * 10**10 + IMSI_DIGITS_MAX * IMSI_LENGTH_FACTOR
        msids[has_imsi] += np.uint64(key)
        return msids


def _without_last(shares: tuple[float, ...]) -> NDArray[np.float64]:
    rest = np.array(shares[:-1])
    return np.asarray(rest / rest.sum())
