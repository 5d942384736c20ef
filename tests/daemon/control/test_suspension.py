"""Suspension on the control socket."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from clonewatch.actions.suspension.service import Suspension
from clonewatch.control.callers import Permissions
from clonewatch.control.client import ask
from clonewatch.control.server import ControlServer
from clonewatch.control.suspension import SuspensionRoutes
from clonewatch.errors import ControlError
from configuration import HLR, loaded
from stores import conflict, follower, opened

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from clonewatch.store.store import Store

CONFIG = 'mode = "active"\n[tables]\ntravel = "travel.csv"\n'
PROPOSE = '[suspension]\nmode = "propose"\nhlr = "hlr"\n'


def asked(tmp_path: Path, talk: Callable[[Callable[..., Any]], None]) -> None:
    """Let *talk* ask about a store with one open case; nobody asks an HLR."""
    follows = follower()
    config = loaded(tmp_path, CONFIG, HLR, PROPOSE)
    path = tmp_path / "control.sock"

    async def main(store: Store) -> None:
        suspension = Suspension(store, follows, config, lambda _: None)
        server = ControlServer(Permissions())
        SuspensionRoutes(suspension).add_to(server)
        await suspension.start()
        await server.start(path)

        def question(method: str, target: str, **body: Any) -> Any:
            return ask(path, method, target, body=body)

        try:
            await asyncio.to_thread(talk, question)
        finally:
            await server.stop()
            await suspension.stop()

    with opened(tmp_path, consequences=follows) as store:
        store.submit([conflict()], 1)
        store.flush()
        asyncio.run(main(store))


def test_orders_are_given(tmp_path: Path) -> None:
    def talk(question: Callable[..., Any]) -> None:
        assert question("GET", "/suspension")["mode"] == "propose"
        assert question("POST", "/suspension/pause", note="odd")["switch"] == "paused"
        with pytest.raises(ControlError, match=r"suspension is paused by .*: odd"):
            question("POST", "/cases/1/suspend")
        assert question("POST", "/suspension/resume")["switch"] == "on"
        assert question("POST", "/cases/1/suspend", esn="82123456")["case"] == 1
        assert question("POST", "/cases/1/restore", note="no")["case"] == 1
        since = {"since": "2026-11-22T00:00:00+01:00"}
        assert question("POST", "/suspension/restore", **since) == []

    asked(tmp_path, talk)


@pytest.mark.parametrize(
    ("target", "body", "words"),
    [
        ("/cases/1/suspend", {"esn": 5}, "8 hexadecimal digits"),
        ("/cases/9/suspend", {}, "there is no case 9"),
        ("/cases/1/restore", {}, "no suspension of it is on its way"),
        ("/suspension/restore", {"since": "yesterday"}, "a time and its zone"),
        ("/suspension/restore", {"since": "2026-11-22T10:00:00"}, "a time and its zone"),
        ("/suspension/restore", {}, "a time and its zone"),
    ],
)
def test_what_cannot_be_is_refused(
    tmp_path: Path, target: str, body: dict[str, Any], words: str
) -> None:
    def talk(question: Callable[..., Any]) -> None:
        with pytest.raises(ControlError, match=words):
            question("POST", target, **body)

    asked(tmp_path, talk)
