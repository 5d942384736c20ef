"""Cases on the control socket."""

from __future__ import annotations

import asyncio
import os
import pwd
from typing import TYPE_CHECKING, Any

import pytest

from clonewatch.actions.orders import Orders
from clonewatch.control.callers import Permissions
from clonewatch.control.cases import CaseRoutes
from clonewatch.control.client import ask
from clonewatch.control.server import ControlServer
from clonewatch.errors import ControlError
from stores import MIN, conflict, follower, opened

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from clonewatch.store.store import Store

US = pwd.getpwuid(os.geteuid()).pw_name


def asked(tmp_path: Path, talk: Callable[[Callable[..., Any]], None]) -> None:
    """Let *talk* ask about a store with two open cases."""
    consequences = follower()
    path = tmp_path / "control.sock"

    async def main(store: Store) -> None:
        server = ControlServer(Permissions())
        CaseRoutes(store, Orders(store, consequences)).add_to(server)
        await server.start(path)

        def question(method: str, target: str, **given: Any) -> Any:
            return ask(path, method, target, **given)

        try:
            await asyncio.to_thread(talk, question)
        finally:
            await server.stop()

    with opened(tmp_path, consequences=consequences) as store:
        store.submit([conflict(), conflict(MIN + 1)], 1)
        store.flush()
        asyncio.run(main(store))


def test_cases_are_listed_and_shown(tmp_path: Path) -> None:
    def talk(question: Callable[..., Any]) -> None:
        numbers = [each["case"] for each in question("GET", "/cases")]
        assert numbers == [2, 1]
        for query, found in (
            ({"limit": "1"}, [2]),
            ({"before": "2"}, [1]),
            ({"msid": "6145551235"}, [2]),
            ({"state": "closed"}, []),
            ({"state": "closed,open"}, [2, 1]),
            ({"state": "all"}, [2, 1]),
        ):
            assert [each["case"] for each in question("GET", "/cases", query=query)] == found
        shown = question("GET", "/cases/1")
        assert shown["msid"] == "6145551234"
        assert len(shown["clone_records"]) == 1

    asked(tmp_path, talk)


def test_orders_are_given_in_the_name_of_who_asks(tmp_path: Path) -> None:
    def talk(question: Callable[..., Any]) -> None:
        assert question("POST", "/cases/1/confirm", body={"note": "yes"})["state"] == "confirmed"
        assert question("POST", "/cases/1/note", body={"note": "more"})["state"] == "confirmed"
        assert question("POST", "/cases/2/dismiss", body={})["state"] == "dismissed"
        closed = question("POST", "/cases/1/close", body={"reissued": True, "esns": ["82123456"]})
        assert closed["state"] == "closed"
        assert question("POST", "/cases/2/close", body={})["state"] == "closed"
        opened = question("POST", "/cases", body={"msid": "310150123456789", "note": "a bill"})
        assert (opened["case"], opened["msid"]) == (3, "310150123456789")
        told = [(each["who"], each["what"]) for each in question("GET", "/cases/1")["history"]]
        assert told[1:] == [(US, "confirm"), (US, "note"), (US, "reissue")]

    asked(tmp_path, talk)


@pytest.mark.parametrize(
    ("method", "target", "given", "words"),
    [
        ("GET", "/cases/9", {}, "there is no case 9"),
        ("GET", "/cases/x", {}, "'x' is no number"),
        ("GET", "/cases", {"query": {"state": "ajar"}}, "state 'ajar': give some of open,"),
        ("GET", "/cases", {"query": {"msid": "12"}}, "msid '12': give the ten digits"),
        ("GET", "/cases", {"query": {"limit": "-1"}}, "'-1' is no number"),
        ("POST", "/cases", {"body": {"msid": "٣" * 10}}, "give the ten digits"),
        ("POST", "/cases/9/confirm", {"body": {}}, "there is no case 9"),
        ("POST", "/cases/1/confirm", {"body": {"note": "x" * 2001}}, "at most 2000 characters"),
        ("POST", "/cases/1/confirm", {"body": {"note": 7}}, "at most 2000 characters"),
        ("POST", "/cases/1/close", {"body": {"reissued": True, "esns": ["x"]}}, "8 hexadecimal"),
        ("POST", "/cases/1/close", {"body": {"reissued": True, "esns": [7]}}, "8 hexadecimal"),
        ("POST", "/cases/1/close", {"body": {"reissued": True, "esns": "8"}}, "8 hexadecimal"),
    ],
)
def test_what_cannot_be_done_is_said(
    tmp_path: Path, method: str, target: str, given: dict[str, Any], words: str
) -> None:
    def talk(question: Callable[..., Any]) -> None:
        with pytest.raises(ControlError, match=words):
            question(method, target, **given)

    asked(tmp_path, talk)
