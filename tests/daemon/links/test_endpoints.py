"""Connections waited for and made, over real sockets."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from clonewatch.addresses import Address
from clonewatch.links import Connector, Listener, Peers
from clonewatch.links.endpoints import BACKOFF_MAX_S, BACKOFF_S, backoff_s
from is41.layers import Layer
from is41.tali.link import Link
from network import HOST, Remembers, certificate, until

if TYPE_CHECKING:
    from pathlib import Path

    from clonewatch.links import Connection
    from is41.link import Link as AnyLink

ANYWHERE = Address(HOST, 0)


def tali(now: float) -> AnyLink:
    return Link(now, allowed=True)


async def is_turned_away(listener: Listener) -> bool:
    """Whether a new far end is disconnected without a word."""
    reader, writer = await asyncio.open_connection(HOST, listener.where.port)
    octets = await reader.read()
    writer.close()
    return not octets


def test_a_connector_and_a_listener_meet_and_meet_again() -> None:
    async def main() -> None:
        here, there = Remembers(), Remembers()
        listener = Listener(ANYWHERE, tali, there)
        await listener.start()
        assert listener.where.port
        connector = Connector(listener.where, tali, here, jitter=lambda: 1.0)
        await connector.start()
        await until(lambda: here.connections and here.connections[0].link.is_open)
        there.connections[0].abort("a cut line")
        await until(lambda: len(here.connections) == 2 and here.connections[1].link.is_open)
        assert here.connections[1].send(b"\x09met again ...", Layer.SCCP)
        await until(lambda: there.messages)
        assert (listener.ends.opened, connector.ends.opened) == (2, 2)
        await connector.stop("the test is over", patience_s=5)
        await until(lambda: not listener.ends.open)
        await listener.stop("the test is over", patience_s=5)
        assert not connector.ends.open
        assert here.lost[-1] == "the test is over"

    asyncio.run(main())


def test_a_connector_that_finds_nobody_says_so_and_goes_on() -> None:
    async def main() -> None:
        with socket.create_server((HOST, 0)) as nobody:
            port = nobody.getsockname()[1]
        told: list[str] = []
        there = Remembers()
        connector = Connector(
            Address(HOST, port), tali, Remembers(), failed=told.append, jitter=lambda: 1.0
        )
        await connector.start()
        await until(lambda: told)
        listener = Listener(Address(HOST, port), tali, there)
        await listener.start()
        await until(lambda: there.connections)
        assert connector.connections_refused >= 1
        await connector.stop("over", patience_s=5)
        await listener.stop("over", patience_s=5)

    asyncio.run(main())


def test_strangers_and_too_many_are_refused() -> None:
    async def main() -> None:
        there, told = Remembers(), []
        strict = Listener(
            ANYWHERE, tali, there, peers=Peers(["192.0.2.1"]), refused=lambda *why: told.append(why)
        )
        small = Listener(
            ANYWHERE, tali, there, connections_max=1, refused=lambda *why: told.append(why)
        )
        await strict.start()
        await small.start()
        assert await is_turned_away(strict)
        assert told[0][1] == "not among the peers of this link"
        _, first = await asyncio.open_connection(HOST, small.where.port)
        await until(lambda: there.connections)
        assert await is_turned_away(small)
        assert told[1][1] == "1 connections already"
        assert (strict.connections_refused, small.connections_refused) == (1, 1)
        first.close()
        await until(lambda: not small.ends.open)
        _, again = await asyncio.open_connection(HOST, small.where.port)
        await until(lambda: small.ends.open)
        again.close()
        await strict.stop("over", patience_s=5)
        await small.stop("over", patience_s=5)

    asyncio.run(main())


def test_a_listener_takes_sockets_that_are_bound_already() -> None:
    async def main() -> None:
        with socket.create_server((HOST, 0)) as one, socket.create_server((HOST, 0)) as other:
            for sock in (one, other, one):  # what was bound elsewhere outlives a listener
                listener = Listener(ANYWHERE, tali, Remembers(), sockets=[one, other])
                await listener.start()
                assert listener.where.port == one.getsockname()[1]
                _, writer = await asyncio.open_connection(*sock.getsockname())
                await until(lambda: listener.ends.open)  # noqa: B023
                writer.close()
                await listener.stop("over", patience_s=5)

    asyncio.run(main())


def test_stopping_does_not_wait_for_ever_for_a_silent_far_end() -> None:
    async def main() -> None:
        there = Remembers()
        listener = Listener(ANYWHERE, tali, there)
        await listener.start()
        _, writer = await asyncio.open_connection(HOST, listener.where.port)
        await until(lambda: there.connections)
        await listener.stop("over", patience_s=0.05)
        assert there.lost == ["over"]
        writer.close()

    asyncio.run(main())


def context(purpose: ssl.Purpose, own: tuple[Path, Path], trusted: Path) -> ssl.SSLContext:
    made = ssl.create_default_context(purpose, cafile=str(trusted))
    made.load_cert_chain(*own)
    made.verify_mode = ssl.CERT_REQUIRED
    return made


def test_tls_admits_those_with_a_certificate_only(tmp_path: Path) -> None:
    ours, theirs, stranger = (
        certificate(tmp_path, name) for name in ("ours", "theirs", "stranger")
    )

    async def main() -> None:
        there, here = Remembers(), Remembers()
        server = context(ssl.Purpose.CLIENT_AUTH, ours, theirs[0])
        listener = Listener(ANYWHERE, tali, there, tls=server)
        await listener.start()
        known = Connector(
            listener.where, tali, here, tls=context(ssl.Purpose.SERVER_AUTH, theirs, ours[0])
        )
        await known.start()
        await until(lambda: here.connections and here.connections[0].link.is_open)
        assert here.connections[0].send(b"\x09a secret ....", Layer.SCCP)
        await until(lambda: there.messages == [b"\x09a secret ...."])
        unknown = Connector(
            listener.where,
            tali,
            Remembers(),
            tls=context(ssl.Purpose.SERVER_AUTH, stranger, ours[0]),
        )
        await unknown.start()
        await asyncio.sleep(0.2)
        assert len(there.connections) == 1
        for endpoint in (known, unknown, listener):
            await endpoint.stop("over", patience_s=5)

    asyncio.run(main())


@given(tries=st.integers(0, 10_000), jitter=st.floats(0, 1))
def test_tries_come_ever_less_often_but_come(tries: int, jitter: float) -> None:
    assert BACKOFF_S / 2 <= backoff_s(tries, jitter) <= BACKOFF_MAX_S
    assert backoff_s(tries, jitter) <= backoff_s(tries + 1, jitter)
    assert backoff_s(tries, jitter, 0.7) <= 0.7


def test_a_handler_that_fails_keeps_nobody_from_ending() -> None:
    class Fails(Remembers):
        def disconnected(self, connection: Connection, reason: str) -> None:
            super().disconnected(connection, reason)
            raise ZeroDivisionError

    async def main() -> None:
        told: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
        there = Fails()
        listener = Listener(ANYWHERE, tali, there)
        await listener.start()
        _, writer = await asyncio.open_connection(HOST, listener.where.port)
        await until(lambda: there.connections)
        async with asyncio.timeout(5):
            await listener.stop("the test is over", patience_s=0.01)
        assert [type(each["exception"]) for each in told] == [ZeroDivisionError]
        writer.close()

    asyncio.run(main())
