"""All nodes of a scenario on loopback: who connects to whom, who dies and comes back.

MSCs connect to RVCDs, RVCDs to one another and to the HLR; the copies go to the PSMS, which is a
running clonewatch, or into spools. The HLR listens for the PSMS's directives where it is told to.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from clonewatch.addresses import Address
from clonewatch.lab.nodes.groups import Groups
from clonewatch.lab.nodes.hlr import Hlr
from clonewatch.lab.nodes.homes import Homes, Subscriber
from clonewatch.lab.nodes.msc import Msc
from clonewatch.lab.nodes.rvcd import Rvcd
from clonewatch.lab.nodes.station import Peer
from clonewatch.lab.scenario import Copies, Standing
from clonewatch.lab.timeline import Awaited, Heard, Started, Stopped, roamer_phone
from clonewatch.links import Connector, Listener
from clonewatch.links.endpoints import BACKOFF_MAX_S
from clonewatch.links.urls import LAYERS, link_maker
from is41.layers import Layer
from is41.map.values import Mscid
from is41.sccp.codes import Subsystem

from .runner import End, Runner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from clonewatch.lab.nodes.happenings import Happening
    from clonewatch.lab.nodes.station import Station
    from clonewatch.lab.scenario import Scenario
    from clonewatch.lab.timeline import Deed
    from clonewatch.links import Endpoint
    from clonewatch.links.urls import Transport, Url

HOST: Final = "127.0.0.1"
LOOK_EVERY_S: Final = 0.02  # whether the HLR has done what is awaited
PATIENCE_S: Final = 2.0  # for links that close as their protocol asks
EVERYBODY: Final = ""  # whose name stands for every node's


@dataclass(frozen=True, slots=True)
class Relay:
    """Somebody between two nodes: where the one connects, and where the other listens."""

    connect: Address
    listen: Address

    @classmethod
    def of(cls, text: str) -> Self:
        """Read HOST:PORT,HOST:PORT. Raises ValueError."""
        connect, _, listen = text.partition(",")
        return cls(Address.of(connect), Address.of(listen))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What is not the network's own.

    *to* and *spools* by the name of the node, or EVERYBODY's: where it sends its copies, and the
    folder of its groups. *relays* by both names (`relay_name`). *hlr*: where the HLR listens for
    the PSMS. *homes*: its database.
    """

    relays: Mapping[str, Relay] = field(default_factory=dict)
    to: Mapping[str, Url] = field(default_factory=dict)
    spools: Mapping[str, Path] = field(default_factory=dict)
    hlr: Url | None = None
    homes: Path | None = None

    def spool_of(self, name: str) -> Path:
        """The folder of a node's groups. Raises ValueError where there is none."""
        folder = self.spools.get(name, self.spools.get(EVERYBODY))
        if folder is None:
            raise ValueError(f"{name} writes groups: say into which folder")
        return folder

    def url_of(self, name: str) -> Url | None:
        """Where a node sends its copies."""
        return self.to.get(name, self.to.get(EVERYBODY))


@dataclass(slots=True)
class Wire:
    """A link: who connects, who listens, and where."""

    connecting: str
    listening: str
    transport: Transport
    address: Address | None  # None: wherever the listener finds a port
    via: Address | None = None  # where to connect, if not there
    ends: dict[str, End] = field(default_factory=dict)  # by node

    @property
    def is_open(self) -> bool:
        """Whether each of our ends can send."""
        return bool(self.ends) and all(end.is_open for end in self.ends.values())

    def other(self, name: str) -> str:
        """The neighbour of one of the two."""
        return self.listening if name == self.connecting else self.connecting


