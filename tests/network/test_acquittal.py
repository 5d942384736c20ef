"""Issue 5: A at 10:00, C at 10:45, then late B at 10:20, which touches both: nobody is suspended.

The registrations come in groups, to a whole daemon that suspends by itself.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

import pytest

from clonewatch.lab.nodes.happenings import Kind
from clonewatch.lab.scenario import Copies, load_scenario
from clonewatch.links.urls import Transport
from clonewatch.registrations import Batch
from network import until
from receivers import Told
from spools import put_csv
from story import story

if TYPE_CHECKING:
    from pathlib import Path

MINUTE: Final = 60_000
A, B, C = (4660 << 8 | switch for switch in (1, 2, 3))
ANYBODY: Final = {
    "CLONEWATCH_SUSPENSION__CONFLICTS_MIN": "1",
    "CLONEWATCH_SUSPENSION__CONFIDENCE_MIN": "0",
}

pytestmark = [pytest.mark.alertmanager, pytest.mark.rsyslogd, pytest.mark.snmptrapd]


def group(ten: int, *heard: tuple[int, int]) -> Batch:
    """FIG. 6's phone at these MSCs, so many minutes after *ten*."""
    batch = Batch.empty(len(heard))
    batch.msid[:] = 6_145_551_234
    batch.esn[:] = 0x82123456
    for at, (mscid, minute) in enumerate(heard):
        batch.mscid[at] = mscid
        batch.time[at] = ten + minute * MINUTE
    return batch


def test_a_late_registration_acquits_before_anything_is_sent_to_the_hlr(tmp_path: Path) -> None:
    base = load_scenario("suspension")
    in_groups = tuple(rvcd.model_copy(update={"copies": Copies.GROUPS}) for rvcd in base.rvcds)
    scenario = base.model_copy(update={"rvcds": in_groups})
    ten = int(time.time() * 1000) - 60 * MINUTE

    async def scene() -> None:
        async with story(tmp_path, scenario, Transport.TALI, ANYBODY) as of:
            await of.started()
            spool = of.process.folder / "rvcd-a"
            put_csv(spool, "first.csv", group(ten, (A, 0), (C, 45)))
            await until(lambda: of.outputs.took_all(Told(1, "raised", "case-1")))
            await of.outputs.until_alerts({"case-1": "minor"})
            case = await of.until_told(1, "not suspended")
            assert [event["what"] for event in case["history"]] == ["conflict", "not suspended"]
            assert case["history"][-1]["note"].startswith("settling: ")

            put_csv(spool, "late.csv", group(ten, (B, 20)))
            await until(lambda: of.outputs.took_all(Told(2, "cleared", "case-1")))
            await of.outputs.until_alerts({})
            case = await of.ask("GET", "/cases/1")
            assert (case["state"], case["conflicts"]) == ("closed", 0)
            assert [record["superseded"] for record in case["clone_records"]] == [True]
            assert {action["kind"] for action in case["actions"]} == {"alarm"}
            assert Kind.SUSPENDED not in {each.kind for each in of.place.happenings}
            await of.ended()

    asyncio.run(scene())
