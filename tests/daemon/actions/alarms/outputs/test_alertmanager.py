"""Prometheus' Alertmanager."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from clonewatch.actions.alarms.book import Alarm
from clonewatch.actions.alarms.kinds import Kind
from clonewatch.actions.alarms.notice import Change
from clonewatch.actions.alarms.outputs.alertmanager import Alertmanager
from clonewatch.actions.alarms.outputs.http import Address
from clonewatch.evidence.findings import Severity
from notices import NOTICE, WebServer
from receivers import Alertmanager as Real
from stores import MINUTE, TEN

if TYPE_CHECKING:
    from pathlib import Path

    from clonewatch.actions.alarms.notice import Notice


def posted(*notices: Notice, alarms: tuple[Alarm, ...] = ()) -> list[Any]:
    async def scenario() -> list[Any]:
        async with WebServer() as server:
            it = Alertmanager(Address(url=server.url + "/"))
            if notices:
                await it.send(notices)
            await it.repeat(alarms)
            await it.close()
            assert set(server.paths) <= {"/api/v2/alerts"}
            return server.posted

    return asyncio.run(scenario())


def test_an_alarm_is_an_alert_without_an_end() -> None:
    assert posted(NOTICE) == [
        [
            {
                "labels": {
                    "alertname": "clonewatch_clone",
                    "severity": "major",
                    "alarm": "case-1",
                    "object": "subscriber 6145551234",
                    "case": "1",
                },
                "annotations": {
                    "summary": "case 1, open",
                    "msid": "6145551234",
                    "mscs": "MSC A, MSC C",
                },
                "startsAt": "2026-11-22T10:00:00.000Z",
            }
        ]
    ]


def test_another_severity_ends_one_alert_and_begins_another() -> None:
    changed = replace(
        NOTICE,
        change=Change.CHANGED,
        before=Severity.MAJOR,
        severity=Severity.CRITICAL,
        at=TEN + MINUTE,
    )
    ((old, new),) = posted(changed)
    assert (old["labels"]["severity"], old["endsAt"]) == ("major", "2026-11-22T10:01:00.000Z")
    assert (new["labels"]["severity"], new["startsAt"]) == ("critical", old["endsAt"])
    assert "endsAt" not in new


def test_a_cleared_alarm_is_an_alert_that_has_ended() -> None:
    cleared = replace(
        NOTICE, change=Change.CLEARED, before=Severity.MAJOR, severity=None, at=TEN + MINUTE
    )
    ((alert,),) = posted(cleared)
    assert alert["labels"]["severity"] == "major"
    assert alert["endsAt"] == "2026-11-22T10:01:00.000Z"


def test_all_that_is_raised_is_told_again_in_portions() -> None:
    alarms = tuple(
        Alarm(
            key=f"link_down-{number}",
            kind=Kind.LINK_DOWN,
            object="west",
            severity=Severity.MAJOR,
            changed_at=TEN,
        )
        for number in range(501)
    )
    many, one = posted(alarms=alarms)
    assert (len(many), len(one)) == (500, 1)
    assert one[0]["labels"]["alarm"] == "link_down-500"
    assert "case" not in one[0]["labels"]
    assert one[0]["startsAt"] == "2026-11-22T10:00:00.000Z"
    assert "endsAt" not in one[0]


def test_nothing_raised_is_nothing_told() -> None:
    assert posted() == []


async def severities(real: Real) -> list[str]:
    """Those of the alerts that are active."""
    return [labels["severity"] for labels in await asyncio.to_thread(real.active)]


@pytest.mark.alertmanager
def test_a_real_alertmanager_follows_an_alarm(tmp_path: Path) -> None:
    real = Real(tmp_path)
    # Our clock is two seconds ahead of its: nothing must last longer for that than two seconds.
    now = int(time.time() * 1000) + 2000
    raised = replace(NOTICE, raised_at=now, at=now)
    changed = replace(
        raised, change=Change.CHANGED, before=Severity.MAJOR, severity=Severity.CRITICAL
    )
    cleared = replace(raised, change=Change.CLEARED, before=Severity.CRITICAL, severity=None)

    async def scenario() -> None:
        it = Alertmanager(Address(url=real.url))
        for notice, expected in (
            (raised, ["major"]),
            (changed, ["critical"]),
            (cleared, []),
        ):
            await it.send([notice])
            async with asyncio.timeout(30):
                while await severities(real) != expected:  # noqa: ASYNC110  # it tells nobody
                    await asyncio.sleep(0.05)
        await it.close()

    asyncio.run(scenario())
    real.end()
