"""Notices posted to a URL."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from clonewatch.actions.alarms.outputs.http import Address
from clonewatch.actions.alarms.outputs.webhook import Webhook
from notices import NOTICE, WebServer


def test_each_notice_is_posted_with_a_key_of_its_own() -> None:
    async def scenario() -> WebServer:
        async with WebServer() as server:
            it = Webhook(Address(url=f"{server.url}/hook"))
            await it.send([NOTICE])
            await it.send([replace(NOTICE, number=8)])
            await it.repeat([])
            await it.close()
            return server

    server = asyncio.run(scenario())
    assert server.paths == ["/hook"] * 2
    assert [posted["notification"] for posted in server.posted] == [7, 8]
    assert server.posted[0] == NOTICE.as_record()
    keys = [headers["Idempotency-Key"] for headers in server.headers]
    assert keys == ["clonewatch-7", "clonewatch-8"]
