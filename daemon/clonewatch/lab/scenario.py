"""Scenarios: a network, its subscribers, and what happens to them, in one TOML file.

A scenario has a clock of its own, which runs *speed* times as fast as the wall's. Registrations
bear no time; whoever receives one takes the wall's. So travel times, and all else that is measured
against registrations, are to be divided by the speed (`tables`); the timers of protocols are not.
"""

from __future__ import annotations

import re
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field, PlainValidator, StringConstraints, ValidationError

from clonewatch.config.faults import fault, faults_of
from clonewatch.config.loading import read_toml
from clonewatch.config.section import Section
from clonewatch.config.values import Mscid, Seconds, SignallingPoint
from clonewatch.errors import Misconfigured
from clonewatch.links.urls import Transport

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import InitErrorDetails

MSCS_MAX: Final = 250  # ours: each has a socket to each RVCD
SUBSCRIBERS_MAX: Final = 100_000
STEPS_MAX: Final = 10_000
DAY_S: Final = 24 * 3600
_TIME_OF_DAY: Final = re.compile(r"(\d\d):(\d\d)(?::(\d\d(?:\.\d{1,3})?))?", re.ASCII)


def _time_of_day(given: object) -> float:
    """Seconds since midnight."""
    match = _TIME_OF_DAY.fullmatch(str(given))
    if match is not None:
        hours, minutes, seconds = int(match[1]), int(match[2]), float(match[3] or 0)
        if minutes < 60 and seconds < 60 and hours < 48:
            return hours * 3600 + minutes * 60 + seconds
    raise ValueError(f"should be HH:MM or HH:MM:SS, past midnight 24:00 and on, is {given!r}")


def _esn(given: object) -> int:
    if isinstance(given, str) and re.fullmatch("[0-9A-Fa-f]{8}", given):
        return int(given, 16)
    raise ValueError(f"should be 8 hex digits in quotes, is {given!r}")


NodeName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,31}$")]
TimeOfDay = Annotated[float, PlainValidator(_time_of_day)]
EsnHex = Annotated[int, PlainValidator(_esn)]
Min = Annotated[str, StringConstraints(pattern=r"^[0-9]{10}$")]
TravelMinutes = Annotated[float, Field(ge=0, le=7 * 24 * 60)]


class Copies(StrEnum):
    """How an RVCD tells the PSMS."""

    LINK = "link"  # at once
    GROUPS = "groups"  # in half hour data groups


class Standing(StrEnum):
    """How the HLR has a phone."""

    SUSPENDED = "suspended"  # out of service, by order
    RESTORED = "restored"


class NodeSection(Section):
    """What every node has."""

    name: NodeName
    point_code: SignallingPoint


class RvcdSection(NodeSection):
    """``[[rvcds]]``."""

    copies: Copies = Copies.LINK


class MscSection(NodeSection):
    """``[[mscs]]``; *sends_to* in the order it turns to them: RVCDs, or the PSMS itself."""

    mscid: Mscid
    sends_to: Annotated[tuple[NodeName, ...], Field(min_length=1)]


class SubscriberSection(Section):
    """``[[subscribers]]``."""

    min: Min
    esn: EsnHex
    home: NodeName


class StepSection(Section):
    """``[[steps]]``: a phone is heard at an MSC, or a node is stopped or started again.

    Or all wait until the HLR has a phone out of service, or back in it.
    """

    at: TimeOfDay
    heard: NodeName | None = None
    min: Min | None = None
    esn: EsnHex | None = None  # None: the subscriber's own
    stop: NodeName | None = None
    start: NodeName | None = None
    wait: Standing | None = None
    shows: str = ""

    def between_keys(self) -> list[InitErrorDetails]:
        """Faults of keys that do not go together."""
        among = ("heard", "stop", "start", "wait")
        given = [key for key in among if getattr(self, key) is not None]
        if len(given) != 1:
            return [fault("heard", "give one of heard, stop, start and wait", because_of=among)]
        if (self.heard is None and self.wait is None) != (self.min is None):
            return [fault("min", "goes with heard and wait", because_of=["heard", "wait"])]
        return []


