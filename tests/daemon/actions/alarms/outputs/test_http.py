"""Posting JSON."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import pytest

from clonewatch.actions.alarms.outputs.http import Address, Poster
from clonewatch.actions.alarms.outputs.output import NotSentError, RefusedError
from notices import WebServer

if TYPE_CHECKING:
    from pathlib import Path


async def post(url: str, body: object = (), **how: object) -> None:
    poster = Poster(Address(url=url, **how))  # type: ignore[arg-type]
    try:
        await poster.post(body)
    finally:
        await poster.close()


@pytest.mark.parametrize("status", [200, 202, 204])
def test_what_is_taken_is_taken(status: int) -> None:
    async def scenario() -> list[object]:
        async with WebServer() as server:
            server.status = status
            await post(server.url, {"a": 1})
            return server.posted

    assert asyncio.run(scenario()) == [{"a": 1}]


@pytest.mark.parametrize("status", [500, 503, 429, 404, 401, 302])
def test_what_may_be_mended_is_tried_again(status: int) -> None:
    async def scenario() -> None:
        async with WebServer() as server:
            server.status = status
            await post(server.url)

    with pytest.raises(NotSentError, match=f"http://127.0.0.1:.*: {status} .*: so there"):
        asyncio.run(scenario())


@pytest.mark.parametrize("status", [400, 413, 422])
def test_what_the_other_side_refuses_is_refused(status: int) -> None:
    async def scenario() -> None:
        async with WebServer() as server:
            server.status = status
            await post(server.url)

    with pytest.raises(RefusedError, match=f": {status} "):
        asyncio.run(scenario())


def test_nobody_there_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotSentError, match=f"http://127.0.0.1:{port}: "):
        asyncio.run(post(f"http://127.0.0.1:{port}"))


def test_one_who_never_answers_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(NotSentError):
            asyncio.run(post(f"http://127.0.0.1:{port}", timeout_s=0.05))


def test_the_secret_is_read_from_its_file_each_time(tmp_path: Path) -> None:
    secret = tmp_path / "secret"

    async def scenario() -> list[str]:
        async with WebServer() as server:
            poster = Poster(Address(url=server.url, authorization=secret))
            for words in ("Bearer one\n", "Bearer two\n"):
                secret.write_text(words)
                await poster.post([])
            await poster.close()
            return [headers["Authorization"] for headers in server.headers]

    assert asyncio.run(scenario()) == ["Bearer one", "Bearer two"]
