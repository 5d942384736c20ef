"""Phones that move about a town and register: honest ones, and clones.

Every phone by itself is honest: between two registrations passes at least the travel time of
their MSCs. A clone is a second phone with a subscriber's MIN and ESN, at home elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from is41.msid import IMSI_DIGITS_MAX, IMSI_LENGTH_FACTOR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clonewatch.lab.town import Town

HOUR_MS: Final = 3_600_000
SUBSCRIBERS_MAX: Final = 8_000_000  # 800 area codes x 10,000 numbers of exchange 555
GAP_MS_MIN: Final = 5_000  # between two registrations: more than what makes two one duplicate
NEIGHBOUR: Final = 0.25  # share of moves to an MSC next door
FAR: Final = 0.03  # and to any MSC at all
HURRY: Final = (1.02, 1.5)  # a far move takes the travel time, times so much
OFF_MS_MEAN: Final = HOUR_MS  # how long a phone stays switched off
BORDER: Final = 0.05  # share of arrivals next door that a border cell heard
PSEUDO_ESNS: Final = 0.02  # share of phones with a MEID
IMSI_PREFIX: Final = 31000  # MCC 310, MNC 00, before the MIN
SPREAD: Final = 2_654_435_761  # prime to SUBSCRIBERS_MAX: subscribers' numbers look shuffled

# fmt: off
# SystemAccessType, and how often.
ACCESS_TYPES: Final = np.array([
    3,   # autonomous registration
    4,   # call origination
    5,   # page response
    7,   # power-down registration
], np.uint8)
ACCESS_SHARES: Final =  (0.66, 0.18, 0.12, 0.04)
POWER_DOWN: Final = 7
TERMINAL_TYPES: Final = np.array([
    1, 2, 3, 32, 33, 36, 66, 69,   # not distinguished, IS-54-B, IS-136, IS-95 and on, IS-91 and on
], np.uint8)
# fmt: on

# One registration about to be sent: a row of the structured arrays that `Phones.until` gives.
EVENT: Final = np.dtype(
    [
        ("time", np.int64),  # ms since 1970 UTC
        ("phone", np.uint32),
        ("msc", np.uint16),  # number in the town
        ("access_type", np.uint8),
        ("is_border", np.bool_),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How phones behave."""

    start_ms: int
    per_hour: float  # registrations of a phone, roughly
    tick_ms: int  # times are multiples of it
    imsi: float  # share of subscribers with an IMSI instead of a MIN


class Registrants(Protocol):
    """Phones that register, by number: subscribers' first, then clones."""

    habits: Habits
    cloned: NDArray[np.intp]  # subscribers
    is_cloned: NDArray[np.bool_]  # by phone: whether another sends the same
    subscriber: NDArray[np.uint32]  # by phone: whose MIN it sends
    msid: NDArray[np.uint64]
    esn: NDArray[np.uint32]
    terminal_type: NDArray[np.uint8]
    system_capabilities: NDArray[np.uint8]

    def until(self, end_ms: int) -> NDArray[np.void]:
        """Registrations before *end_ms* that were not given yet (EVENT), in order of time."""


