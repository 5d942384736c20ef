"""A daemon beside the lab's network, joined by real sockets; the network in the test's own loop."""

from __future__ import annotations

import re
import socket
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import select

from clonewatch.addresses import Address
from clonewatch.app import App
from clonewatch.lab.daemonfiles import write_daemon_files
from clonewatch.lab.network.network import Network, Outside, Relay, relay_name
from clonewatch.lab.network.play import ready
from clonewatch.lab.nodes.happenings import Happening, Kind, Phone
from clonewatch.lab.timeline import Heard
from clonewatch.links.urls import Transport, Url
from clonewatch.settings import read
from clonewatch.store.tables import clone_records
from is41.msid import msid_digits
from network import HOST, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from clonewatch.lab.scenario import Scenario
    from wiretaps import Wiretaps

WITHIN_S: Final = 20.0
AGAIN_S_MAX: Final = 0.5  # so that nobody has to wait for a daemon that is there again
ANSWERS: Final = {Kind.REGISTERED, Kind.DENIED, Kind.FAILED}


@dataclass
class Place:
    """The network, what happened in it, and what a daemon beside it needs.

    *sockets*, by the names of the links, are where the daemon listens.
    """

    network: Network
    configuration: Path
    sockets: dict[str, socket.socket]
    happenings: list[Happening]

    async def hear(self, msc: str, phone: Phone) -> Kind:
        """Let a phone be heard; what its MSC learns."""
        before = len(self.happenings)
        await self.network.do(Heard(msc, phone))

        def told() -> list[Kind]:
            return [
                each.kind
                for each in self.happenings[before:]
                if each.node == msc and each.phone == phone and each.kind in ANSWERS
            ]

        await until(told)
        return told()[0]


@dataclass
class Both(Place):
    """The network and the daemon."""

    app: App

    def counts(self) -> dict[str, int]:
        """The detector's."""
        assert self.app.judge.detector is not None
        return self.app.judge.detector.counts

    def clones(self) -> list[tuple[str, str, str]]:
        """MIN and both MSCs of each clone record in the store, superseded ones left out."""
        self.app.record.flush()
        self.app.judge.kept()
        self.app.store.flush()
        with self.app.store.read() as connection:
            rows = connection.execute(
                select(clone_records).where(clone_records.c.superseded.is_(False))
            ).all()
        return sorted((msid_digits(row.msid), row.first_msc, row.second_msc) for row in rows)


def _word(name: str) -> str:
    """What the daemon's configuration calls a node."""
    return name.lower().replace(" ", "-")


def _clock_ms() -> int:
    return time.time_ns() // 1_000_000


@asynccontextmanager
async def beside(
    folder: Path,
    scenario: Scenario,
    transport: Transport,
    *,
    relay: bool = False,
    taps: Wiretaps | None = None,
    further: str = "",
) -> AsyncIterator[Both]:
    """A daemon in the test's own loop, too.

    *further*: tables of the daemon's configuration; with any, its mode is `active`.
    """
    placing = placed(folder, scenario, transport, relay=relay, taps=taps, further=further)
    async with placing as place:
        path = place.configuration
        if further:
            path.write_text(path.read_text().replace('mode = "test"', 'mode = "active"'))
        app = App(read(path), {name: [each] for name, each in place.sockets.items()})
        try:
            await app.start()
            assert await ready(place.network, WITHIN_S)
            yield Both(place.network, path, place.sockets, place.happenings, app)
        finally:
            await app.stop("the test is over")


@asynccontextmanager
async def placed(
    folder: Path,
    scenario: Scenario,
    transport: Transport,
    *,
    speed: float = 1.0,
    relay: bool = False,
    taps: Wiretaps | None = None,
    suspension: Literal["propose", "auto"] | None = None,
    further: str = "",
) -> AsyncIterator[Place]:
    """A network whose RVCDs and MSCs reach a daemon that is to be, and whose HLR it is to reach.

    *speed* is that of the daemon's tables. *taps* are put on both sides of each relay.
    """
    write_daemon_files(
        folder,
        scenario,
        speed,
        transport,
        7001,
        relay=relay,
        suspension=suspension,
        further=further,
    )
    path = folder / "clonewatch.toml"
    sockets = _listening(path)
    where = {name: Address(*each.getsockname()) for name, each in sockets.items()}
    if taps is not None:
        where = {name: await taps.on(name, each) for name, each in where.items()}
    happenings: list[Happening] = []
    network = Network(
        scenario,
        _outside(scenario, transport, where, folder),
        told=happenings.append,
        clock_ms=_clock_ms,
        speed=1,
        again_s_max=AGAIN_S_MAX,
    )
    async with AsyncExitStack() as stack:
        for each in sockets.values():
            stack.enter_context(each)
        stack.push_async_callback(network.stop)
        await network.start()
        there = {
            f"{_word(wire.connecting)}.{_word(wire.listening)}": wire.address
            for wire in network.wires
            if wire.address is not None
        }
        if taps is not None:
            there |= {name: await taps.on(name, there[name]) for name in where}
        _connecting(path, there | {"hlr": there["psms.hlr"]})
        yield Place(network, path, sockets, happenings)


def _listening(path: Path) -> dict[str, socket.socket]:
    """Sockets for all links of a configuration that listen, which now says so."""
    sockets: dict[str, socket.socket] = {}

    def bound(match: re.Match[str]) -> str:
        sockets[match[1]] = socket.create_server((HOST, 0))
        return match[0].replace(match[2], f'listen = "systemd:{match[1]}"')

    listens = re.compile(r'name = "([^"]+)"\ntransport = "[a-z0-9]+"\n(listen = "[^"]+")')
    path.write_text(listens.sub(bound, path.read_text()))
    return sockets


def _connecting(path: Path, there: Mapping[str, Address]) -> None:
    """Let all links of a configuration that connect do so to where somebody listens."""
    connects = re.compile(r'name = "([^"]+)"\n(transport = .+(?:\n\w+ = .+)*?)\nconnect = "[^"]+"')
    text = path.read_text()
    text = connects.sub(lambda m: f'name = "{m[1]}"\n{m[2]}\nconnect = "{there[m[1]]}"', text)
    path.write_text(text)


def _outside(
    scenario: Scenario, transport: Transport, where: Mapping[str, Address], folder: Path
) -> Outside:
    """How the network reaches the daemon, whose links listen there."""
    return Outside(
        relays={
            relay_name(msc.name, to): Relay(where[word], Address(HOST, 0))
            for msc in scenario.mscs
            for to in msc.sends_to
            if (word := f"{_word(msc.name)}.{_word(to)}") in where
        },
        to={
            node.name: Url(transport, where[word])
            for node in (*scenario.rvcds, *scenario.mscs)
            if (word := _word(node.name)) in where
        },
        spools={rvcd.name: folder / _word(rvcd.name) for rvcd in scenario.rvcds},
        hlr=Url(transport, Address(HOST, 0)),
    )
