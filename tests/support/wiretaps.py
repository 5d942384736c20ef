"""Somebody in the middle of a TCP connection, who keeps every octet that passes."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from clonewatch.addresses import Address
from network import HOST

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PIECE_OCTETS = 1 << 16


class Wiretap:
    """Passes on what comes from who connects to it, and from *target*.

    *heard*: both ways of each connection, in the order of the connections.
    """

    def __init__(self, target: Address) -> None:
        self.heard: list[tuple[bytearray, bytearray]] = []
        self._target = target
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> Address:
        """Listen; where."""
        self._server = await asyncio.start_server(self._connected, HOST, 0)
        return Address(HOST, self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Leave nothing behind."""
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        there, back = bytearray(), bytearray()
        self.heard.append((there, back))
        with suppress(OSError, asyncio.CancelledError):
            far_reader, far_writer = await asyncio.open_connection(
                self._target.host, self._target.port
            )
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(_passed(reader, far_writer, there))
                    group.create_task(_passed(far_reader, writer, back))
            finally:
                far_writer.close()
        writer.close()


async def _passed(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: bytearray
) -> None:
    """Pass octets on, and their end."""
    with suppress(OSError):
        while octets := await reader.read(PIECE_OCTETS):
            heard.extend(octets)
            writer.write(octets)
            await writer.drain()
        writer.write_eof()


class Wiretaps:
    """On both sides of relays, by name."""

    def __init__(self) -> None:
        self.of: dict[str, list[Wiretap]] = {}

    async def on(self, name: str, target: Address) -> Address:
        """Tap another side of a relay; where who wanted to reach *target* is to connect."""
        tap = Wiretap(target)
        self.of.setdefault(name, []).append(tap)
        return await tap.start()


@asynccontextmanager
async def wiretaps() -> AsyncIterator[Wiretaps]:
    """None at first."""
    taps = Wiretaps()
    try:
        yield taps
    finally:
        for some in taps.of.values():
            for tap in some:
                await tap.stop()
