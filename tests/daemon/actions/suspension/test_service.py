"""Suspension as the daemon runs it, beside the lab's network: real sockets, the lab's HLR."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest

from besides import Both, beside
from clonewatch.detector import Detector
from clonewatch.lab.nodes.happenings import Kind, Phone
from clonewatch.lab.scenario import load_scenario
from clonewatch.lab.timeline import Stopped
from clonewatch.links.urls import Transport
from clonewatch.registrations import Batch, Registration
from network import until
from stores import HOUR, MARKET, MINUTE, case_shown, conflict

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
    return case_shown(both.app.store, case_id)


def state(both: Both) -> str:
    return str(shown(both)["state"])


def told(both: Both) -> list[str]:
    return [event["what"] for event in shown(both)["history"]]


async def clone_is_found(both: Both) -> None:
    """Submit what the detector would have found, long ago: nothing about it is uncertain."""
    found = conflict(second="B", at=both.app.store.now_ms() - HOUR)
    assert both.app.store.submit([replace(found, second=replace(found.second, source=0))], 0)
    await asyncio.to_thread(both.app.store.flush)


def test_the_acquittal_by_a_late_registration_sends_nothing(tmp_path: Path) -> None:
    """A 10:00, C 10:45, then late B 10:20, which touches both."""
    minutes = np.array([[0, 0, 80], [0, 0, 0], [80, 0, 0]], np.int64)
    mscids = np.array([MARKET | switch for switch in (1, 2, 3)], np.uint32)
    detector = Detector(minutes * MINUTE, mscids, subscribers_max=1000, overflow_octets_max=0)

    async def scene() -> None:
        further = SUSPENSION.format(mode="auto")
        async with beside(tmp_path, load_scenario("fig6"), Transport.TALI, further=further) as both:
            app = both.app
            ten = app.store.now_ms() - 2 * HOUR
            a, b, c = (
                Registration(
                    time=ten + minute * MINUTE,
                    msid=int(OWNER.min),
                    esn=OWNER.esn,
                    msc=msc,
                    mscid=int(mscids[msc]),
                )
                for msc, minute in enumerate((0, 20, 45))
            )
            found = detector.take(Batch.of([a, c]))
            assert app.store.submit(found, 0)
            await asyncio.to_thread(app.store.flush)
            await until(lambda: "not suspended" in told(both))  # it settles
            acquitted = detector.take(Batch.of([b]))
            assert [each.superseded for each in acquitted] == [True]
            assert app.store.submit(acquitted, 0)
            await asyncio.to_thread(app.store.flush)
            case = shown(both)
            assert (case["state"], case["conflicts"]) == ("closed", 0)
            assert case["alarm"]["severity"] == "cleared"
            assert case["actions"] == []
            assert both.clones() == []
            assert both.network.homes.denials() == set()

    asyncio.run(scene())


def test_who_is_suspended_is_denied_where_we_answer_even_without_the_hlr(tmp_path: Path) -> None:
    async def scene() -> None:
        further = SUSPENSION.format(mode="propose")
        direct = load_scenario("direct")
        async with beside(tmp_path, direct, Transport.TALI, further=further) as both:
            assert await both.hear("MSC A", OWNER) is Kind.REGISTERED
            await clone_is_found(both)
            both.app.suspension.orders.suspend(1, who="ann", note="")
            await until(lambda: both.app.suspension.is_suspended(int(OWNER.min)))
            await both.network.do(Stopped(direct.hlr.name))
            assert await both.hear("MSC B", OWNER) is Kind.DENIED

    asyncio.run(scene())


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
