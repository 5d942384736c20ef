"""Where connections come from: one is waited for, or one is made, again and again."""

from __future__ import annotations

import asyncio
import contextlib
import random
from typing import TYPE_CHECKING, Final, Protocol

from clonewatch.addresses import Address

from .connection import Connection, peer_text
from .peers import Peers

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Callable

    from is41.link import Link

    from .connection import Handler

CONNECTIONS_MAX: Final = 1024  # of a listener, unless told otherwise
CONNECT_TIMEOUT_S: Final = 10.0
BACKOFF_S: Final = 0.5  # before the second try; doubles up to BACKOFF_MAX_S
BACKOFF_MAX_S: Final = 30.0
STEADY_S: Final = 10.0  # a connection that held so long was a good one: begin with BACKOFF_S again
TLS_SHUTDOWN_TIMEOUT_S: Final = 2.0


class Endpoint(Protocol):
    """What makes connections."""

    connections: set[Connection]
    connections_refused: int
    connections_opened: int

    async def start(self) -> None:
        """Begin. Raises OSError where the address cannot be used."""

    async def stop(self, why: str, *, patience_s: float) -> None:
        """End all connections as their protocol asks, and those that take too long at once."""


class _Endpoint:
    def __init__(
        self,
        make_link: Callable[[float], Link],
        handler: Handler,
        tls: ssl.SSLContext | None,
    ) -> None:
        self.connections: set[Connection] = set()
        self.connections_refused = 0
        self.connections_opened = 0
        self._make_link = make_link
        self._handler = handler
        self._tls = tls
        self._ended = asyncio.Event()  # set whenever a connection is over

    def use_tls(self, tls: ssl.SSLContext | None) -> None:
        """Use other certificates for the connections to come."""
        self._tls = tls

    def _connection(self) -> Connection:
        return Connection(self._make_link, self._handler, ended=self._end)

    def _end(self, connection: Connection) -> None:
        self.connections.discard(connection)
        self._ended.set()

    async def _close(self, why: str, patience_s: float) -> None:
        for connection in list(self.connections):
            connection.close(why)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                await self._all_ended()
        for connection in list(self.connections):
            connection.abort(why)
        await self._all_ended()

    async def _all_ended(self) -> None:
        while self.connections:
            self._ended.clear()
            await self._ended.wait()


class _Guard(asyncio.BufferedProtocol):
    """Lets a far end in, or not, before any link is made for it."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Admit or refuse."""
        assert isinstance(transport, asyncio.Transport)
        self._listener.let_in(transport)

    def get_buffer(self, sizehint: int) -> bytearray:
        """Nothing is taken from those who are refused."""
        return bytearray(max(1, sizehint))


class Listener(_Endpoint):
    """Waits for far ends at *where*, or on *sock*, which somebody else has bound."""

    def __init__(
        self,
        where: Address,
        make_link: Callable[[float], Link],
        handler: Handler,
        *,
        sock: socket.socket | None = None,
        peers: Peers | None = None,
        connections_max: int = CONNECTIONS_MAX,
        tls: ssl.SSLContext | None = None,
        refused: Callable[[str, str], None] = lambda _peer, _why: None,
    ) -> None:
        super().__init__(make_link, handler, tls)
        self.where = where
        self._sock = sock
        self._peers = peers or Peers()
        self._connections_max = connections_max
        self._refused = refused
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen. Raises OSError."""
        loop = asyncio.get_running_loop()
        timeout = TLS_SHUTDOWN_TIMEOUT_S if self._tls else None

        def guard() -> _Guard:
            return _Guard(self)

        if self._sock is not None:
            self._server = await loop.create_server(
                guard, sock=self._sock, ssl=self._tls, ssl_shutdown_timeout=timeout
            )
        else:
            self._server = await loop.create_server(
                guard,
                self.where.host,
                self.where.port,
                ssl=self._tls,
                ssl_shutdown_timeout=timeout,
                reuse_address=True,
            )
        name = self._server.sockets[0].getsockname()
        if isinstance(name, tuple):
            self.where = Address(self.where.host, name[1])

    def let_in(self, transport: asyncio.Transport) -> None:
        """Make a connection of a far end that may connect; refuse any other."""
        peer = peer_text(transport)
        name = transport.get_extra_info("peername")
        if isinstance(name, tuple) and not self._peers.admit(name[0]):
            self._refuse(transport, peer, "not among the peers of this link")
        elif len(self.connections) >= self._connections_max:
            self._refuse(transport, peer, f"{self._connections_max} connections already")
        else:
            connection = self._connection()
            self.connections.add(connection)
            self.connections_opened += 1
            transport.set_protocol(connection)
            connection.connection_made(transport)

    async def stop(self, why: str, *, patience_s: float) -> None:
        """Listen no more, and end all connections."""
        if self._server is not None:
            self._server.close()
        await self._close(why, patience_s)
        if self._server is not None:
            await self._server.wait_closed()

    def _refuse(self, transport: asyncio.Transport, peer: str, why: str) -> None:
        self.connections_refused += 1
        self._refused(peer, why)
        transport.abort()


class Connector(_Endpoint):
    """Connects to *where*, and again whenever the connection is lost.

    *failed* is told of each try that failed.
    """

    def __init__(
        self,
        where: Address,
        make_link: Callable[[float], Link],
        handler: Handler,
        *,
        tls: ssl.SSLContext | None = None,
        failed: Callable[[str], None] = lambda _: None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        super().__init__(make_link, handler, tls)
        self.where = where
        self._failed = failed
        self._jitter = jitter
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to connect."""
        self._task = asyncio.create_task(self._run(), name=f"connect {self.where}")

    async def stop(self, why: str, *, patience_s: float) -> None:
        """Connect no more, and end the connection."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._close(why, patience_s)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        tries = 0
        while True:
            begun = loop.time()
            if await self._connected():
                await self._all_ended()
            tries = 0 if loop.time() - begun > STEADY_S else tries + 1
            await asyncio.sleep(backoff_s(tries, self._jitter()))

    async def _connected(self) -> bool:
        """Try once; whether it worked."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                _, connection = await loop.create_connection(
                    self._connection,
                    self.where.host,
                    self.where.port,
                    ssl=self._tls,
                    ssl_shutdown_timeout=TLS_SHUTDOWN_TIMEOUT_S if self._tls else None,
                )
        except (OSError, TimeoutError) as error:
            self.connections_refused += 1
            self._failed(str(error) or "no answer")
            return False
        if connection.is_connected:
            self.connections.add(connection)
            self.connections_opened += 1
            return True
        return False


def backoff_s(tries: int, jitter: float) -> float:
    """Seconds before another try: doubled each time, *jitter* (0 to 1) taking up to half away."""
    whole = min(BACKOFF_MAX_S, BACKOFF_S * 2.0 ** min(tries, 16))
    return whole * (1 - jitter / 2)
