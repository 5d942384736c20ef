"""Who watches the daemon from outside: metrics, health and readiness over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

from clonewatch.addresses import Address

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Callable, Sequence

    from clonewatch.metrics import Metrics

    # What is wrong, in words; nothing where nothing is.
    Problems = Callable[[], Sequence[str]]
    Handler = Callable[[web.Request], Awaitable[web.Response]]

REQUEST_OCTETS_MAX: Final = 1024  # nobody sends us anything
STOP_WITHIN_S: Final = 1.0


class Monitoring:
    """Serves /metrics, /health and /ready.

    *unwell*: what is wrong with us; *not_ready*: why registrations are not judged yet. *look* is
    awaited before metrics are read.
    """

    def __init__(
        self,
        metrics: Metrics,
        *,
        unwell: Problems,
        not_ready: Problems,
        look: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._metrics = metrics
        self._look = look
        application = web.Application(client_max_size=REQUEST_OCTETS_MAX)
        application.router.add_get("/metrics", self._exposition)
        application.router.add_get("/health", _answer(unwell))
        application.router.add_get("/ready", _answer(not_ready))
        self._runner = web.AppRunner(
            application, access_log=None, handle_signals=False, shutdown_timeout=STOP_WITHIN_S
        )

    async def start(self, where: Address | socket.socket) -> None:
        """Listen at an address, or on a socket that listens already. Raises OSError."""
        await self._runner.setup()
        if isinstance(where, Address):
            await web.TCPSite(self._runner, where.host, where.port).start()
        else:
            await web.SockSite(self._runner, where).start()

    @property
    def port(self) -> int:
        """The TCP port that is listened at."""
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Listen no more."""
        await self._runner.cleanup()

    async def _exposition(self, request: web.Request) -> web.Response:
        if self._look is not None:
            await self._look()
        octets, content_type = self._metrics.exposition(request.headers.get("Accept", ""))
        return web.Response(body=octets, headers={"Content-Type": content_type})


def _answer(problems: Problems) -> Handler:
    async def handle(_: web.Request) -> web.Response:
        found = problems()
        return web.json_response(
            {"ok": not found, "problems": list(found)}, status=503 if found else 200
        )

    return handle
