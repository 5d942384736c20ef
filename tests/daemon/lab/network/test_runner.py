"""One node on sockets: what cannot be sent is counted, what cannot be written is told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from clonewatch.lab.network.runner import End, Runner
from clonewatch.lab.nodes.groups import Groups
from clonewatch.lab.nodes.happenings import Happening, Kind, Phone
from clonewatch.links import Connection, Connector, Listener
from clonewatch.links.urls import Transport, link_maker
from far_ends import ANYWHERE
from is41.errors import DecodeError
from is41.layers import Layer
from is41.link import ProtocolViolated, RoundTripMeasured
from labwire import MSCS, OWNER, RVCD_A, msc, rvcd
from network import Remembers, until

if TYPE_CHECKING:
    from pathlib import Path

GROUP_MS: Final = 60_000


def ignored(_: Happening) -> None:
    """Nobody is to be told."""


def unconnected(end: End) -> Connection:
    return Connection(link_maker(Transport.TALI, begins=True), end)


def test_what_is_said_to_a_link_that_is_gone_is_counted() -> None:
    async def scene() -> None:
        runner = Runner(msc(MSCS[0]), ignored, lambda: 0)
        connection = unconnected(End(runner, "RVCD A", Layer.MTP3))
        runner.opened("RVCD A", Layer.MTP3, connection)
        runner.hear(OWNER)
        assert runner.messages_lost == 1
        runner.closed("RVCD A", unconnected(End(runner, "RVCD A", Layer.MTP3)))
        assert "RVCD A" in runner.station.links
        runner.closed("RVCD A", connection)
        assert "RVCD A" not in runner.station.links
        runner.kill()

    asyncio.run(scene())


def test_what_a_circuit_did_not_acknowledge_is_sent_again_over_the_next() -> None:
    async def scene() -> None:
        there = Remembers()  # acknowledges nothing by itself
        listener = Listener(ANYWHERE, link_maker(Transport.XOT, begins=False), there)
        await listener.start()
        runner = Runner(rvcd(RVCD_A), ignored, lambda: 0, repeats="PSMS")
        end = End(runner, "PSMS", Layer.TCAP)
        maker = link_maker(Transport.XOT, begins=True)
        connector = Connector(listener.where, maker, end, again_s_max=0.1)
        await connector.start()
        for connections in (1, 2, 3):
            await until(lambda: end.is_open and len(there.connections) == connections)  # noqa: B023
            if connections == 1:
                heard(runner, OWNER)
            await until(lambda: len(there.messages) == min(2, connections))  # noqa: B023
            if connections == 2:
                there.connections[-1].acknowledge(1)
            there.connections[-1].abort("killed")
            await until(lambda: len(there.lost) == connections)  # noqa: B023
        heard(runner, Phone("6145550010", 0x82000010))
        await until(lambda: len(there.messages) == 3)
        once, again, another = there.messages
        assert once == again != another
        for endpoint in (connector, listener):
            await endpoint.stop("the test is over", patience_s=1)
        runner.kill()

    asyncio.run(scene())


def heard(runner: Runner, phone: Phone) -> None:
    """Let an RVCD be told by MSC A of a phone."""
    sender = msc(MSCS[0])
    sender.link_opened("RVCD A", Layer.MTP3, 0.0)
    sender.register(phone, 0.0)
    message = sender.next_message()
    assert message is not None
    runner.receive("MSC A", message.octets, message.layer)
    runner.turn()


def test_a_dead_node_does_nothing() -> None:
    async def scene() -> None:
        told: list[Happening] = []
        runner = Runner(rvcd(RVCD_A), told.append, lambda: 0)
        runner.kill()
        runner.receive("MSC A", b"", Layer.MTP3)
        runner.turn()
        assert told == []
        assert runner.station.messages_received == 0

    asyncio.run(scene())


def test_a_neighbour_that_breaks_the_protocol_is_told_of() -> None:
    async def scene() -> None:
        told: list[Happening] = []
        runner = Runner(rvcd(RVCD_A), told.append, lambda: 0)
        end = End(runner, "MSC A", Layer.MTP3)
        error = DecodeError("no sync", what="tali", field="sync", clause="RFC 3094")
        end.received(unconnected(end), ProtocolViolated(error))
        end.received(unconnected(end), RoundTripMeasured(0.1))
        assert [(each.node, each.kind) for each in told] == [("RVCD A", Kind.REFUSED)]
        assert "no sync" in told[0].detail
        runner.kill()

    asyncio.run(scene())


def test_groups_are_turned_by_the_clock_without_any_copy(tmp_path: Path) -> None:
    async def scene() -> None:
        now_ms = [GROUP_MS - 20]
        groups = Groups(tmp_path, GROUP_MS)
        runner = Runner(rvcd(RVCD_A), ignored, lambda: now_ms[0], groups)
        runner.turn()
        now_ms[0] = GROUP_MS
        async with asyncio.timeout(10):
            while not groups.groups_written:  # noqa: ASYNC110  # the runner's own timer does it
                await asyncio.sleep(0.005)
        runner.kill()

    asyncio.run(scene())


def test_a_spool_that_is_gone_is_told_of(tmp_path: Path) -> None:
    async def scene() -> None:
        told: list[Happening] = []
        now_ms = [0]
        groups = Groups(tmp_path / "gone", GROUP_MS)
        runner = Runner(rvcd(RVCD_A), told.append, lambda: now_ms[0], groups)
        runner.turn()
        now_ms[0] = GROUP_MS
        runner.turn()
        assert [each.kind for each in told] == [Kind.REFUSED]
        assert "No such file" in told[0].detail
        runner.kill()

    asyncio.run(scene())
