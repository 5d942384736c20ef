"""The lab's nodes over real sockets: what they say, who dies, who takes over."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import pytest

from clonewatch.addresses import Address
from clonewatch.lab.network.network import EVERYBODY, Network, Outside, Relay
from clonewatch.lab.network.play import ready
from clonewatch.lab.nodes.happenings import Happening, Kind, Phone
from clonewatch.lab.scenario import Copies, Scenario, load_scenario
from clonewatch.lab.timeline import Heard, Started, Stopped
from clonewatch.links import Connector, Listener
from clonewatch.links.urls import LAYERS, Transport, Url, link_maker
from is41.answering import Route
from is41.layers import Layer
from is41.map.components import invoke_of
from is41.reading import read
from is41.regnots import Regnot, regnots_of
from is41.sccp.addresses import Address as SccpAddress
from is41.tcap.codes import PackageType
from is41.tcap.messages import Package, ReturnResult
from labwire import SUSPENSION
from network import HOST, Remembers, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

OWNER: Final = Phone("6145551234", 0x82123456)
WITHIN_S: Final = 20.0
NOON_MS: Final = 1_795_348_800_000


class Psms:
    """Listens for copies."""

    def __init__(self, transport: Transport) -> None:
        self.heard = Remembers()
        self._layer = LAYERS[transport]
        self._transport = transport
        self.listener = Listener(Address(HOST, 0), link_maker(transport, begins=False), self.heard)

    @property
    def url(self) -> Url:
        return Url(self._transport, self.listener.where)

    @property
    def regnots(self) -> list[tuple[int, int | None, int]]:
        """MSID, MSCID and transaction ID of every copy."""
        found = []
        for octets in self.heard.messages:
            package = read(octets, self._layer).tcap
            assert isinstance(package, Package)
            for _, regnot in regnots_of(package):
                assert isinstance(regnot, Regnot)
                found.append((regnot.msid, regnot.mscid, regnot.transaction_id))
        return found


class Told(list[Happening]):
    """What happened."""

    def has(self, node: str, kind: Kind) -> bool:
        return any((each.node, each.kind) == (node, kind) for each in self)


@asynccontextmanager
async def running(scenario: Scenario, outside: Outside, told: Told) -> AsyncIterator[Network]:
    network = Network(scenario, outside, told=told.append, clock_ms=lambda: NOON_MS, speed=1)
    await network.start()
    try:
        yield network
    finally:
        await network.stop()


@asynccontextmanager
async def listening(transport: Transport) -> AsyncIterator[Psms]:
    psms = Psms(transport)
    await psms.listener.start()
    try:
        yield psms
    finally:
        await psms.listener.stop("the test ends", patience_s=0)


@pytest.mark.parametrize("transport", Transport)
def test_a_clone_is_seen_by_one_rvcd_and_its_owner_by_the_other(transport: Transport) -> None:
    scenario = load_scenario("fig1").model_copy(update={"transport": transport})

    async def scene() -> None:
        told = Told()
        async with (
            listening(transport) as psms,
            running(scenario, Outside(to={EVERYBODY: psms.url}), told) as network,
        ):
            assert await ready(network, WITHIN_S)
            await network.do(Heard("MSC A", OWNER))
            await until(lambda: told.has("MSC A", Kind.REGISTERED))
            await network.do(Heard("MSC F", OWNER))
            await until(lambda: told.has("MSC F", Kind.REGISTERED))
            await until(lambda: told.has("MSC A", Kind.CANCELLED))
            await until(lambda: len(psms.regnots) == 2)
            assert {(msid, mscid) for msid, mscid, _ in psms.regnots} == {
                (6145551234, 4660 << 8 | 1),
                (6145551234, 4661 << 8 | 3),
            }

    asyncio.run(scene())


def test_an_rvcd_dies_its_mscs_turn_to_the_other_and_it_comes_back() -> None:
    async def scene() -> None:
        told = Told()
        async with (
            listening(Transport.TALI) as psms,
            running(load_scenario("fig1"), Outside(to={EVERYBODY: psms.url}), told) as network,
        ):
            assert await ready(network, WITHIN_S)
            await network.do(Stopped("RVCD A"))
            assert not await ready(network, 0)
            await network.do(Heard("MSC A", OWNER))
            await until(lambda: told.has("MSC A", Kind.REGISTERED))
            assert len(psms.regnots) == 1
            await network.do(Started("RVCD A"))
            await network.do(Started("RVCD A"))
            await network.do(Stopped("RVCD B"))
            await network.do(Stopped("RVCD B"))
            told.clear()
            await network.do(Heard("MSC A", OWNER))
            await until(lambda: told.has("MSC A", Kind.REGISTERED))
            await until(lambda: len(psms.regnots) == 2)

    asyncio.run(scene())


def test_an_msc_that_is_dead_hears_nothing() -> None:
    async def scene() -> None:
        told = Told()
        async with running(load_scenario("fig6"), Outside(), told) as network:
            await network.do(Stopped("MSC A"))
            await network.do(Heard("MSC A", OWNER))
            await asyncio.sleep(0)
            assert told == []

    asyncio.run(scene())


def test_groups_go_into_the_spool(tmp_path: Path) -> None:
    scenario = load_scenario("fig6")
    rvcds = (scenario.rvcds[0].model_copy(update={"copies": Copies.GROUPS}),)
    scenario = scenario.model_copy(update={"rvcds": rvcds})

    async def scene() -> None:
        told = Told()
        outside = Outside(spools={"RVCD A": tmp_path})
        async with running(scenario, outside, told) as network:
            assert await ready(network, WITHIN_S)
            await network.do(Heard("MSC A", OWNER))
            await until(lambda: told.has("MSC A", Kind.REGISTERED))

    asyncio.run(scene())
    (group,) = tmp_path.iterdir()
    assert group.name == "20261122T120000Z.csv"
    assert "6145551234,82123456,4660-1" in group.read_text()


def test_groups_need_a_folder() -> None:
    with pytest.raises(ValueError, match="RVCD B writes groups"):
        Network(load_scenario("fig2"), Outside(), told=Told().append, clock_ms=lambda: 0, speed=1)


def test_the_hlr_takes_directives_from_outside() -> None:
    url = Url(Transport.TALI, Address(HOST, 0))

    async def scene() -> None:
        told = Told()
        async with running(load_scenario("fig6"), Outside(hlr=url), told) as network:
            wire = next(wire for wire in network.wires if wire.connecting == "PSMS")
            assert wire.address is not None
            heard = Remembers()
            connector = Connector(wire.address, link_maker(Transport.TALI, begins=True), heard)
            await connector.start()
            try:
                assert await ready(network, WITHIN_S)
                await network.do(Heard("MSC A", OWNER))
                await until(lambda: told.has("MSC A", Kind.REGISTERED))
                await until(lambda: heard.connections[0].link.is_open)
                assert heard.connections[0].send(directive(load_scenario("fig6")), Layer.MTP3)
                await until(lambda: heard.messages)
                await until(lambda: told.has("MSC A", Kind.DROPPED))
                answer = read(heard.messages[0], Layer.MTP3).tcap
                assert isinstance(answer, Package)
                assert isinstance((answer.components or ())[0], ReturnResult)
                await network.do(Heard("MSC C", OWNER))
                await until(lambda: told.has("MSC C", Kind.DENIED))
            finally:
                await connector.stop("the test ends", patience_s=0)

    asyncio.run(scene())


def directive(scenario: Scenario) -> bytes:
    """The suspension of the owner, as the PSMS sends it."""
    route = Route(
        layer=Layer.MTP3,
        called=SccpAddress(subsystem=6, point_code=scenario.hlr.point_code),
        calling=SccpAddress(subsystem=5, point_code=scenario.psms.point_code),
        dpc=scenario.hlr.point_code,
        opc=scenario.psms.point_code,
    )
    query = Package(
        package_type=PackageType.QUERY_WITH_PERMISSION,
        originating_id=9,
        components=(invoke_of(SUSPENSION),),
    )
    return route.write(query)


def test_a_relay_is_where_it_connects_and_where_it_listens() -> None:
    relay = Relay.of("127.0.0.1:7001,127.0.0.1:7501")
    assert (relay.connect.port, relay.listen.port) == (7001, 7501)
    with pytest.raises(ValueError, match="HOST:PORT"):
        Relay.of("127.0.0.1:7001")


def test_a_relay_stands_between_an_msc_and_its_rvcd() -> None:
    relays = {"MSC A>HLR": Relay(Address(HOST, 1), Address(HOST, 2))}
    with pytest.raises(ValueError, match="there is no link MSC A>HLR"):
        Network(
            load_scenario("fig6"),
            Outside(relays=relays),
            told=Told().append,
            clock_ms=lambda: 0,
            speed=1,
        )