class Network:
    """The network of a scenario. *told* gets what happens; *clock_ms* is the wall's.

    Who has lost a link tries again after *again_s_max* seconds at most.
    """

    def __init__(
        self,
        scenario: Scenario,
        outside: Outside,
        *,
        told: Callable[[Happening], None],
        clock_ms: Callable[[], int],
        speed: float,
        again_s_max: float = BACKOFF_MAX_S,
    ) -> None:
        self.scenario = scenario
        self.runners: dict[str, Runner] = {}  # of the nodes that live
        self.wires = list(_wires(scenario, outside))
        known = {relay_name(wire.connecting, wire.listening) for wire in self.wires}
        for name in outside.relays.keys() - known:
            raise ValueError(f"there is no link {name}: a relay stands between MSC>RVCD")
        self._copies_of_the_dead: Counter[str] = Counter()
        self._outside = outside
        self._told = told
        self._clock_ms = clock_ms
        self._again_s_max = again_s_max
        self._peers = _peers(scenario)
        self._endpoints: dict[str, list[Endpoint]] = {}  # by node
        group_ms = max(1000, round(scenario.group_minutes * 60_000 / speed))
        self._groups = {
            rvcd.name: Groups(outside.spool_of(rvcd.name), group_ms)
            for rvcd in scenario.rvcds
            if rvcd.copies is Copies.GROUPS
        }
        self.homes = Homes(outside.homes)
        self.homes.add(
            Subscriber(min=each.min, esn=each.esn, home=each.home) for each in scenario.subscribers
        )
        roamers = map(roamer_phone, range(scenario.roaming.subscribers))
        home = scenario.mscs[0].name
        self.homes.add(Subscriber(min=each.min, esn=each.esn, home=home) for each in roamers)

    @property
    def names(self) -> list[str]:
        """Every node that is ours: all but the PSMS."""
        return [name for name in self._peers if name != self.scenario.psms.name]

    def copies(self) -> Counter[str]:
        """How many the RVCDs made, and how many of them were lost; of the dead ones too."""
        stations = (runner.station for runner in self.runners.values())
        return self._copies_of_the_dead + _copies(stations)

    async def start(self) -> None:
        """Start every node. Raises OSError where one cannot listen."""
        for name in self.names:
            await self._start(name)
        for name in self.names:
            await self._connect(name)

    async def stop(self) -> None:
        """End every link as its protocol asks, then every node."""
        endpoints = [each for some in self._endpoints.values() for each in some]
        await asyncio.gather(
            *(each.stop("the lab ends", patience_s=PATIENCE_S) for each in endpoints)
        )
        for runner in self.runners.values():
            runner.kill()
        self.runners.clear()
        self._endpoints.clear()
        for groups in self._groups.values():
            groups.close()
        self.homes.close()

    async def do(self, deed: Deed) -> None:
        """Let a phone be heard, a node die or come back; or wait for the HLR.

        What is dead hears nothing.
        """
        match deed:
            case Heard(msc, phone):
                if msc in self.runners:
                    self.runners[msc].hear(phone)
            case Stopped(node):
                await self._kill(node)
            case Started(node):
                if node not in self.runners:
                    await self._start(node)
                    await self._connect(node)
            case Awaited(phone, standing):
                is_denied = standing is Standing.SUSPENDED
                while (self.homes.denial(phone) is not None) is not is_denied:  # noqa: ASYNC110  # many do it
                    await asyncio.sleep(LOOK_EVERY_S)

    async def _start(self, name: str) -> None:
        """Make a node, and let it listen."""
        is_rvcd = any(rvcd.name == name for rvcd in self.scenario.rvcds)
        runner = Runner(
            self._station(name),
            self._told,
            self._clock_ms,
            self._groups.get(name),
            repeats=self.scenario.psms.name if is_rvcd else None,
        )
        self.runners[name] = runner
        self._endpoints[name] = []
        for wire in self.wires:
            if wire.listening == name:
                listener = Listener(
                    wire.address or Address(HOST, 0),
                    link_maker(wire.transport, begins=False),
                    self._end(wire, name),
                )
                self._endpoints[name].append(listener)
                await listener.start()
                wire.address = listener.where

    async def _connect(self, name: str) -> None:
        for wire in self.wires:
            if wire.connecting == name:
                assert wire.address is not None
                connector = Connector(
                    wire.via or wire.address,
                    link_maker(wire.transport, begins=True),
                    self._end(wire, name),
                    again_s_max=self._again_s_max,
                )
                self._endpoints[name].append(connector)
                await connector.start()

    def _end(self, wire: Wire, name: str) -> End:
        layer = LAYERS[wire.transport]
        if self.scenario.psms.name not in {wire.connecting, wire.listening}:
            layer = max(layer, Layer.SCCP)  # what is passed on has an address
        end = End(self.runners[name], wire.other(name), layer)
        wire.ends[name] = end
        return end

    async def _kill(self, name: str) -> None:
        """End a node and its connections at once, as a machine that loses power."""
        runner = self.runners.pop(name, None)
        if runner is None:
            return
        runner.kill()
        self._copies_of_the_dead.update(_copies([runner.station]))
        for endpoint in self._endpoints.pop(name):
            for connection in list(endpoint.ends.open):
                connection.abort("killed")
            await endpoint.stop("killed", patience_s=0)
        for wire in self.wires:
            wire.ends.pop(name, None)

    def _station(self, name: str) -> Station:
        me, peers, scenario = self._peers[name], self._peers, self.scenario
        first_id, interval = secrets.randbits(32), scenario.answer_within_seconds
        rvcds = tuple(rvcd.name for rvcd in scenario.rvcds)
        if name == scenario.hlr.name:
            return Hlr(me, peers, self.homes, first_id=first_id, interval=interval, through=rvcds)
        if name in rvcds:
            return Rvcd(
                me,
                peers,
                hlr=scenario.hlr.name,
                psms=scenario.psms.name,
                other=tuple(other for other in rvcds if other != name),
                first_id=first_id,
                interval=interval / 2,  # so that it can still answer for an HLR that does not
            )
        sends_to = next(msc.sends_to for msc in scenario.mscs if msc.name == name)
        return Msc(me, peers, rvcds=sends_to, first_id=first_id, interval=interval)


