"""The daemon's end of the control socket."""

from __future__ import annotations

import asyncio
import json
import socket
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import structlog
from aiohttp import web

from clonewatch.errors import InputError

from .callers import Permissions, caller_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from .callers import Caller

    # Gives what goes out as JSON. It runs in the loop: what blocks belongs into a thread.
    Handler = Callable[["Asked"], Awaitable[object]]

REQUEST_OCTETS_MAX: Final = 65_536
SOCKET_MODE: Final = 0o666  # everybody may look; who may change things is asked each time
STOP_WITHIN_S: Final = 2.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request."""

    caller: Caller
    path: Mapping[str, str] = field(default_factory=dict)  # what the route's {names} stand for
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)


class Refused(Exception):
    """A request that cannot be done: an HTTP status, and why in words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class ControlServer:
    """Answers on a Unix socket. GET is for everybody, all else for those with *permissions*."""

    def __init__(self, permissions: Permissions) -> None:
        self.permissions = permissions  # may be replaced at any time
        self._application = web.Application(client_max_size=REQUEST_OCTETS_MAX)
        self._runner: web.AppRunner | None = None
        self._path: Path | None = None

    def add(self, method: str, path: str, handler: Handler) -> None:
        """Answer requests for *path*, which may hold {names}, before `start`."""

        async def handle(request: web.Request) -> web.Response:
            return await self._answer(request, handler)

        self._application.router.add_route(method, path, handle)

    async def start(self, path: Path) -> None:
        """Listen. Raises InputError where another daemon listens, and OSError."""
        await asyncio.to_thread(_clear, path)
        self._runner = web.AppRunner(
            self._application,
            access_log=None,
            handle_signals=False,
            shutdown_timeout=STOP_WITHIN_S,
        )
        await self._runner.setup()
        try:
            await web.UnixSite(self._runner, path).start()
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from None
        await asyncio.to_thread(path.chmod, SOCKET_MODE)
        self._path = path

    async def stop(self) -> None:
        """Listen no more."""
        if self._runner is not None:
            await self._runner.cleanup()
        if self._path is not None:
            await asyncio.to_thread(self._path.unlink, missing_ok=True)

    async def _answer(self, request: web.Request, handler: Handler) -> web.Response:
        assert request.transport is not None
        connected = request.transport.get_extra_info("socket")
        caller = await asyncio.to_thread(caller_of, connected)
        try:
            if request.method != "GET":
                await self._check_may_change(caller, request)
            given = await handler(
                Asked(
                    caller=caller,
                    path=dict(request.match_info),
                    query=dict(request.query),
                    body=await _body(request),
                )
            )
        except Refused as refusal:
            return web.json_response({"error": str(refusal)}, status=refusal.status)
        return web.json_response(given)

    async def _check_may_change(self, caller: Caller, request: web.Request) -> None:
        if await asyncio.to_thread(self.permissions.may_change, caller):
            log.info("control_asked", caller=caller.name, method=request.method, path=request.path)
            return
        log.warning("control_refused", caller=caller.name, path=request.path)
        raise Refused(
            web.HTTPForbidden.status_code,
            f"{caller.name} may not change anything; see [control] users and group",
        )


async def _body(request: web.Request) -> dict[str, Any]:
    if not request.can_read_body:
        return {}
    try:
        body = await request.json()
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Refused(web.HTTPBadRequest.status_code, "the body should be a JSON object")
    return body


def _clear(path: Path) -> None:
    """Remove what a daemon has left that was killed. Raises InputError, OSError."""
    try:
        if not stat.S_ISSOCK(path.stat().st_mode):
            raise InputError(path, "is in the way, and is no socket: remove it")
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise InputError(path, "another daemon answers here")