class Roaming(Section):
    """``[roaming]``: further subscribers, who move between MSCs that touch, and so are honest."""

    subscribers: Annotated[int, Field(ge=0, le=SUBSCRIBERS_MAX)] = 0
    every_minutes: Annotated[float, Field(gt=0, le=24 * 60)] = 30  # each is heard so often
    moves: Annotated[float, Field(ge=0, le=1)] = 0.3  # share of the times that it has moved
    seed: int = 1


class Scenario(Section):
    """A whole file."""

    title: str
    shows: str
    starts: TimeOfDay
    speed: Annotated[float, Field(ge=1, le=10_000)] = 60
    transport: Transport = Transport.TALI  # between the nodes
    answer_within_seconds: Seconds = 6  # of the wall's clock
    group_minutes: Annotated[float, Field(gt=0, le=24 * 60)] = 30
    window_hours: Annotated[float, Field(gt=0, le=7 * 24)] = 6.5
    hlr: NodeSection
    psms: NodeSection
    rvcds: Annotated[tuple[RvcdSection, ...], Field(max_length=2)] = ()
    mscs: Annotated[tuple[MscSection, ...], Field(min_length=1, max_length=MSCS_MAX)]
    travel: tuple[tuple[TravelMinutes, ...], ...]  # rows and columns in the order of mscs
    subscribers: Annotated[tuple[SubscriberSection, ...], Field(max_length=SUBSCRIBERS_MAX)] = ()
    steps: Annotated[tuple[StepSection, ...], Field(max_length=STEPS_MAX)] = ()
    roaming: Roaming = Roaming()

    @property
    def nodes(self) -> tuple[NodeSection, ...]:
        """Every node."""
        return (self.hlr, self.psms, *self.rvcds, *self.mscs)

    def between_keys(self) -> list[InitErrorDetails]:
        """Faults of keys that do not go together."""
        return [*self._nodes(), *self._travel(), *self._steps()]

    def _nodes(self) -> Iterator[InitErrorDetails]:
        among = ("hlr", "psms", "rvcds", "mscs")
        for what in ("name", "point_code"):
            seen = [getattr(node, what) for node in self.nodes]
            for twice in sorted({str(each) for each in seen if seen.count(each) > 1}):
                yield fault("mscs", f"two nodes have the {what} {twice}", because_of=among)
        rvcds = {rvcd.name for rvcd in self.rvcds} | {self.psms.name}
        for msc in self.mscs:
            for unknown in sorted(set(msc.sends_to) - rvcds):
                words = f"{msc.name} sends to {unknown}, which is no RVCD and not the PSMS"
                yield fault("mscs", words, because_of=among)
        mscs = {msc.name for msc in self.mscs}
        for subscriber in self.subscribers:
            if subscriber.home not in mscs:
                words = f"{subscriber.min} is at home at {subscriber.home}, which is no MSC"
                yield fault("subscribers", words, because_of=among)

    def _travel(self) -> Iterator[InitErrorDetails]:
        count = len(self.mscs)
        if [len(row) for row in self.travel] != [count] * count:
            words = f"should be {count} rows of {count} minutes, in the order of mscs"
            yield fault("travel", words, because_of=["mscs"])

    def _steps(self) -> Iterator[InitErrorDetails]:
        mscs = {msc.name for msc in self.mscs}
        nodes = {node.name for node in self.nodes} - {self.psms.name}
        esns = {subscriber.min for subscriber in self.subscribers}
        for step in self.steps:
            for name, known in ((step.heard, mscs), (step.stop, nodes), (step.start, nodes)):
                if name is not None and name not in known:
                    words = f"there is no {name} to do that with"
                    yield fault("steps", words, because_of=["mscs", "rvcds", "hlr"])
            if step.min is not None and step.esn is None and step.min not in esns:
                words = f"{step.min} is no subscriber: give its esn"
                yield fault("steps", words, because_of=["subscribers"])
            if step.at < self.starts:
                yield fault("steps", "one comes before the scenario starts", because_of=["starts"])


def shipped() -> dict[str, Path]:
    """The scenarios of the package, by name."""
    folder = Path(str(files("clonewatch.lab") / "scenarios"))
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def load_scenario(name: str) -> Scenario:
    """One of the package's scenarios, or a file's. Raises Misconfigured, with every fault."""
    path = shipped().get(name, Path(name))
    given = read_toml(path)
    try:
        return Scenario.model_validate(given)
    except ValidationError as error:
        raise Misconfigured(path, faults_of(error, "", given)) from None
