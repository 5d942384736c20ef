"""The daemon is told to end, and another takes its place and its sockets: nothing is lost at all."""

from __future__ import annotations

import asyncio
import random
import signal
from typing import TYPE_CHECKING, Final

import pytest

from clonewatch.lab.scenario import load_scenario
from clonewatch.links.urls import Transport
from clonewatch.recordfile.reading import read
from is41.msid import msid_digits
from lives import LOOSE, Lives, agree, phone_of, with_lives
from network import until
from processes import STARTED_WITHIN_S
from story import story

if TYPE_CHECKING:
    from pathlib import Path

    from story import Story

RESTARTS: Final = 2
AFTER_S: Final = 0.3  # once something happens
LIVES_MAX: Final = 1000
A, C = 4660 << 8 | 1, 4660 << 8 | 3

pytestmark = [pytest.mark.alertmanager, pytest.mark.rsyslogd, pytest.mark.snmptrapd]


async def restarted_again_and_again(of: Story, lives: Lives) -> None:
    """End it in order, and start it again, RESTARTS times."""
    chance = random.Random(4)
    await of.started()
    for _ in range(RESTARTS):
        begun = lives.steps
        await until(lambda: lives.steps > begun, STARTED_WITHIN_S)  # noqa: B023  # it is this turn's
        await asyncio.sleep(chance.uniform(0, AFTER_S))
        assert await asyncio.to_thread(of.process.end, signal.SIGTERM) == 0
        of.process.start()
    lives.is_ending = True


@pytest.mark.parametrize("transport", Transport)
def test_no_registration_and_no_alarm_is_lost_by_a_restart(
    tmp_path: Path, transport: Transport
) -> None:
    scenario = with_lives(load_scenario("suspension"), LIVES_MAX)

    async def scene() -> None:
        async with story(tmp_path, scenario, transport, LOOSE) as of:
            lives = Lives(of, again_s=None)
            async with asyncio.TaskGroup() as group:
                group.create_task(lives.run())
                await restarted_again_and_again(of, lives)
            assert lives.begun <= LIVES_MAX
            await agree(of, lives)
            recorded = {
                (msid_digits(msid), mscid)
                for rows in read(of.process.folder / "state" / "records")
                for msid, mscid in zip(
                    rows.batch.msid.tolist(), rows.batch.mscid.tolist(), strict=True
                )
            }
            heard = {phone_of(number).min for number in range(lives.begun)}
            assert {msid for msid, mscid in recorded if mscid == A} == heard
            assert {msid for msid, mscid in recorded if mscid == C} == heard

    asyncio.run(scene())
