"""Issue 5: FIG. 6's clone to its end, as the scenario `suspension` has it, through every output.

The network is the lab's, the daemon a process with the configuration that `lab configure` writes;
alarms go to the programs that operators have.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest

from clonewatch.lab.network.play import play
from clonewatch.lab.nodes.happenings import Happening, Kind, Phone
from clonewatch.lab.scenario import Standing, load_scenario
from clonewatch.lab.timeline import Awaited, Timeline
from clonewatch.links.urls import Transport
from command import clonewatch
from network import until
from receivers import Told
from story import Story, story

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from clonewatch.lab.timeline import Deed

OWNER: Final = Phone("6145551234", 0x82123456)
HONEST: Final = Phone("6145550010", 0x82000010)
# The scenario runs faster than the tables, so that a busy machine makes no journey possible; not
# so fast that a phone at one MSC again is taken for a copy, which it is within 2 seconds.
TABLES_SPEED: Final = 60.0
SPEED: Final = 1200.0
SOON: Final = {
    "CLONEWATCH_WINDOW__FRESH_SECONDS": "0",
    "CLONEWATCH_WINDOW__LATENESS_MINUTES": "0.01",
    "CLONEWATCH_WINDOW__SETTLE_MINUTES": "0.01",
}
SUSPENDED: Final = [
    "conflict",
    "not suspended",  # one conflict is too few
    "not suspended",  # two are not sure
    "severity",
    "not suspended",  # something may still come
    "suspension asked",
    "suspended",
]

pytestmark = [pytest.mark.alertmanager, pytest.mark.rsyslogd, pytest.mark.snmptrapd]


@asynccontextmanager
async def played(of: Story, deeds: list[Deed]) -> AsyncIterator[None]:
    """Play the scenario, in the end to its end; what was done so far is in *deeds*."""
    network = of.place.network
    playing = asyncio.create_task(play(network, Timeline(network.scenario), SPEED, deeds.append))
    try:
        yield
        await playing
    finally:
        playing.cancel()


def awaited(deeds: list[Deed], standing: Standing) -> bool:
    """Whether the scenario has come to where it waits for the HLR."""
    return any(isinstance(each, Awaited) and each.standing is standing for each in deeds)


@pytest.mark.parametrize("transport", [Transport.TALI, Transport.XOT])
def test_a_clone_is_found_told_suspended_denied_and_its_owner_restored(
    tmp_path: Path, transport: Transport
) -> None:
    scenario = load_scenario("suspension")

    async def scene() -> None:
        async with story(tmp_path, scenario, transport, SOON, speed=TABLES_SPEED) as of:
            await of.started()
            deeds: list[Deed] = []
            async with played(of, deeds):
                await until(lambda: awaited(deeds, Standing.RESTORED))
                await suspended(of)
                ran = await asyncio.to_thread(
                    clonewatch, "cases", "restore", "1", "-c", of.place.configuration
                )
                assert (ran.exit_code, ran.errors) == (0, "case 1, 6145551234: suspended\n")
            await restored(of)
            await of.ended()

    asyncio.run(scene())


async def suspended(of: Story) -> None:
    """The number is out of service, and everybody was told why."""
    await until(lambda: of.happened("MSC A", OWNER)[-1] is Kind.DENIED)
    assert of.happened("MSC C", OWNER)[-2:] == [Kind.DROPPED, Kind.DENIED]
    denied = Happening("MSC C", Kind.DENIED, OWNER, "duplicate_unit")
    assert denied in of.place.happenings
    assert Kind.DENIED not in of.happened("MSC B", HONEST)
    case = await of.until_told(1, "suspended")
    assert [each["msid"] for each in await of.ask("GET", "/cases")] == [OWNER.min]
    assert (case["state"], told(case)) == ("suspended", SUSPENDED)
    assert case["history"][4]["note"].startswith("settling: ")
    ways = [(each["first"]["msc"], each["second"]["msc"]) for each in case["clone_records"]]
    assert ways == [("MSC C", "MSC A"), ("MSC A", "MSC C")] * 2
    await until(lambda: of.outputs.took_all(Told(2, "changed", "case-1")))
    await of.outputs.until_alerts({"case-1": "critical"})


async def restored(of: Story) -> None:
    """The owner is served, and nobody is alarmed any more."""
    await until(lambda: of.happened("MSC B", OWNER) == [Kind.REGISTERED])
    assert of.place.network.homes.denials() == set()
    case = await of.until_told(1, "restored")
    assert (case["state"], case["alarm"]["severity"]) == ("restored", "cleared")
    assert told(case) == [*SUSPENDED, "restoration asked", "restored"]
    await until(lambda: of.outputs.took_all(Told(3, "cleared", "case-1")))
    await of.outputs.until_alerts({})


def told(case: dict[str, Any]) -> list[str]:
    """The history of a case."""
    return [event["what"] for event in case["history"]]
