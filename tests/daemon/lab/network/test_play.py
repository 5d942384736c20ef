"""A scenario is played from its first step to its last."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from clonewatch.lab.network.network import Network, Outside
from clonewatch.lab.network.play import play, ready
from clonewatch.lab.nodes.happenings import Happening, Kind
from clonewatch.lab.scenario import load_scenario
from clonewatch.lab.timeline import Heard, Timeline

if TYPE_CHECKING:
    from clonewatch.lab.timeline import Deed

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


def _is_registered(happening: Happening) -> bool:
    return happening.kind is Kind.REGISTERED and happening.node.startswith("MSC")
