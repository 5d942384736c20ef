"""Notices to send, and somebody who takes them over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from aiohttp import web

from clonewatch.actions.alarms.kinds import Kind
from clonewatch.actions.alarms.notice import Change, Notice
from clonewatch.evidence.findings import Severity
from stores import TEN

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTICE: Final = Notice(
    number=7,
    change=Change.RAISED,
    key="case-1",
    kind=Kind.CLONE,
    object="subscriber 6145551234",
    severity=Severity.MAJOR,
    before=None,
    text="case 1, open",
    details={"msid": "6145551234", "mscs": ["MSC A", "MSC C"]},
    raised_at=TEN,
    at=TEN,
    count=1,
    case_id=1,
)


class WebServer:
    """Takes what is posted, on loopback, and answers as it was told; to use with `async with`."""

    def __init__(self) -> None:
        self.status = 200
        self.posted: list[Any] = []
        self.paths: list[str] = []
        self.headers: list[Mapping[str, str]] = []
        self.url = ""
        app = web.Application()
        app.router.add_post("/{path:.*}", self._take)
        self._runner = web.AppRunner(app)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        self.paths.append(request.path)
        self.headers.append(dict(request.headers))
        self.posted.append(await request.json())
        return web.Response(status=self.status, text="so there")
