"""Cases on the control socket."""

from __future__ import annotations

import asyncio
import os
import pwd
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from clonewatch.actions.orders import Orders
from clonewatch.control.callers import Permissions
from clonewatch.control.cases import CaseRoutes
from clonewatch.control.client import ask
from clonewatch.control.server import ControlServer
from clonewatch.errors import ControlError
from clonewatch.registrations import Batch
from stores import (
    DAY,
    HOUR,
    MIN,
    MINUTE,
    TEN,
    Clock,
    conflict,
    empty_disk,
    fill_disk,
    follower,
    opened,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from clonewatch.actions.consequences import Consequences
    from clonewatch.detector import Conflict
    from clonewatch.registrations import Registration
    from clonewatch.store.store import Store

US = pwd.getpwuid(os.geteuid()).pw_name


class Place(NamedTuple):
    """A store whose cases are asked about."""

    store: Store
    clock: Clock
    consequences: Consequences

    def found(self, *found: Conflict | Registration) -> None:
        """Store what was found."""
        assert self.store.submit(found, 1)
        assert self.store.flush()


def asked(tmp_path: Path, talk: Callable[[Callable[..., Any]], None]) -> None:
    """Let *talk* ask about a store with two open cases."""
    asked_at(tmp_path, lambda question, _: talk(question))


def asked_at(tmp_path: Path, talk: Callable[[Callable[..., Any], Place], None]) -> None:
    """Let *talk* ask about a store with two open cases, while things happen to it."""
    consequences, clock = follower(), Clock()
    path = tmp_path / "control.sock"

    async def main(store: Store) -> None:
        server = ControlServer(Permissions())
        CaseRoutes(store, Orders(store, consequences)).add_to(server)
        await server.start(path)

        def question(method: str, target: str, **given: Any) -> Any:
            return ask(path, method, target, **given)

        try:
            await asyncio.to_thread(talk, question, Place(store, clock, consequences))
        finally:
            await server.stop()

    with opened(tmp_path, clock=clock, consequences=consequences) as store:
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


def test_an_order_that_cannot_be_stored_says_so_and_does_nothing(tmp_path: Path) -> None:
    def talk(question: Callable[..., Any], of: Place) -> None:
        note = {"note": "x" * 2000}
        fill_disk(of.store)
        words = "nothing was done, the store cannot be written: database or disk is full"
        taken = 0

        def fill() -> None:
            nonlocal taken
            while True:
                taken += question("POST", "/cases/1/note", body=note)["case"]

        with pytest.raises(ControlError, match=words):
            fill()
        assert len(question("GET", "/cases/1")["history"]) == 1 + taken
        empty_disk(of.store)
        assert question("POST", "/cases/1/note", body=note)["case"] == 1

    asked_at(tmp_path, talk)


def test_a_dismissed_case_is_silent_for_a_week_unless_something_graver_is_found(
    tmp_path: Path,
) -> None:
    def talk(question: Callable[..., Any], of: Place) -> None:
        told = question("POST", "/cases/1/dismiss", body={"note": "a test phone"})
        assert told["silent_until"] == "2026-11-29T11:00:00.000Z"
        question("POST", "/cases/2/dismiss", body={})
        of.found(conflict(at=TEN + HOUR))
        assert question("GET", "/cases") == []
        assert question("GET", "/cases/1")["alarm"]["severity"] == "cleared"
        of.found(conflict(at=TEN + 2 * HOUR, took=MINUTE, second_esn=1))
        graver = question("GET", "/cases/1")
        assert (graver["state"], graver["history"][-1]["what"]) == ("open", "graver")
        assert graver["alarm"]["severity"] == graver["severity"] != "cleared"
        of.clock.now_ms += 7 * DAY - 1
        of.found(conflict(MIN + 1, at=TEN + HOUR))
        assert question("GET", "/cases/2")["state"] == "dismissed"
        of.clock.now_ms += 1
        of.found(conflict(MIN + 1, at=TEN + HOUR + 1))
        assert [each["case"] for each in question("GET", "/cases")] == [3, 1]

    asked_at(tmp_path, talk)


def test_an_identity_that_was_given_up_is_watched(tmp_path: Path) -> None:
    def talk(question: Callable[..., Any], of: Place) -> None:
        body = {"reissued": True, "note": "new identifiers"}
        assert question("POST", "/cases/1/close", body=body)["state"] == "closed"
        note = question("GET", "/cases/1")["history"][-1]["note"]
        assert note == "watching 82123456; new identifiers"
        old = replace(conflict().first, time=TEN + 2 * HOUR)
        batch = Batch.of([replace(old, esn=1), old, replace(old, msid=MIN + 1)])
        seen = of.consequences.watched.seen(batch)
        of.found(*seen)
        (newest, _) = question("GET", "/cases")
        assert (newest["case"], newest["msid"], newest["severity"]) == (3, str(MIN), "critical")
        (event,) = question("GET", "/cases/3")["history"]
        assert event["note"].startswith("ESN 82123456, given up with case 1, registered at 4660-1")

    asked_at(tmp_path, talk)


def test_a_victims_report_opens_a_case_with_its_note(tmp_path: Path) -> None:
    def talk(question: Callable[..., Any], of: Place) -> None:
        body = {"msid": str(MIN + 7), "note": "a bill for calls to Peru"}
        told = question("POST", "/cases", body=body)
        assert (told["case"], told["state"], told["severity"]) == (3, "open", "major")
        again = question("POST", "/cases", body=body)
        assert again["case"] == 3
        shown = question("GET", "/cases/3")
        assert [(each["who"], each["note"]) for each in shown["history"]] == [
            (US, body["note"])
        ] * 2
        assert shown["alarm"]["severity"] == "major"
        found = conflict(MIN + 7)
        of.found(found)
        of.found(replace(found, superseded=True))
        assert question("GET", "/cases/3")["state"] == "open"

    asked_at(tmp_path, talk)
