"""People and where they go: who stays near home, commutes, drives far or flies.

Nobody looks at the travel table here. Speeds are what roads and airlines show: most drive at 60 to
120 km/h with detours, few faster; flights cruise at 740 to 930 km/h with the wind, and phones are
off from before the gate closes until the aircraft has landed. Flights that go with the jet stream
are faster than those against it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.lab.areas import NO_SERVICE
from clonewatch.lab.cities import distance_km, offset
from clonewatch.lab.journeys import HOUR_MS, Journeys, Places, Track

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clonewatch.lab.country import Country

DAY_MS: Final = 24 * HOUR_MS
HOMEBODY, COMMUTER, DRIVER, FLYER = range(4)
KINDS: Final = (0.27, 0.55, 0.12, 0.06)  # shares of them
WORK_KM_MEDIAN: Final = 13.0
ERRAND_KM_MEAN: Final = 7.0
ERRAND: Final = 0.45  # share of days
TRIP: Final = 0.22  # share of a driver's days at home
FLIGHT: Final = 0.18  # share of a flyer's days at home
TRIP_KM_TYPICAL: Final = 220.0  # cities further away draw less
FLIGHT_KM_MIN: Final = 350.0
WIND_KMH: Final = 45.0  # of the jet stream, which blows from west to east
GROUND_KMH: Final = (680.0, 950.0)
BESIDE_H: Final = (0.55, 1.5)
NIGHT_HOUR: Final = 27.0  # local: nobody sets out for a way that ends later; days begin at 03:00
HOME_SPREAD_KM: Final = 5.0  # and more where more people live


class People:
    """Where everybody lives and works, and each day's journeys.

    *home_city* by phone. Days are local: those of the time zone that the home's longitude makes.
    """

    def __init__(
        self, country: Country, home_city: NDArray[np.int64], rng: np.random.Generator
    ) -> None:
        self._country = country
        self._rng = rng
        count = len(home_city)
        self.home_city = home_city
        self.home = self._homes()
        self.zone_ms = np.round(self.home.longitude / 15).astype(np.int64) * HOUR_MS
        self.kind = rng.choice(4, count, p=KINDS)
        self._work = self._near(self.home, WORK_KM_MEDIAN * np.exp(rng.normal(0, 0.7, count)))
        self._days_away = np.zeros(count, np.int64)  # left, of those not at home
        self._flew = np.zeros(count, np.bool_)  # so that they fly back
        self._here = Places(self.home.latitude.copy(), self.home.longitude.copy())
        self._ready = np.zeros(count, np.int64)
        cities = country.cities
        apart = cities.distances_km()
        by_road = cities.people * np.exp(-apart / TRIP_KM_TYPICAL) * (apart > 0)
        by_air = cities.people * cities.has_airport * (apart > FLIGHT_KM_MIN)
        self._by_road = np.cumsum(by_road, axis=1)
        self._by_air = np.cumsum(by_air, axis=1)
        self._airport = np.argmin(np.where(cities.has_airport, apart, np.inf), axis=1)

    def day(self, midnight_ms: int) -> Track:
        """Everybody's journeys on the day whose local midnight stands in *midnight_ms*, as UTC."""
        before = Places(self._here.latitude.copy(), self._here.longitude.copy())
        journeys = Journeys(self._here, self._ready, [])
        is_home = self._days_away == 0
        chance = self._rng.random(len(is_home))
        drives = is_home & (self.kind == DRIVER) & (chance < TRIP)
        flies = is_home & (self.kind == FLYER) & (chance < FLIGHT)
        works = is_home & ((self.kind == COMMUTER) | (self.kind == FLYER)) & ~flies
        works &= self._rng.random(len(is_home)) < 5 / 7
        returns = self._days_away == 1
        self._days_away[self._days_away > 0] -= 1
        self._return(journeys, np.flatnonzero(returns), midnight_ms)
        self._commute(journeys, np.flatnonzero(works), midnight_ms)
        self._drive_far(journeys, np.flatnonzero(drives), midnight_ms)
        self._fly(journeys, np.flatnonzero(flies), midnight_ms)
        errands = is_home & ~drives & ~flies & (self._rng.random(len(is_home)) < ERRAND)
        self._errand(journeys, np.flatnonzero(errands), midnight_ms)
        return Track(before, np.concatenate(journeys.legs))

    def _commute(self, journeys: Journeys, who: NDArray[np.intp], midnight_ms: int) -> None:
        kmh = self._road_kmh(len(who))
        journeys.go(who, self._at(who, midnight_ms, 7.7, 0.9), self._work.of(who), kmh)
        journeys.go(who, self._at(who, midnight_ms, 17.3, 1.0), self.home.of(who), kmh)

    def _errand(self, journeys: Journeys, who: NDArray[np.intp], midnight_ms: int) -> None:
        there = self._near(self.home.of(who), self._rng.exponential(ERRAND_KM_MEAN, len(who)))
        kmh = self._road_kmh(len(who))
        arrived = journeys.go(who, self._at(who, midnight_ms, 19.0, 0.8), there, kmh)
        stays = np.minimum(self._rng.exponential(0.7, len(who)), 2) * HOUR_MS
        journeys.go(who, arrived + stays.astype(np.int64), self.home.of(who), kmh)

    def _drive_far(self, journeys: Journeys, who: NDArray[np.intp], midnight_ms: int) -> None:
        """To another city, and back the same day where that can be."""
        rng = self._rng
        city = self._drawn(self._by_road, self.home_city[who])
        there = self._in_city(city)
        kmh = self._road_kmh(len(who))
        depart = self._at(who, midnight_ms, 8.0, 1.6)
        hours = distance_km(*self._here.of(who), *there) / kmh
        # Who cannot arrive before night stays at home.
        can = depart + hours * HOUR_MS < self._night(who, midnight_ms)
        who, kmh, hours = who[can], kmh[can], hours[can]
        arrived = journeys.go(who, depart[can], Places(*there).of(np.flatnonzero(can)), kmh)
        leave = arrived + (rng.uniform(0.5, 5, len(who)) * HOUR_MS).astype(np.int64)
        same_day = leave + hours * HOUR_MS < self._night(who, midnight_ms)
        journeys.go(who[same_day], leave[same_day], self.home.of(who[same_day]), kmh[same_day])
        stays = who[~same_day]
        self._days_away[stays] = rng.integers(1, 4, len(stays))
        self._flew[stays] = False

    def _fly(self, journeys: Journeys, who: NDArray[np.intp], midnight_ms: int) -> None:
        """To a city far away, for some days."""
        city = self._drawn(self._by_air, self.home_city[who])
        depart = self._at(who, midnight_ms, 9.5, 3.0)
        flown = self._by_plane(
            journeys, who, depart, self._airport[self.home_city[who]], city, midnight_ms
        )
        who, city = who[flown], city[flown]
        journeys.go(who, self._ready[who], self._in_city(city), self._road_kmh(len(who)))
        self._days_away[who] = self._rng.integers(1, 5, len(who))
        self._flew[who] = True

    def _return(self, journeys: Journeys, who: NDArray[np.intp], midnight_ms: int) -> None:
        """Home again, the way they came; who would arrive too late goes tomorrow."""
        depart = self._at(who, midnight_ms, 10.0, 2.5)
        by_air = self._flew[who]
        flyers = who[by_air]
        nearest = self._nearest_airport(self._here.of(flyers))
        home_airport = self._airport[self.home_city[flyers]]
        flown = self._by_plane(journeys, flyers, depart[by_air], nearest, home_airport, midnight_ms)
        self._days_away[flyers[~flown]] = 1
        drivers, leave = who[~by_air], depart[~by_air]
        kmh = self._road_kmh(len(drivers))
        hours = distance_km(*self._here.of(drivers), *self.home.of(drivers)) / kmh
        can = leave + hours * HOUR_MS < self._night(drivers, midnight_ms)
        self._days_away[drivers[~can]] = 1
        journeys.go(drivers[can], leave[can], self.home.of(drivers[can]), kmh[can])
        home = flyers[flown]
        journeys.go(home, self._ready[home], self.home.of(home), self._road_kmh(len(home)))

    def _by_plane(
        self,
        journeys: Journeys,
        who: NDArray[np.intp],
        depart: NDArray[np.int64],
        start: NDArray[np.int64],
        end: NDArray[np.int64],
        midnight_ms: int,
    ) -> NDArray[np.bool_]:
        """From the airport of one city to that of another; who went.

        From phone off to phone on: closing the doors, taxiing, climbing and landing take half an
        hour to an hour and a half beside the way at the speed of cruising, with the wind.
        """
        rng, cities = self._rng, self._country.cities
        airports = Places(cities.latitude[start], cities.longitude[start])
        there = Places(cities.latitude[end], cities.longitude[end])
        east = np.sign(there.longitude - airports.longitude)
        ground_kmh = np.clip(rng.normal(835 + WIND_KMH * east, 35, len(who)), *GROUND_KMH)
        hours = distance_km(*airports, *there) / ground_kmh + rng.uniform(*BESIDE_H, len(who))
        to_airport = distance_km(*self._here.of(who), *airports) / 60
        waits = rng.uniform(0.6, 1.8, len(who))
        can = depart + (to_airport + waits + hours + 2) * HOUR_MS < self._night(who, midnight_ms)
        can &= start != end
        rows = np.flatnonzero(can)
        arrived = journeys.go(who[can], depart[can], airports.of(rows), self._road_kmh(len(rows)))
        off = arrived + (waits[can] * HOUR_MS).astype(np.int64)
        journeys.fly(who[can], off, there.of(rows), hours[can])
        return can

    def _nearest_airport(self, places: Places) -> NDArray[np.int64]:
        cities = self._country.cities
        km = distance_km(
            places.latitude[:, None], places.longitude[:, None], cities.latitude, cities.longitude
        )
        return np.asarray(np.argmin(np.where(cities.has_airport, km, np.inf), axis=1))

    def _homes(self) -> Places:
        """Somewhere about each one's city, where there is service."""
        cities, city = self._country.cities, self.home_city
        found = self._in_city(city)
        for _ in range(20):
            outside = np.flatnonzero(self._country.areas.at(*found) == NO_SERVICE)
            if not len(outside):
                return found
            found.latitude[outside], found.longitude[outside] = self._in_city(city[outside])
        found.latitude[outside] = cities.latitude[city[outside]]
        found.longitude[outside] = cities.longitude[city[outside]]
        return found

    def _in_city(self, city: NDArray[np.int64]) -> Places:
        cities = self._country.cities
        spread = HOME_SPREAD_KM + 4 * np.sqrt(cities.people[city] / 1e6)
        km = self._rng.normal(0, 1, (2, len(city))) * spread
        return Places(*offset(cities.latitude[city], cities.longitude[city], km[0], km[1]))

    def _near(self, places: Places, km: NDArray[np.float64]) -> Places:
        angle = self._rng.uniform(0, 2 * np.pi, len(km))
        return Places(*offset(*places, km * np.cos(angle), km * np.sin(angle)))

    def _drawn(self, weights: NDArray[np.float64], city: NDArray[np.int64]) -> NDArray[np.int64]:
        """A city for each, by the running sums of *weights* in its row."""
        rows = weights[city]
        aim = self._rng.random(len(city)) * rows[:, -1]
        drawn: NDArray[np.int64] = np.minimum((rows <= aim[:, None]).sum(axis=1), rows.shape[1] - 1)
        return drawn

    def _road_kmh(self, count: int) -> NDArray[np.float64]:
        """Speeds as the crow flies: what the road allows, less its bends."""
        speed = np.clip(95 * np.exp(self._rng.normal(0, 0.14, count)), 55, 150)
        return np.asarray(speed / self._rng.uniform(1.1, 1.4, count))

    def _at(
        self, who: NDArray[np.intp], midnight_ms: int, hour: float, spread: float
    ) -> NDArray[np.int64]:
        """Moments about a local hour, in UTC."""
        hours = np.clip(self._rng.normal(hour, spread, len(who)), 4, 23.5)
        return midnight_ms - self.zone_ms[who] + (hours * HOUR_MS).astype(np.int64)

    def _night(self, who: NDArray[np.intp], midnight_ms: int) -> NDArray[np.int64]:
        return midnight_ms - self.zone_ms[who] + int(NIGHT_HOUR * HOUR_MS)