class Phones:
    """Subscribers' phones, then clones, by number; who they are and where."""

    def __init__(
        self, town: Town, subscribers: int, clones: int, habits: Habits, rng: np.random.Generator
    ) -> None:
        if not 1 <= subscribers <= SUBSCRIBERS_MAX:
            raise ValueError(f"1 to {SUBSCRIBERS_MAX} subscribers, not {subscribers}")
        if not 0 <= clones <= subscribers:
            raise ValueError(f"0 to {subscribers} clones, one a subscriber, not {clones}")
        self._town = town
        self.habits = habits
        self._rng = rng
        count = subscribers + clones
        self.cloned = np.sort(rng.choice(subscribers, clones, replace=False))  # subscribers
        # The subscriber whose MIN and ESN a phone sends.
        self.subscriber = np.concatenate((np.arange(subscribers), self.cloned)).astype(np.uint32)
        # By phone: whether another sends the same.
        self.is_cloned = np.isin(self.subscriber, self.cloned)
        self.msid = _msids(subscribers, habits.imsi, rng)[self.subscriber]
        self.esn = esns(subscribers, rng)[self.subscriber]
        self.terminal_type = rng.choice(TERMINAL_TYPES, count)
        self.system_capabilities = rng.integers(0, 1 << 5, count, np.uint8)
        self._msc = _homes(len(town.indices), subscribers, self.cloned, rng)
        self._arrived = np.zeros(count, bool)  # from next door, heard by a border cell
        first = habits.start_ms + rng.exponential(HOUR_MS / habits.per_hour, count)
        self._next_ms = self._on_tick(first)

    def until(self, end_ms: int) -> NDArray[np.void]:
        """Registrations before *end_ms* that were not given yet (EVENT), in order of time."""
        events = []
        phones = np.flatnonzero(self._next_ms < end_ms)
        while len(phones):
            step = np.zeros(len(phones), EVENT)
            step["time"] = self._next_ms[phones]
            step["phone"] = phones
            step["msc"] = self._msc[phones]
            step["access_type"] = self._rng.choice(ACCESS_TYPES, len(phones), p=ACCESS_SHARES)
            step["is_border"] = self._arrived[phones]
            events.append(step)
            self._move(phones, step["access_type"] == POWER_DOWN)
            phones = phones[self._next_ms[phones] < end_ms]
        if not events:
            return np.zeros(0, EVENT)
        together = np.concatenate(events)
        return together[np.argsort(together["time"], kind="stable")]

    def _move(self, phones: NDArray[np.intp], switched_off: NDArray[np.bool_]) -> None:
        """Decide where and when each registers next."""
        rng, town, count = self._rng, self._town, len(phones)
        gap = GAP_MS_MIN + rng.exponential(HOUR_MS / self.habits.per_hour, count)
        gap[switched_off] += rng.exponential(OFF_MS_MEAN, int(switched_off.sum()))
        here = self._msc[phones].astype(np.intp)
        choice = rng.random(count)
        which = (rng.random(count) * town.neighbours_count[here]).astype(np.intp)
        there = np.where(choice < NEIGHBOUR + FAR, town.neighbours[here, which], here)
        far = choice < FAR
        there[far] = rng.integers(0, len(town.indices), int(far.sum()))
        needed = town.travel_ms[here, there] * rng.uniform(*HURRY, count)
        self._next_ms[phones] = self._on_tick(np.maximum(gap, needed) + self._next_ms[phones])
        self._arrived[phones] = (there != here) & ~far & (rng.random(count) < BORDER)
        self._msc[phones] = there

    def _on_tick(self, ms: NDArray[np.float64]) -> NDArray[np.int64]:
        """Rounded up: nobody arrives early."""
        tick = self.habits.tick_ms
        return np.ceil(ms / tick).astype(np.int64) * tick


def _homes(
    mscs: int, subscribers: int, cloned: NDArray[np.intp], rng: np.random.Generator
) -> NDArray[np.uint16]:
    """Where each phone is at first; a clone is not where its original is, if it can be helped."""
    homes = rng.integers(0, mscs, subscribers)
    elsewhere = (homes[cloned] + rng.integers(1, max(2, mscs), len(cloned))) % mscs
    return np.concatenate((homes, elsewhere)).astype(np.uint16)


def _msids(count: int, imsi: float, rng: np.random.Generator) -> NDArray[np.uint64]:
    """Keys of MINs NPA-555-xxxx, or of IMSIs that contain them."""
    number = np.arange(count, dtype=np.uint64) * np.uint64(SPREAD) % np.uint64(SUBSCRIBERS_MAX)
    area, line = np.divmod(number, np.uint64(10_000))
    msids = ((area + np.uint64(200)) * np.uint64(1000) + np.uint64(555)) * np.uint64(10_000) + line
    has_imsi = rng.random(count) < imsi
    key = IMSI_PREFIX * 10**10 + IMSI_DIGITS_MAX * IMSI_LENGTH_FACTOR
    msids[has_imsi] += np.uint64(key)
    return msids


def esns(count: int, rng: np.random.Generator) -> NDArray[np.uint32]:
    """ESNs of phones, a few of them made from a MEID."""
    made = rng.integers(1 << 24, 0x80 << 24, count, np.uint32)  # manufacturers 1 to 127
    pseudo = rng.random(count) < PSEUDO_ESNS
    made[pseudo] = 0x80 << 24 | made[pseudo] & 0xFF_FFFF
    return made
