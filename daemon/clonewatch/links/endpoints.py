"""Where connections come from: one is waited for, or one is made, again and again."""

from __future__ import annotations

import asyncio
import contextlib
import random
from typing import TYPE_CHECKING, Any, Final, Protocol

from .connection import PATIENCE_S, Connection
from .door import TLS_HANDSHAKE_TIMEOUT_S, TLS_SHUTDOWN_TIMEOUT_S, Door
from .ends import Ends

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from clonewatch.addresses import Address
    from is41.link import Link

    from .connection import Handler

CONNECT_TIMEOUT_S: Final = 10.0
BACKOFF_S: Final = 0.5  # before the second try; doubles up to BACKOFF_MAX_S
BACKOFF_MAX_S: Final = 30.0
STEADY_S: Final = 10.0  # a connection that held so long was a good one: begin with BACKOFF_S again


class Endpoint(Protocol):
    """What makes connections."""

    @property
    def where(self) -> Address:
        """Where it listens, or connects to."""

    @property
    def ends(self) -> Ends[Any]:
        """The connections there are."""

    @property
    def connections_refused(self) -> int:
        """Far ends that were not let in, or tries that failed. Monotonic."""

    @property
    def is_up(self) -> bool:
        """Whether messages may flow on any connection."""

    async def use_tls(self, tls: ssl.SSLContext | None) -> None:
        """Use other certificates for the connections to come."""

    async def start(self) -> None:
        """Begin. Raises OSError where the address cannot be used."""

    async def stop(self, why: str, *, patience_s: float) -> None:
        """End all connections as their protocol asks, and those that take too long at once."""


class _Endpoint:
    def __init__(
        self,
        make_link: Callable[[float], Link],
        handler: Handler,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.ends: Ends[Connection] = Ends()
        self._make_link = make_link
        self._handler = handler
        self._patience_s = patience_s

    @property
    def is_up(self) -> bool:
        """Whether messages may flow on any connection."""
        return any(each.is_connected and each.link.is_open for each in self.ends.open)

    def _connection(self) -> Connection:
        return Connection(
            self._make_link, self._handler, ended=self.ends.remove, patience_s=self._patience_s
        )


class Listener(_Endpoint):
    """Waits for far ends at a `Door`, whose options *door* are."""

    def __init__(
        self,
        where: Address,
        make_link: Callable[[float], Link],
        handler: Handler,
        *,
        refused: Callable[[str, str], None] = lambda _peer, _why: None,
        patience_s: float = PATIENCE_S,
        **door: Any,
    ) -> None:
        super().__init__(make_link, handler, patience_s)
        self._door = Door(
            where,
            welcome=self._welcome,
            inside=lambda: len(self.ends.open),
            refused=refused,
            **door,
        )

    @property
    def where(self) -> Address:
        """Where it listens."""
        return self._door.where

    @property
    def connections_refused(self) -> int:
        """Far ends that were not let in. Monotonic."""
        return self._door.connections_refused

    async def use_tls(self, tls: ssl.SSLContext | None) -> None:
        """Use other certificates for the connections to come."""
        await self._door.use_tls(tls)

    async def start(self) -> None:
        """Listen. Raises OSError."""
        await self._door.open()

    async def stop(self, why: str, *, patience_s: float) -> None:
        """Listen no more, and end all connections."""
        self._door.close()
        await self.ends.close(why, patience_s)

    def _welcome(self, transport: asyncio.Transport) -> None:
        connection = self._connection()
        self.ends.add(connection)
        transport.set_protocol(connection)
        connection.connection_made(transport)


class Connector(_Endpoint):
    """Connects to *where*, and again whenever the connection is lost.

    *server_name* stands in the certificate of the far end, if it is not the host's. *failed* is
    told of each try that failed. *again_s_max*: seconds between two tries at most.
    """

    def __init__(
        self,
        where: Address,
        make_link: Callable[[float], Link],
        handler: Handler,
        *,
        tls: ssl.SSLContext | None = None,
        server_name: str | None = None,
        failed: Callable[[str], None] = lambda _: None,
        jitter: Callable[[], float] = random.random,
        patience_s: float = PATIENCE_S,
        again_s_max: float = BACKOFF_MAX_S,
    ) -> None:
        super().__init__(make_link, handler, patience_s)
        self.where = where
        self.connections_refused = 0
        self._again_s_max = again_s_max
        self._tls = tls
        self._server_name = server_name
        self._failed = failed
        self._jitter = jitter
        self._task: asyncio.Task[None] | None = None

    async def use_tls(self, tls: ssl.SSLContext | None) -> None:
        """Use other certificates for the connections to come."""
        self._tls = tls

    async def start(self) -> None:
        """Begin to connect."""
        self._task = asyncio.create_task(self._run(), name=f"connect {self.where}")

    async def stop(self, why: str, *, patience_s: float) -> None:
        """Connect no more, and end the connection."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self.ends.close(why, patience_s)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        tries = 0
        while True:
            begun = loop.time()
            if await self._connected():
                await self.ends.all_ended()
            tries = 0 if loop.time() - begun > STEADY_S else tries + 1
            await asyncio.sleep(backoff_s(tries, self._jitter(), self._again_s_max))

    async def _connected(self) -> bool:
        """Try once; whether it worked."""
        loop = asyncio.get_running_loop()
        options: dict[str, Any] = {}
        if self._tls is not None:
            options = {
                "ssl": self._tls,
                "server_hostname": self._server_name or self.where.host,
                "ssl_handshake_timeout": TLS_HANDSHAKE_TIMEOUT_S,
                "ssl_shutdown_timeout": TLS_SHUTDOWN_TIMEOUT_S,
            }
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                _, connection = await loop.create_connection(
                    self._connection, self.where.host, self.where.port, **options
                )
        except (OSError, TimeoutError) as error:
            self.connections_refused += 1
            self._failed(str(error) or "no answer")
            return False
        if connection.is_connected:
            self.ends.add(connection)
            return True
        return False


def backoff_s(tries: int, jitter: float, most_s: float = BACKOFF_MAX_S) -> float:
    """Seconds before another try: doubled each time, *jitter* (0 to 1) taking up to half away."""
    whole = min(most_s, BACKOFF_S * 2.0 ** min(tries, 16))
    return whole * (1 - jitter / 2)
