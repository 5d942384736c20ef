"""``cases show``: REGNOTs decoded whole, of a clone that a whole daemon met on a real link."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from clonewatch.cli import regnots
from clonewatch.cli.cases import lines_of
from clonewatch.control.callers import Permissions
from clonewatch.control.cases import CaseRoutes
from clonewatch.control.server import ControlServer
from command import clonewatch
from daemons import daemon, link, sender
from is41.layers import Layer
from is41.map.codes import TerminalType
from live import regnot
from network import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from clonewatch.app import App

A, C = 0, 4
OCTETS = "[record_file]\noctets = true\n"


def message(layer: Layer, which: int) -> bytes:
    """A phone of one kind at A, and one of another at C."""
    kind = (TerminalType.IS_95, TerminalType.IS_136)[which]
    return regnot(msc=(A, C)[which], transaction_id=7 + which, terminal_type=kind, layer=layer)


@asynccontextmanager
async def asked(app: App, folder: Path) -> AsyncIterator[None]:
    """Answer ``cases`` on a control socket."""
    server = ControlServer(Permissions())
    CaseRoutes(app.store, app.office.orders).add_to(server)
    await server.start(folder / "control.sock")
    try:
        yield
    finally:
        await server.stop()


def shown(
    folder: Path, transport: str, layer: Layer, *tables: str, send: bool = True
) -> dict[str, Any]:
    """What ``cases show`` says of a clone."""

    async def main() -> dict[str, Any]:
        async with daemon(folder, link("a", transport), *tables) as app:
            async with sender(app) as far_end:
                for which in (0, 1) if send else ():
                    assert far_end.connection.send(message(layer, which), layer)
                    await until(lambda: app.judge.registrations == which + 1)  # noqa: B023
            await until(lambda: app.store.judged == 2)
            async with asked(app, folder):
                ran = await asyncio.to_thread(
                    clonewatch, "cases", "show", "1", "--json", "--socket", folder / "control.sock"
                )
        assert ran.exit_code == 0, ran.errors
        case: dict[str, Any] = json.loads(ran.output)
        return case

    return asyncio.run(main())


def values(told: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a decoded message."""
    (component,) = told["decoded"]["tcap"]["components"]
    assert component["operation"] == "RegistrationNotification"
    return {each["name"]: each["value"] for each in component["parameters"]}


@pytest.mark.parametrize(
    ("transport", "layer"),
    [("tali", Layer.SCCP), ("m3ua", Layer.MTP3), ("xot", Layer.TCAP)],
)
def test_both_are_decoded_where_octets_are_kept(
    tmp_path: Path, transport: str, layer: Layer
) -> None:
    case = shown(tmp_path, transport, layer, OCTETS)
    (record,) = case["clone_records"]
    for which, side in enumerate(("first", "second")):
        told = record[side]["message"]
        assert told["octets"] == message(layer, which).hex()
        assert told["layer"] == layer.name.lower()
        assert told["decoded"]["tcap"]["originating_id"] == f"{7 + which:08X}"
        assert values(told)["MobileIdentificationNumber"] == "6145551234"
    assert values(record["first"]["message"])["TerminalType"] == "IS_95"
    assert values(record["second"]["message"])["TerminalType"] == "IS_136"
    lines = [line.split() for line in lines_of(case)]
    assert ["tcap", "package_type", *["QUERY_WITH_PERMISSION"] * 2] in lines
    assert ["*", "TerminalType", "IS_95", "IS_136"] in lines
    assert ["*", "MSCID", "4660-1", "4660-3"] in lines
    assert ["ElectronicSerialNumber", "82123456", "82123456"] in lines


def test_after_a_kill_before_the_case_was_written_both_are_looked_up(tmp_path: Path) -> None:
    before = shown(tmp_path, "tali", Layer.SCCP, OCTETS)
    for path in (tmp_path / "state").glob("clonewatch.sqlite*"):
        path.unlink()  # as if it had come no further than the record file
    (record,) = shown(tmp_path, "tali", Layer.SCCP, OCTETS, send=False)["clone_records"]
    for side in ("first", "second"):
        assert record[side] == before["clone_records"][0][side]
        assert values(record[side]["message"])["MobileIdentificationNumber"] == "6145551234"


def test_the_second_is_decoded_always_and_phones_are_evidence(tmp_path: Path) -> None:
    case = shown(tmp_path, "tali", Layer.SCCP)
    (record,) = case["clone_records"]
    assert record["first"]["message"] is None
    assert values(record["second"]["message"])["TerminalType"] == "IS_136"
    assert record["first"]["terminal_type"] == "IS_95"
    assert case["seen"]["terminal_types"] == {"IS_95": 1, "IS_136": 1}
    assert "terminal_type_differs" in {each["mark"] for each in record["evidence"]["found"]}
    text = "\n".join(lines_of(case))
    for words in (
        "  terminal types: IS_95 (1), IS_136 (1)",
        "    terminal type IS_95 / IS_136",
        "    +10 TerminalType 32 and 3",
    ):
        assert words in text
    lines = [line.split() for line in text.splitlines()]
    assert lines[lines.index(["REGNOTs", "first", "second"]) + 1] == ["not", "kept"]
    assert ["MobileIdentificationNumber", "-", "6145551234"] in lines


def test_a_case_without_messages_needs_no_decoder() -> None:
    record = {side: {"message": None} for side in ("first", "second")}
    regnots.decode({"clone_records": [record]})
    assert list(regnots.regnot_lines(record)) == ["REGNOTs: not kept"]


def test_what_cannot_be_decoded_is_shown_as_it_is() -> None:
    told = {"layer": "tcap", "octets": "e2"}
    record = {"first": {"message": None}, "second": {"message": told}}
    regnots.decode({"clone_records": [record]})
    lines = "\n".join(regnots.regnot_lines(record))
    assert "error counted_as" in lines
    assert "octets  " in lines


def test_what_a_message_says_twice_is_shown_twice() -> None:
    twice = {
        "components": [
            {"component_type": "Invoke", "parameters": [{"name": "MSCID", "value": "4660-1"}]},
            {"component_type": "Invoke", "parameters": [{"name": "MSCID", "value": {"a": 1}}]},
        ]
    }
    once = {"components": [{"component_type": "Invoke", "parameters": [{"error": {"at": 3}}]}]}
    record = {"first": {"message": {"decoded": twice}}, "second": {"message": {"decoded": once}}}
    assert [line.split() for line in regnots.regnot_lines(record)][1:] == [
        ["component_type", "Invoke", "Invoke"],
        ["*", "MSCID", "4660-1", "-"],
        ["*", "component_type", "2", "Invoke", "-"],
        ["*", "MSCID", "2", "a", "1", "-"],
        ["*", "unreadable", "-", "at", "3"],
    ]
