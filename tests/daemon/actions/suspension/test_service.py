"""Suspension as the daemon runs it, beside the lab's network: real sockets, the lab's HLR."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest

from besides import Both, beside
from clonewatch.cases import showing
from clonewatch.lab.nodes.happenings import Kind, Phone
from clonewatch.lab.scenario import load_scenario
from clonewatch.links.urls import Transport
from network import until
from stores import HOUR, conflict

if TYPE_CHECKING:
    from pathlib import Path

OWNER: Final = Phone("6145551234", 0x82123456)
SUSPENSION: Final = """
[suspension]
mode = "{mode}"
hlr = "hlr"
conflicts_min = 1
confidence_min = 0
"""


def shown(both: Both, case_id: int = 1) -> dict[str, Any]:
    with both.app.store.read() as connection:
        case = showing.shown(connection, case_id)
    assert case is not None
    return case


def state(both: Both) -> str:
    return str(shown(both)["state"])


def told(both: Both) -> list[str]:
    return [event["what"] for event in shown(both)["history"]]


async def clone_is_found(both: Both) -> None:
    """Submit what the detector would have found, long ago: nothing about it is uncertain."""
    found = conflict(at=both.app.store.now_ms() - HOUR)
    assert both.app.store.submit([replace(found, second=replace(found.second, source=0))], 0)
    await asyncio.to_thread(both.app.store.flush)


@pytest.mark.parametrize("transport", [Transport.TALI, Transport.XOT])
def test_a_clone_is_suspended_denied_and_restored(tmp_path: Path, transport: Transport) -> None:
    async def scene() -> None:
        further = SUSPENSION.format(mode="auto")
        fig6 = load_scenario("fig6")
        async with beside(tmp_path, fig6, transport, further=further) as both:
            assert await both.hear("MSC A", OWNER) is Kind.REGISTERED
            rules = both.app.consequences.suspension
            both.app.consequences.suspension = replace(rules, settle_ms=0)
            await clone_is_found(both)
            await until(lambda: both.app.suspension.is_suspended(int(OWNER.min)))
            assert state(both) == "suspended"
            assert both.network.homes.denials() == {(OWNER.min, OWNER.esn)}
            assert await both.hear("MSC C", OWNER) is Kind.DENIED
            both.app.suspension.orders.restore(1, who="ann", note="a mistake")
            await until(lambda: not both.app.suspension.is_suspended(int(OWNER.min)))
            assert state(both) == "restored"
            assert both.network.homes.denials() == set()
            assert await both.hear("MSC C", OWNER) is Kind.REGISTERED
            assert told(both)[-4:] == [
                "suspension asked",
                "suspended",
                "restoration asked",
                "restored",
            ]

    asyncio.run(scene())