def relay_name(connecting: str, listening: str) -> str:
    """How a relay between two nodes is called."""
    return f"{connecting}>{listening}"


def _copies(stations: Iterable[Station]) -> Counter[str]:
    copies: Counter[str] = Counter()
    for station in stations:
        if isinstance(station, Rvcd):
            copies.update(copies=station.copies_made, copies_lost=station.copies_lost)
    return copies


def _wires(scenario: Scenario, outside: Outside) -> Iterator[Wire]:
    """Every link, as far as it has somewhere to go."""
    psms, hlr = scenario.psms.name, scenario.hlr.name
    for msc in scenario.mscs:
        for name in msc.sends_to:
            url = outside.url_of(msc.name)
            relay = outside.relays.get(relay_name(msc.name, name))
            if relay is not None:
                yield Wire(msc.name, name, scenario.transport, relay.listen, relay.connect)
            elif name != psms:
                yield Wire(msc.name, name, scenario.transport, None)
            elif url is not None:
                yield Wire(msc.name, psms, url.transport, url.address)
    for rvcd in scenario.rvcds:
        yield Wire(rvcd.name, hlr, scenario.transport, None)
        url = outside.url_of(rvcd.name)
        if rvcd.copies is Copies.LINK and url is not None:
            yield Wire(rvcd.name, psms, url.transport, url.address)
    if len(scenario.rvcds) == 2:
        one, other = scenario.rvcds
        yield Wire(one.name, other.name, scenario.transport, None)
    if outside.hlr is not None:
        yield Wire(psms, hlr, outside.hlr.transport, outside.hlr.address)


def _peers(scenario: Scenario) -> dict[str, Peer]:
    """Every node as the others know it."""
    peers = [
        Peer(name=node.name, point_code=node.point_code, subsystem=subsystem)
        for node, subsystem in (
            (scenario.hlr, Subsystem.HLR),
            (scenario.psms, Subsystem.MAP),
            *((rvcd, Subsystem.VLR) for rvcd in scenario.rvcds),
        )
    ]
    peers += [
        Peer(
            name=msc.name,
            point_code=msc.point_code,
            subsystem=Subsystem.MSC,
            mscid=Mscid(*divmod(msc.mscid, 0x100)),
        )
        for msc in scenario.mscs
    ]
    return {peer.name: peer for peer in peers}
