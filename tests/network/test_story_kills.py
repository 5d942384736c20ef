"""``kill -9`` at any time through alarms, suspensions and restorations: nothing is lost or doubled.

KILLS in the environment says how often; 10 times, unless it does. Half of them over each transport.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from typing import TYPE_CHECKING, Final

import pytest

from clonewatch.lab.scenario import load_scenario
from clonewatch.links.urls import Transport
from lives import AGAIN_S, LOOSE, Lives, agree, with_lives
from network import until
from processes import STARTED_WITHIN_S
from story import story

if TYPE_CHECKING:
    from pathlib import Path

    from story import Story

KILLS: Final = int(os.environ.get("KILLS", "10"))
START_S: Final = 2.0  # about what a start takes; a third of the kills come in it
AFTER_S: Final = 0.5  # once something happens, the others come within
LIVES_MAX: Final = 100 + 100 * KILLS

pytestmark = [pytest.mark.alertmanager, pytest.mark.rsyslogd, pytest.mark.snmptrapd]


async def killed_again_and_again(of: Story, lives: Lives, kills: int) -> None:
    """Kill it so many times; then let the lives that have begun come to their end."""
    chance = random.Random(6)
    await of.started()
    for kill in range(kills):
        if kill % 3 == 2:
            await asyncio.sleep(chance.uniform(0, START_S))
        else:
            begun = lives.steps
            await until(lambda: lives.steps > begun, STARTED_WITHIN_S)  # noqa: B023  # it is this kill's
            await asyncio.sleep(chance.uniform(0, AFTER_S))
        assert of.process.runs, of.process.log[-5:]
        assert of.process.end(signal.SIGKILL) == -signal.SIGKILL
        of.process.start()
    lives.is_ending = True


# What a circuit of X.25 has acknowledged is never lost, what it has not is sent again; what TALI has
# sent may be lost with who was to read it.
@pytest.mark.parametrize(
    ("transport", "again_s"), [(Transport.TALI, AGAIN_S), (Transport.XOT, None)]
)
def test_no_alarm_is_lost_and_the_hlr_and_we_agree_after_any_kill(
    tmp_path: Path, transport: Transport, again_s: float | None
) -> None:
    scenario = with_lives(load_scenario("suspension"), LIVES_MAX)

    async def scene() -> None:
        async with story(tmp_path, scenario, transport, LOOSE) as of:
            lives = Lives(of, again_s)
            async with asyncio.TaskGroup() as group:
                group.create_task(lives.run())
                await killed_again_and_again(of, lives, KILLS // 2)
            assert lives.begun <= LIVES_MAX
            await agree(of, lives)

    asyncio.run(scene())
