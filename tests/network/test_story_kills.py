"""``kill -9`` at any time through alarms, suspensions and restorations: nothing is lost or doubled.

KILLS in the environment says how often; 10 times, unless it does.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest

from afterwards import clone_records, stored, undisturbed
from clonewatch.lab.scenario import load_scenario
from clonewatch.links.urls import Transport
from lives import Lives, with_lives
from network import until
from outputs import told_by
from processes import STARTED_WITHIN_S
from story import story

if TYPE_CHECKING:
    from pathlib import Path

    from story import Story

KILLS: Final = int(os.environ.get("KILLS", "10"))
START_S: Final = 2.0  # about what a start takes; a third of the kills come in it
AFTER_S: Final = 0.5  # once something happens, the others come within
LIVES_MAX: Final = 100 + 100 * KILLS
MANY: Final = "1000000"
# Nothing is waited for, and no guard rail stands in the way of so many clones between two MSCs.
LOOSE: Final = {
    "CLONEWATCH_WINDOW__FRESH_SECONDS": "0",
    "CLONEWATCH_WINDOW__LATENESS_MINUTES": "0",
    "CLONEWATCH_WINDOW__SETTLE_MINUTES": "0",
    "CLONEWATCH_CASES__SUSPECT_MSIDS": MANY,
    "CLONEWATCH_SUSPENSION__CONFLICTS_MIN": "1",
    "CLONEWATCH_SUSPENSION__CONFIDENCE_MIN": "0",
    "CLONEWATCH_SUSPENSION__PER_HOUR_MAX": MANY,
    "CLONEWATCH_SUSPENSION__PER_DAY_MAX": MANY,
    "CLONEWATCH_SUSPENSION__BREAKER_SUBSCRIBERS": MANY,
}

pytestmark = [pytest.mark.alertmanager, pytest.mark.rsyslogd, pytest.mark.snmptrapd]


async def killed_again_and_again(of: Story, lives: Lives) -> None:
    """Kill it KILLS times; then let the lives that have begun come to their end."""
    chance = random.Random(6)
    await of.started()
    for kill in range(KILLS):
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


def test_no_alarm_is_lost_and_the_hlr_and_we_agree_after_any_kill(tmp_path: Path) -> None:
    scenario = with_lives(load_scenario("suspension"), LIVES_MAX)

    async def scene() -> None:
        async with story(tmp_path, scenario, Transport.TALI, LOOSE) as of:
            lives = Lives(of)
            async with asyncio.TaskGroup() as group:
                group.create_task(lives.run())
                await killed_again_and_again(of, lives)
            assert lives.begun <= LIVES_MAX
            await agree(of, lives)

    asyncio.run(scene())


async def agree(of: Story, lives: Lives) -> None:
    """What the phones saw, the HLR, our cases, their alarms and those who were told."""
    folder = of.process.folder
    await until(lambda: not stored(folder, "SELECT id FROM outbox WHERE outcome IS NULL"))
    raised = stored(folder, "SELECT key, severity FROM alarms WHERE cleared_at IS NULL")
    await of.outputs.until_alerts(dict(raised))
    await of.ended()

    cases = stored(folder, "SELECT id, msid, state FROM cases")
    msids = Counter(msid for _, msid, _ in cases)
    assert set(msids.values()) == {1}
    assert len(msids) == lives.begun
    suspended = {msid for _, msid, state in cases if state == "suspended"}
    assert suspended == {int(phone.min) for phone in lives.out_of_service}
    assert of.place.network.homes.denials() == lives.out_of_service

    assert clone_records(folder) == undisturbed(folder)
    of_cases = stored(folder, "SELECT DISTINCT case_id FROM clone_records WHERE NOT superseded")
    assert sorted(of_cases) == [(case,) for case, _, _ in cases]
    keys = {f"case-{case}" for case, _, _ in cases}
    for told in told_by(folder).values():
        assert {each.alarm for each in told if each.change == "raised"} >= keys
    faults = [line for line in of.process.log if line["level"] == "error"]
    assert faults == []
