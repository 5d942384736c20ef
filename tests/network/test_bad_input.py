"""Far ends that do what they must not: refused, counted, and no other link touched."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest
import structlog
from structlog.testing import capture_logs

from clonewatch.links import Listener
from clonewatch.links.urls import Transport, link_maker
from clonewatch.live.intake import Intake
from clonewatch.live.lines import Counts
from clonewatch.live.telling import values_of
from clonewatch.roles.receiver import Receiver
from daemons import MAKERS, daemon, link, sender
from far_ends import ANYWHERE, joined
from is41.layers import Layer
from is41.tali.codes import Opcode
from is41.tali.messages import Message
from live import MSCS, bench, regnot
from network import HOST, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from clonewatch.app import App
    from network import FarEnd

ALLO: Final = Message(Opcode.ALLO).encode()


class Bad(NamedTuple):
    """What a far end says, and what it gets back: these octets, the end, or both."""

    transport: str
    octets: bytes
    back: bytes = b""
    ends: bool = True


BAD: Final = {
    "no TALI": Bad("tali", b"GET / HTTP/1.1\r\n\r\n"),
    "no M3UA": Bad("m3ua", bytes.fromhex("02 00 03 01 00000008"), bytes.fromhex("01 00 00 00")),
    "no XOT": Bad("xot", bytes.fromhex("0001 0003 10000B")),
    "a TALI message without end": Bad("tali", b"TALIsccp\xff\xff" + bytes(64)),
    "an M3UA message without end": Bad("m3ua", bytes.fromhex("01 00 03 01 FFFFFFF0")),
    "an M3UA message without beginning": Bad("m3ua", bytes.fromhex("01 00 03 01 00000000")),
    "a packet without end": Bad("xot", bytes.fromhex("0000 FFFF 10000B")),
    "a packet without beginning": Bad("xot", bytes.fromhex("0000 0000")),
    "a REGNOT before allo": Bad("tali", Message(Opcode.SCCP, regnot()).encode()),
    "DATA before ASP Up": Bad(
        "m3ua", bytes.fromhex("01 00 01 01 00000008"), bytes.fromhex("01 00 00 00"), ends=False
    ),
    "data before a call": Bad("xot", bytes.fromhex("0000 0004 100100 E2"), ends=False),
}


@asynccontextmanager
async def beside(folder: Path, *lines: str) -> AsyncIterator[tuple[App, FarEnd]]:
    """A daemon with a link of each kind, and a far end on another link, whom nothing touches."""
    tables = [link(transport, transport, *lines) for transport in MAKERS]
    async with daemon(folder, link("good"), *tables) as app, sender(app, "good") as far_end:
        yield app, far_end
        before = app.judge.registrations
        assert far_end.connection.send(regnot(transaction_id=before), Layer.SCCP)
        await until(lambda: app.judge.registrations == before + 1)
        assert not far_end.lost


def port(app: App, name: str) -> int:
    return app.links.links[name].endpoint.where.port


def faults(app: App, name: str) -> int:
    """How often a link's far ends were at fault."""
    handler = app.links.links[name].handler
    assert isinstance(handler, Receiver)
    told = values_of(app)["protocol_violations"]
    assert isinstance(told, Mapping)
    assert told[name] == handler.link_counts.violations
    return handler.link_counts.violations + handler.link_counts.refused.total()


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_what_breaks_the_protocol_is_refused_counted_and_kept(tmp_path: Path, bad: Bad) -> None:
    async def main() -> None:
        async with beside(tmp_path) as (app, _):
            reader, writer = await asyncio.open_connection(HOST, port(app, bad.transport))
            writer.write(bad.octets)
            said = b""
            if bad.ends:
                said = await reader.read()
            elif bad.back:
                said = await reader.readuntil(bad.back)
            assert bad.back in said
            await until(lambda: faults(app, bad.transport) == 1)
            writer.close()
            await until(lambda: not app.links.links[bad.transport].endpoint.ends.open)
            assert app.judge.registrations == 0

    asyncio.run(main())
    refused = (tmp_path / "state" / "refused.pcap").read_bytes()
    assert bad.octets in refused
    assert f"{bad.transport}: ".encode() in refused


def test_a_flood_of_connections_fills_one_link_only(tmp_path: Path) -> None:
    async def main() -> None:
        async with beside(tmp_path, "connections_max = 4") as (app, _):
            endpoint = app.links.links["tali"].endpoint
            flood = [await asyncio.open_connection(HOST, port(app, "tali")) for _ in range(30)]
            await until(lambda: endpoint.connections_refused == 26)
            assert len(endpoint.ends.open) == 4
            for _, writer in flood:
                writer.close()
            await until(lambda: not endpoint.ends.open)

    asyncio.run(main())


def test_a_flood_of_messages_lets_others_have_their_turn(tmp_path: Path) -> None:
    messages = 30_000

    async def main() -> None:
        async with beside(tmp_path) as (app, far_end):
            handler = app.links.links["tali"].handler
            assert isinstance(handler, Receiver)
            _, writer = await asyncio.open_connection(HOST, port(app, "tali"))
            writer.write(ALLO + Message(Opcode.MGMT, b"").encode() * messages)
            await until(lambda: handler.link_counts.skipped)
            assert far_end.connection.send(regnot(transaction_id=77), Layer.SCCP)
            await until(lambda: app.judge.registrations)
            assert handler.link_counts.skipped < messages / 2
            writer.transport.abort()
            await until(lambda: not handler.lines)

    asyncio.run(main())


async def left(folder: Path, transport: str, octets: bytes) -> None:
    """Say *octets*, one after another, until we are left; another link goes on."""
    with bench(folder) as of:
        intake = Intake(MSCS, of.judge)
        slow, good = (
            Receiver(intake, source, Counts(), structlog.get_logger()) for source in (1, 2)
        )
        slow.open()
        good.open()
        make_link = link_maker(Transport(transport), begins=False)
        listener = Listener(ANYWHERE, make_link, slow, patience_s=0.05)
        async with joined(good) as far_end:
            await listener.start()
            reader, writer = await asyncio.open_connection(HOST, listener.where.port)
            told = asyncio.create_task(reader.read())
            writer.write(octets[:-100])
            for octet in octets[-100:]:
                await asyncio.wait([told], timeout=0.01)
                if told.done():
                    break
                writer.write(bytes([octet]))
            await until(lambda: not slow.lines)
            assert of.judge.registrations == 0
            assert far_end.connection.send(regnot(), Layer.SCCP)
            await until(lambda: of.judge.registrations == 1)
            writer.close()
            with suppress(ConnectionResetError):  # what had come too late was read by nobody
                await told
            await listener.stop("the test is over", patience_s=1)


@pytest.mark.parametrize("transport", MAKERS)
def test_who_is_connected_and_says_nothing_is_left(tmp_path: Path, transport: str) -> None:
    asyncio.run(left(tmp_path, transport, b""))


@pytest.mark.parametrize("transport", MAKERS)
def test_who_says_a_little_of_a_message_now_and_then_is_left(
    tmp_path: Path, transport: str
) -> None:
    begun = {
        "tali": ALLO + Message(Opcode.SCCP, b"\x09" * 120).encode()[:-1],
        "m3ua": bytes.fromhex("01 00 03 01 00000200") + bytes(120),
        "xot": bytes.fromhex("0000 0200") + bytes(120),
    }
    with capture_logs() as logs:
        asyncio.run(left(tmp_path, transport, begun[transport]))
    (ended,) = [line for line in logs if "waited" in line.get("reason", "")]
    assert ended["event"] == "link_disconnected"
