"""What there is to see of a running network: its nodes, its links, what happened last."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING, Final, NamedTuple

from clonewatch.lab.nodes.happenings import Kind
from clonewatch.lab.nodes.hlr import Hlr
from clonewatch.lab.nodes.msc import Msc
from clonewatch.lab.nodes.rvcd import Rvcd
from clonewatch.lab.timeline import Awaited, Heard, Started, Stopped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clonewatch.lab.network.network import Network
    from clonewatch.lab.nodes.happenings import Happening, Phone
    from clonewatch.lab.nodes.station import Station
    from clonewatch.lab.scenario import Scenario
    from clonewatch.lab.timeline import Deed

SHOWN_MAX: Final = 10  # lines of each kind


class Line(NamedTuple):
    """Something that happened, for people."""

    clock: str  # of the scenario
    node: str
    what: str
    phone: str
    detail: str

    def __str__(self) -> str:
        text = f"{self.clock}  {self.node:10}  {self.what:11}  {self.phone:19}  {self.detail}"
        return text.rstrip()


class NodeRow(NamedTuple):
    """A node as the table shows it."""

    name: str
    links: str  # open, of all
    received: int
    sent: int
    refused: int
    holds: str  # what this kind of node keeps


class Board:
    """Takes what happens and what is done. Times are seconds of the scenario since its start."""

    def __init__(self, scenario: Scenario) -> None:
        self.heard = 0  # phones, each time
        self.counts: Counter[Kind] = Counter()  # the HLR's word on a registration left out
        self.registrations: deque[Line] = deque(maxlen=SHOWN_MAX)
        self.events: deque[Line] = deque(maxlen=SHOWN_MAX)
        self._scenario = scenario
        self._in_steps = {step.min for step in scenario.steps}

    def did(self, deed: Deed, elapsed_s: float) -> Line | None:
        """Take note of a deed; its line if it has a story."""
        match deed:
            case Heard(msc, phone, shows):
                self.heard += 1
                line = self._line(elapsed_s, msc, "heard", phone, shows)
                if not shows:
                    return None
            case Stopped(node, shows):
                line = self._line(elapsed_s, node, "stopped", None, shows)
            case Started(node, shows):
                line = self._line(elapsed_s, node, "started", None, shows)
            case Awaited(phone, standing, shows):
                words = shows or f"nothing more until it is {standing}"
                line = self._line(elapsed_s, self._scenario.hlr.name, "awaited", phone, words)
        self.events.append(line)
        return line

    def happened(self, happening: Happening, elapsed_s: float) -> Line | None:
        """Take note of a happening; its line unless it is one of many alike."""
        node, kind, phone = happening.node, happening.kind, happening.phone
        if node == self._scenario.hlr.name and kind in {Kind.REGISTERED, Kind.DENIED}:
            return None  # the MSC says so too
        self.counts[kind] += 1
        line = self._line(elapsed_s, node, kind.value, phone, happening.detail)
        is_in_steps = phone is None or phone.min in self._in_steps
        if kind is Kind.REGISTERED:
            self.registrations.append(line)
        elif kind is not Kind.CANCELLED or is_in_steps:
            self.events.append(line)
        return line if is_in_steps or kind not in {Kind.REGISTERED, Kind.CANCELLED} else None

    def clock(self, elapsed_s: float) -> str:
        """The scenario's time of day."""
        seconds = int(self._scenario.starts + elapsed_s)
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"

    def numbers(self, network: Network) -> dict[str, int]:
        """How it went, in numbers."""
        return {
            "heard": self.heard,
            **{kind.value: self.counts[kind] for kind in Kind},
            **network.copies(),
        }

    def _line(
        self, elapsed_s: float, node: str, what: str, phone: Phone | None, detail: str
    ) -> Line:
        return Line(self.clock(elapsed_s), node, what, str(phone or ""), detail)


def node_rows(network: Network) -> Iterator[NodeRow]:
    """Every node as it is now."""
    for name in network.names:
        wires = [wire for wire in network.wires if name in {wire.connecting, wire.listening}]
        runner = network.runners.get(name)
        if runner is None:
            yield NodeRow(name, "dead", 0, 0, 0, "")
            continue
        open_ = sum(name in wire.ends and wire.ends[name].is_open for wire in wires)
        station = runner.station
        yield NodeRow(
            name,
            f"{open_} of {len(wires)}",
            station.messages_received,
            station.messages_sent,
            station.messages_refused,
            _holds(station),
        )


def _holds(station: Station) -> str:
    match station:
        case Msc():
            return f"{len(station.registered)} phones"
        case Rvcd():
            return f"{station.copies_made} copies"
        case Hlr():
            return f"{len(station.homes.denials())} out of service"
        case _:
            return ""
