"""A scenario is played from its first step to its last."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from clonewatch.lab.network.network import Network, Outside
from clonewatch.lab.network.play import play, ready
from clonewatch.lab.nodes.happenings import Happening, Kind, Phone
from clonewatch.lab.scenario import Standing, load_scenario
from clonewatch.lab.timeline import Awaited, Heard, Timeline
from is41.map.codes import AuthorizationDenied
from network import until

if TYPE_CHECKING:
    from clonewatch.lab.timeline import Deed

OWNER: Final = Phone("6145551234", 0x82123456)
SPEED = 20_000  # the two hours of FIG. 6 in less than half a second


def test_fig_6_is_played_whole_and_every_phone_registers() -> None:
    scenario = load_scenario("fig6")
    happenings: list[Happening] = []
    deeds: list[Deed] = []

    async def scene() -> None:
        network = Network(
            scenario, Outside(), told=happenings.append, clock_ms=lambda: 0, speed=SPEED
        )
        await network.start()
        try:
            assert await ready(network, 20)
            await play(network, Timeline(scenario), SPEED, deeds.append)
            async with asyncio.timeout(20):
                while sum(_is_registered(each) for each in happenings) < len(scenario.steps):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
        finally:
            await network.stop()

    asyncio.run(scene())
    assert [deed.shows for deed in deeds] == [step.shows for step in scenario.steps]
    heard = [(deed.msc, deed.phone) for deed in deeds if isinstance(deed, Heard)]
    told = [(each.node, each.phone) for each in happenings if _is_registered(each)]
    assert sorted(told) == sorted(heard)


def test_what_follows_waits_until_the_hlr_has_suspended_and_restored() -> None:
    scenario = load_scenario("suspension")
    deeds: list[Deed] = []

    def orders() -> list[Standing]:
        return [each.standing for each in deeds if isinstance(each, Awaited)]

    async def scene() -> None:
        network = Network(scenario, Outside(), told=lambda _: None, clock_ms=lambda: 0, speed=SPEED)
        await network.start()
        try:
            playing = asyncio.create_task(play(network, Timeline(scenario), SPEED, deeds.append))
            await until(orders)
            assert (orders(), len(deeds)) == ([Standing.SUSPENDED], 6)
            network.homes.deny(OWNER, AuthorizationDenied.DUPLICATE_UNIT)
            await until(lambda: len(orders()) == 2)
            assert (orders()[-1], len(deeds)) == (Standing.RESTORED, 10)
            network.homes.deny(OWNER, None)
            await playing
        finally:
            await network.stop()

    asyncio.run(scene())
    assert len(deeds) == len(scenario.steps)


def _is_registered(happening: Happening) -> bool:
    return happening.kind is Kind.REGISTERED and happening.node.startswith("MSC")
