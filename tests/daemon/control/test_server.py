"""The daemon's end: who asks, what is answered, what is refused. The client is the other end."""

from __future__ import annotations

import asyncio
import os
import pwd
import socket
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from clonewatch.control.callers import Permissions
from clonewatch.control.client import ask
from clonewatch.control.server import Asked, ControlServer, Refused
from clonewatch.errors import ControlError, InputError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

US = pwd.getpwuid(os.geteuid()).pw_name


async def echo(asked: Asked) -> object:
    return {
        "caller": asked.caller.name,
        "path": dict(asked.path),
        "query": dict(asked.query),
        "body": dict(asked.body),
    }


async def refuse(_: Asked) -> object:
    raise Refused(409, "the case is closed")


def serving(path: Path, talk: Callable[[], Awaitable[None]], server: ControlServer) -> None:
    """Run *talk* beside a server."""

    async def main() -> None:
        server.add("GET", "/cases/{number}", echo)
        server.add("POST", "/cases/{number}/confirm", echo)
        server.add("POST", "/refuse", refuse)
        await server.start(path)
        try:
            await talk()
        finally:
            await server.stop()

    asyncio.run(main())
    assert not path.exists()


async def asking(path: Path, method: str, target: str, **given: Any) -> Any:
    return await asyncio.to_thread(ask, path, method, target, **given)


def test_who_asked_comes_with_the_question(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"

    async def talk() -> None:
        assert path.stat().st_mode & 0o777 == 0o666
        assert await asking(path, "GET", "/cases/7", query={"since": "2 h"}) == {
            "caller": US,
            "path": {"number": "7"},
            "query": {"since": "2 h"},
            "body": {},
        }
        with capture_logs() as logged:
            told = await asking(path, "POST", "/cases/7/confirm", body={"note": "ä"})
        assert told["body"] == {"note": "ä"}
        assert logged == [
            {
                "event": "control_asked",
                "log_level": "info",
                "caller": US,
                "method": "POST",
                "path": "/cases/7/confirm",
            }
        ]

    serving(path, talk, ControlServer(Permissions()))


def test_who_may_not_change_things_may_look(tmp_path: Path) -> None:
    class Nobody(Permissions):
        def may_change(self, _: object) -> bool:
            return False

    path = tmp_path / "control.sock"

    async def talk() -> None:
        assert (await asking(path, "GET", "/cases/7"))["caller"] == US
        with capture_logs() as logged, pytest.raises(ControlError, match="may not change anything"):
            await asking(path, "POST", "/cases/7/confirm")
        assert [entry["event"] for entry in logged] == ["control_refused"]

    serving(path, talk, ControlServer(Nobody()))


@pytest.mark.parametrize(
    ("method", "target", "words"),
    [
        ("POST", "/refuse", "the case is closed"),
        ("GET", "/nothing", "404"),
        ("DELETE", "/cases/7", "405"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, method: str, target: str, words: str) -> None:
    path = tmp_path / "control.sock"

    async def talk() -> None:
        with pytest.raises(ControlError, match=words):
            await asking(path, method, target)

    serving(path, talk, ControlServer(Permissions()))


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"[" * 60_000])
def test_a_body_that_is_no_object_is_refused(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "control.sock"

    async def talk() -> None:
        reader, writer = await asyncio.open_unix_connection(path)
        head = b"POST /cases/7/confirm HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        writer.write(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        answer = await reader.read()
        writer.close()
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert b"should be a JSON object" in answer

    serving(path, talk, ControlServer(Permissions()))


def test_what_a_killed_daemon_left_is_no_hindrance(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(path))

    async def talk() -> None:
        await asking(path, "GET", "/cases/7")
        with pytest.raises(InputError, match="another daemon answers here"):
            await ControlServer(Permissions()).start(path)
        await asking(path, "GET", "/cases/7")

    serving(path, talk, ControlServer(Permissions()))


def test_a_file_in_the_way_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    path.write_text("a letter", encoding="utf-8")
    with pytest.raises(InputError, match="is no socket"):
        asyncio.run(ControlServer(Permissions()).start(path))
    assert path.read_text(encoding="utf-8") == "a letter"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    async def main() -> None:
        server = ControlServer(Permissions())
        with pytest.raises(FileNotFoundError, match=r"none/control\.sock"):
            await server.start(tmp_path / "none" / "control.sock")
        await server.stop()

    asyncio.run(main())
