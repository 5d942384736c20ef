"""A daemon beside the lab's network, both in the test's own loop, joined by real sockets."""

from __future__ import annotations

import re
import socket
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from clonewatch.addresses import Address
from clonewatch.app import App
from clonewatch.lab.daemonfiles import write_daemon_files
from clonewatch.lab.network.network import Network, Outside
from clonewatch.lab.network.play import ready
from clonewatch.lab.nodes.happenings import Happening, Kind, Phone
from clonewatch.lab.timeline import Heard
from clonewatch.links.urls import Transport, Url
from clonewatch.settings import read
from clonewatch.store.tables import clone_records
from is41.msid import msid_digits
from network import HOST, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from clonewatch.lab.scenario import Scenario

WITHIN_S: Final = 20.0


@dataclass
class Both:
    """The network and the daemon, and what happened in the one."""

    network: Network
    app: App
    happenings: list[Happening] = field(default_factory=list)

    async def hear(self, msc: str, phone: Phone) -> Kind:
        """Let a phone be heard; what its MSC learns."""
        before = len(self.happenings)
        await self.network.do(Heard(msc, phone))

        def told() -> list[Kind]:
            return [
                each.kind
                for each in self.happenings[before:]
                if each.node == msc and each.phone == phone and each.kind is not Kind.REROUTED
            ]

        await until(told)
        return told()[0]

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


def _clock_ms() -> int:
    return time.time_ns() // 1_000_000


@asynccontextmanager
async def beside(
    folder: Path, scenario: Scenario, transport: Transport, speed: float = 1.0
) -> AsyncIterator[Both]:
    """A network whose RVCDs and MSCs reach a daemon, and whose HLR the daemon reaches."""
    write_daemon_files(folder, scenario, speed, transport, 7001)
    path = folder / "clonewatch.toml"
    sockets: dict[str, list[socket.socket]] = {}

    def bound(match: re.Match[str]) -> str:
        sockets[match[1]] = [socket.create_server((HOST, 0))]
        return match[0].replace(match[2], f'listen = "systemd:{match[1]}"')

    listens = re.compile(r'name = "([^"]+)"\ntransport = "[a-z0-9]+"\n(listen = "[^"]+")')
    text = listens.sub(bound, path.read_text())
    happenings: list[Happening] = []
    outside = Outside(
        to={
            node.name: Url(transport, Address(HOST, sockets[word][0].getsockname()[1]))
            for node in (*scenario.rvcds, *scenario.mscs)
            if (word := node.name.lower().replace(" ", "-")) in sockets
        },
        spools={rvcd.name: folder / rvcd.name.lower().replace(" ", "-") for rvcd in scenario.rvcds},
        hlr=Url(transport, Address(HOST, 0)),
    )
    network = Network(scenario, outside, told=happenings.append, clock_ms=_clock_ms, speed=speed)
    async with AsyncExitStack() as stack:
        for (each,) in sockets.values():
            stack.enter_context(each)
        stack.push_async_callback(network.stop)
        await network.start()
        hlr = next(wire.address for wire in network.wires if wire.connecting == "PSMS")
        path.write_text(re.sub(r'connect = "[^"]+"', f'connect = "{hlr}"', text))
        app = App(read(path), sockets)
        stack.push_async_callback(app.stop, "the test is over")
        await app.start()
        assert await ready(network, WITHIN_S)
        yield Both(network, app, happenings)
