"""Where far ends come in, or not; test_endpoints has the rest."""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
from pathlib import Path
from typing import Any

import pytest

from clonewatch.addresses import Address
from clonewatch.links.door import BACKLOG, Door
from network import HOST, certificate, until


def server_context(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """For the door, and for those who trust its certificate alone."""
    own, key = certificate(folder, name)
    door = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    door.load_cert_chain(own, key)
    return door, ssl.create_default_context(cafile=str(own))


def door_to(inside: list[asyncio.Transport], port: int = 0, **options: Any) -> Door:
    """One that lets everybody in."""
    return Door(
        Address(HOST, port),
        welcome=inside.append,
        inside=lambda: len(inside),
        refused=lambda _peer, _why: None,
        **options,
    )


def test_other_certificates_are_shown_to_those_to_come(tmp_path: Path) -> None:
    async def main() -> None:
        inside: list[asyncio.Transport] = []
        old, trusts_old = server_context(tmp_path, "old")
        new, trusts_new = server_context(tmp_path, "new")
        door = door_to(inside, tls=old)
        await door.open()
        port = door.where.port
        _, first = await asyncio.open_connection(HOST, port, ssl=trusts_old)
        await door.use_tls(new)
        assert door.where.port == port
        _, second = await asyncio.open_connection(HOST, port, ssl=trusts_new)
        await until(lambda: len(inside) == 2)
        assert not inside[0].is_closing()
        for writer in (first, second):
            writer.close()
        for transport in inside:
            transport.abort()
        door.close()
        await asyncio.sleep(0.05)

    asyncio.run(main())


def test_an_address_that_is_taken_is_named() -> None:
    async def main() -> None:
        first = door_to([])
        await first.open()
        second = door_to([], first.where.port)
        with pytest.raises(OSError, match=f"{HOST}:{first.where.port}: Address already in use"):
            await second.open()
        first.close()

    asyncio.run(main())


def descriptors() -> int:
    """How many this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_socket_that_cannot_be_served_leaves_none_open() -> None:
    async def main() -> None:
        with (
            socket.create_server((HOST, 0)) as good,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bad,
        ):
            door = door_to([], sockets=[good, bad])
            before = descriptors()
            with pytest.raises(ValueError, match="Stream Socket"):
                await door.open()
            await asyncio.sleep(0)  # a server closes its socket in the loop
            assert descriptors() == before

    asyncio.run(main())


def test_certificates_that_cannot_be_served_leave_the_door_open(tmp_path: Path) -> None:
    async def main() -> None:
        inside: list[asyncio.Transport] = []
        context, trusts = server_context(tmp_path, "only")
        door = door_to(inside, tls=context)
        await door.open()
        with pytest.raises(TypeError, match="SSLContext"):
            await door.use_tls(True)  # type: ignore[arg-type]
        _, writer = await asyncio.open_connection(HOST, door.where.port, ssl=trusts)
        await until(lambda: inside)
        writer.close()
        inside[0].abort()
        door.close()
        await asyncio.sleep(0.05)

    asyncio.run(main())


def test_a_socket_that_was_passed_keeps_a_long_queue() -> None:
    async def main() -> None:
        with socket.create_server((HOST, 0), backlog=BACKLOG) as passed:
            door = door_to([], sockets=[passed])
            await door.open()
            # Of a socket that listens, Linux tells the queue's room as tcpi_sacked, at octet 28.
            told = passed.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 32)
            assert int.from_bytes(told[28:32], sys.byteorder) == BACKLOG
            door.close()

    asyncio.run(main())
