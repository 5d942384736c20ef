"""What happens when in a scenario: its steps, and phones that roam by themselves.

Times are seconds of the scenario's clock since it started.
"""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple

from clonewatch.lab.nodes.happenings import Phone

if TYPE_CHECKING:
    from clonewatch.lab.scenario import Scenario, Standing, StepSection

ROAMER_AREA_FIRST: Final = 700  # area code of the first 10,000 who roam, and so on: NPA 555 0000
ROAMER_ESN_FIRST: Final = 0x8300_0000
JITTER: Final = 0.2  # share of the interval that a phone is heard sooner or later


@dataclass(frozen=True, slots=True)
class Heard:
    """A phone is heard at an MSC."""

    msc: str
    phone: Phone
    shows: str = ""


@dataclass(frozen=True, slots=True)
class Stopped:
    """A node dies."""

    node: str
    shows: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    """A node that died is there again."""

    node: str
    shows: str = ""


@dataclass(frozen=True, slots=True)
class Awaited:
    """Nothing more happens until the HLR has a phone out of service, or back in it."""

    phone: Phone
    standing: Standing
    shows: str = ""


Deed = Heard | Stopped | Started | Awaited


class _Due(NamedTuple):
    at: float
    number: int  # of two at the same time the one that was put down first
    deed: Deed
    roamer: int | None  # whose next one follows


class Timeline:
    """The deeds of a scenario, in order."""

    def __init__(self, scenario: Scenario) -> None:
        self._random = random.Random(scenario.roaming.seed)  # noqa: S311  # to be the same again
        self._scenario = scenario
        self._names = [msc.name for msc in scenario.mscs]
        self._touching = _touching(scenario.travel)
        self._numbers = count()
        self._due: list[_Due] = []
        esns = {subscriber.min: subscriber.esn for subscriber in scenario.subscribers}
        for step in scenario.steps:
            self._put(step.at - scenario.starts, _deed(step, esns), None)
        self._where: list[int] = []
        for roamer in range(scenario.roaming.subscribers):
            self._where.append(self._random.randrange(len(self._names)))
            self._next_of(roamer, self._random.uniform(0, self._interval_s))

    @property
    def _interval_s(self) -> float:
        return self._scenario.roaming.every_minutes * 60

    def next_at(self) -> float | None:
        """When the next deed is due; None when all is done."""
        return self._due[0].at if self._due else None

    def due(self, now: float) -> list[Deed]:
        """The deeds that are due."""
        deeds = []
        while self._due and self._due[0].at <= now:
            at, _, deed, roamer = heapq.heappop(self._due)
            deeds.append(deed)
            if roamer is not None:
                self._roam(roamer)
                wait = self._interval_s * self._random.uniform(1 - JITTER, 1 + JITTER)
                self._next_of(roamer, at + wait)
        return deeds

    def _roam(self, roamer: int) -> None:
        here = self._where[roamer]
        if self._random.random() < self._scenario.roaming.moves:
            self._where[roamer] = self._random.choice(self._touching[here])

    def _next_of(self, roamer: int, at: float) -> None:
        self._put(at, Heard(self._names[self._where[roamer]], roamer_phone(roamer)), roamer)

    def _put(self, at: float, deed: Deed, roamer: int | None) -> None:
        heapq.heappush(self._due, _Due(at, next(self._numbers), deed, roamer))


def roamer_phone(number: int) -> Phone:
    """The phone of a subscriber who roams."""
    area, line = divmod(number, 10_000)
    return Phone(f"{ROAMER_AREA_FIRST + area}555{line:04d}", ROAMER_ESN_FIRST + number)


def _deed(step: StepSection, esns: dict[str, int]) -> Deed:
    if step.stop is not None:
        return Stopped(step.stop, step.shows)
    if step.start is not None:
        return Started(step.start, step.shows)
    assert step.min is not None
    phone = Phone(step.min, step.esn if step.esn is not None else esns[step.min])
    if step.wait is not None:
        return Awaited(phone, step.wait, step.shows)
    assert step.heard is not None
    return Heard(step.heard, phone, step.shows)


def _touching(travel: tuple[tuple[float, ...], ...]) -> list[list[int]]:
    """The MSCs next to each, to which and from which it takes no time; at least itself."""
    indices = range(len(travel))
    return [
        [
            there
            for there in indices
            if here == there or travel[here][there] == 0 == travel[there][here]
        ]
        for here in indices
    ]
