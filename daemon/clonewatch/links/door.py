"""Where far ends come in, or not: listening sockets, an allow-list, a limit."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING, Any, Final

from clonewatch.addresses import Address

from .peers import Peers

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence

CONNECTIONS_MAX: Final = 1024  # at a door, unless told otherwise
BACKLOG: Final = 1024  # far ends that wait to be let in: ours, as in clonewatch.socket
TLS_HANDSHAKE_TIMEOUT_S: Final = 10.0
TLS_SHUTDOWN_TIMEOUT_S: Final = 2.0


class Door:
    """Listens at *where*, or on *sockets*, which somebody else has bound and keeps.

    *welcome* is given the transport of each far end that may come in, and sets its protocol;
    *inside* says how many are in. *refused* is told of every other, and why.
    """

    def __init__(
        self,
        where: Address,
        *,
        welcome: Callable[[asyncio.Transport], None],
        inside: Callable[[], int],
        refused: Callable[[str, str], None],
        sockets: Sequence[socket.socket] = (),
        peers: Peers | None = None,
        connections_max: int = CONNECTIONS_MAX,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.where = where
        self.connections_refused = 0
        self._welcome = welcome
        self._inside = inside
        self._refused = refused
        self._sockets = sockets
        self._peers = peers or Peers()
        self._connections_max = connections_max
        self._tls = tls
        self._own: list[socket.socket] = []
        self._servers: list[asyncio.Server] = []

    async def open(self) -> None:
        """Listen. Raises OSError."""
        if not self._sockets:
            self._own = [await asyncio.to_thread(_bound, self.where)]
        name = (self._own or self._sockets)[0].getsockname()
        if isinstance(name, tuple):
            self.where = Address(self.where.host, name[1])
        self._servers = await self._serving(self._tls)

    async def use_tls(self, tls: ssl.SSLContext | None) -> None:
        """Use other certificates for those to come, or, where that fails, go on with the old."""
        if tls is None and self._tls is None:
            return
        serving = await self._serving(tls)
        self._end_serving()
        self._tls, self._servers = tls, serving

    def close(self) -> None:
        """Let nobody in any more."""
        self._end_serving()
        for sock in self._own:
            sock.close()

    def let_in(self, transport: asyncio.Transport) -> None:
        """Welcome a far end that may come in; refuse any other."""
        name = transport.get_extra_info("peername")
        if isinstance(name, tuple) and not self._peers.admit(name[0]):
            self._refuse(transport, "not among the peers of this link")
        elif self._inside() >= self._connections_max:
            self._refuse(transport, f"{self._connections_max} connections already")
        else:
            self._welcome(transport)

    async def _serving(self, tls: ssl.SSLContext | None) -> list[asyncio.Server]:
        """Accept, on duplicates: the sockets themselves keep their queues."""
        loop = asyncio.get_running_loop()
        timeouts: dict[str, Any] = {}
        if tls is not None:
            timeouts = {
                "ssl_handshake_timeout": TLS_HANDSHAKE_TIMEOUT_S,
                "ssl_shutdown_timeout": TLS_SHUTDOWN_TIMEOUT_S,
            }
        servers: list[asyncio.Server] = []
        with contextlib.ExitStack() as undone:  # unless all goes well
            for sock in self._own or self._sockets:
                sock.setblocking(False)  # duplicates share it, and a blocking one holds up the loop
                duplicate = undone.enter_context(sock.dup())
                server = await loop.create_server(
                    lambda: _Guard(self), sock=duplicate, backlog=BACKLOG, ssl=tls, **timeouts
                )
                undone.callback(server.close)
                servers.append(server)
            undone.pop_all()
        return servers

    def _end_serving(self) -> None:
        for server in self._servers:
            server.close()
        self._servers.clear()

    def _refuse(self, transport: asyncio.Transport, why: str) -> None:
        self.connections_refused += 1
        self._refused(peer_text(transport), why)
        transport.abort()


class _Guard(asyncio.BufferedProtocol):
    """Lets a far end in, or not, before anything is made for it."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Admit or refuse."""
        assert isinstance(transport, asyncio.Transport)
        self._door.let_in(transport)

    def get_buffer(self, sizehint: int) -> bytearray:
        """Nothing is taken from those who are refused."""
        return bytearray(max(1, sizehint))


def _bound(where: Address) -> socket.socket:
    """A socket that listens there. Raises OSError."""
    found = socket.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM)
    family, _, _, _, address = found[0]
    try:
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        raise OSError(error.errno, f"{where}: {error.strerror}") from None


def peer_text(transport: asyncio.BaseTransport) -> str:
    """host:port of the far end, as URLs have it."""
    name = transport.get_extra_info("peername")
    if not isinstance(name, tuple):
        return "a local socket"
    return str(Address(*name[:2]))
