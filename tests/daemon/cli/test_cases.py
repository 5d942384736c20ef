"""``clonewatch cases``, asking a control socket."""

from __future__ import annotations

import asyncio
import json
import os
import pwd
from typing import TYPE_CHECKING

from clonewatch.actions.orders import Orders
from clonewatch.cli import cases as verb
from clonewatch.control.callers import Permissions
from clonewatch.control.cases import CaseRoutes
from clonewatch.control.server import ControlServer
from command import Ran, clonewatch
from stores import HOUR, MIN, TEN, conflict, follower, opened

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

US = pwd.getpwuid(os.geteuid()).pw_name


def ran(folder: Path, *commands: tuple[str, ...]) -> list[Ran]:
    """Run commands beside a daemon with two open cases."""
    consequences = follower("log")
    path = folder / "control.sock"

    async def main(orders: CaseRoutes) -> list[Ran]:
        server = ControlServer(Permissions())
        orders.add_to(server)
        await server.start(path)
        try:
            return [
                await asyncio.to_thread(clonewatch, "cases", *words, "--socket", path)
                for words in commands
            ]
        finally:
            await server.stop()

    with opened(folder, consequences=consequences) as store:
        store.submit([conflict(second_esn=1), conflict(MIN + 1, at=TEN + HOUR)], 1)
        store.flush()
        return asyncio.run(main(CaseRoutes(store, Orders(store, consequences))))


def test_cases_are_listed_as_json_lines(tmp_path: Path) -> None:
    everything, one, none = ran(
        tmp_path,
        ("list",),
        ("list", "--msid", "6145551235", "--limit", "5", "--before", "9"),
        ("list", "--state", "closed", "--state", "dismissed"),
    )
    assert [json.loads(line)["case"] for line in everything.output.splitlines()] == [2, 1]
    assert [json.loads(line)["msid"] for line in one.output.splitlines()] == ["6145551235"]
    assert (none.exit_code, none.output) == (0, "")


def test_orders_say_what_the_case_is_then(tmp_path: Path) -> None:
    told = ran(
        tmp_path,
        ("confirm", "1", "--note", "called her"),
        ("note", "1", "police told"),
        ("dismiss", "2"),
        ("close", "1", "--reissued", "--esn", "82123456"),
        ("close", "2"),
        ("open", "6145559999", "--note", "a bill from Peru"),
        ("show", "1", "--json"),
    )
    assert [each.exit_code for each in told] == [0] * 7
    assert [each.errors.strip() for each in told[:6]] == [
        "case 1, 6145551234: confirmed",
        "case 1, 6145551234: confirmed",
        "case 2, 6145551235: dismissed",
        "case 1, 6145551234: closed",
        "case 2, 6145551235: closed",
        "case 3, 6145559999: open",
    ]
    history = json.loads(told[6].output)["history"]
    assert [(each["who"], each["note"]) for each in history[1:]] == [
        (US, "called her"),
        (US, "police told"),
        (US, "watching 82123456"),
    ]


def test_what_is_refused_is_said(tmp_path: Path) -> None:
    missing, wrong, alone = ran(
        tmp_path, ("show", "9"), ("open", "12"), ("close", "1", "--esn", "82123456")
    )
    assert missing.exit_code == wrong.exit_code == 1
    assert "there is no case 9" in missing.errors
    assert "give the ten digits of a MIN" in wrong.errors
    assert alone.exit_code == 2
    assert "--reissued" in alone.errors


def test_people_see_a_table_and_a_case_on_a_screen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    listed, shown = ran(tmp_path, ("list",), ("show", "1"))
    verb._table([json.loads(line) for line in listed.output.splitlines()])  # noqa: SLF001
    table = capsys.readouterr().out
    assert "6145551234" in table
    assert "MSC A, MSC C" in table
    text = "\n".join(verb.lines_of(json.loads(shown.output)))
    for words in (
        "case 1, open: subscriber 6145551234, major, confidence 0.91, 1 conflict",
        "  MSCs: MSC A (1), MSC C (1)",
        "  ESNs: 82123456 (1), 00000001 (1)",
        "  alarm case-1: raised 2026-11-22T11:00:00Z, major",
        "  MSC A 2026-11-22T10:00:00Z -> MSC C 2026-11-22T10:45:00Z: 45.0 min of 80 needed",
        "    ESN 82123456 / 00000001, by west / east",
        "    +4 45.0 min of the 80 min that it takes",
        "  2026-11-22T11:00:00Z  alarm raised to log, pending",
        "  2026-11-22T11:00:00Z  clonewatch  conflict, open: MSC A to MSC C in 45.0 min of 80",
    ):
        assert words in text
