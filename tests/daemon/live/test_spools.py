"""Spools beside the loop."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from structlog.testing import capture_logs

from clonewatch.decoding import told
from clonewatch.live.telling import status_of
from clonewatch.sources.spool import GroupReader
from daemons import daemon, settings
from network import until
from recordfiles import messages_kept

if TYPE_CHECKING:
    from collections.abc import Callable

    from clonewatch.replay import Source

PCAPS: Final = Path(__file__).parents[3] / "pcaps"
SPOOL = '[[spools]]\nname = "rvcd-b"\ndirectory = "spool"\n'
GROUP = """time,min,esn,mscid
2026-01-22T10:00:00Z,6145551234,82123456,4660-1
2026-01-22T10:45:00Z,6145551234,82123456,4660-3
2026-01-22T10:45:00Z,6145551235,82123456,4660-9
nonsense,6145551235,82123456,4660-9
"""


def test_a_group_is_recorded_judged_and_put_away(tmp_path: Path) -> None:
    async def main() -> None:
        async with daemon(tmp_path, SPOOL) as app:
            hidden = tmp_path / "spool" / ".20260122T1030Z.csv"
            hidden.write_text(GROUP)
            hidden.rename(tmp_path / "spool" / "20260122T1030Z.csv")
            spool = app.spools.spools["rvcd-b"].spool
            await until(lambda: spool.counts.groups_taken == 1)
            assert app.judge.registrations == 3
            assert app.judge.conflicts == 1
            assert spool.counts.refused.total() == 1
            assert [path.name for path in (tmp_path / "spool" / "done").iterdir()]

    asyncio.run(main())


def test_another_configuration_stops_and_starts_spools(tmp_path: Path) -> None:
    async def main() -> None:
        async with daemon(tmp_path, SPOOL) as app:
            before = app.spools.spools["rvcd-b"]
            other = SPOOL.replace("rvcd-b", "rvcd-c").replace('"spool"', '"other"')
            await app.reload(settings(tmp_path, SPOOL, other))
            assert app.spools.spools["rvcd-b"] is before
            await app.reload(settings(tmp_path, other))
            assert set(app.spools.spools) == {"rvcd-c"}
            (tmp_path / "other" / "20260122T1030Z.csv").write_text(GROUP)
            spool = app.spools.spools["rvcd-c"].spool
            await until(lambda: spool.counts.groups_taken == 1)

    asyncio.run(main())


class Broken(GroupReader):
    """A reader with a fault of ours."""

    def open(self, path: Path, refuse: Callable[[str], None]) -> Source:
        raise ZeroDivisionError(path.name, refuse)


def test_a_spool_that_ends_by_a_fault_of_ours_is_seen_to(tmp_path: Path) -> None:
    async def main() -> None:
        async with daemon(tmp_path, SPOOL) as app:
            spool = app.spools.spools["rvcd-b"].spool
            spool.reader = Broken(app.settings.mscs, 0)
            with capture_logs() as logged:
                (tmp_path / "spool" / "20260122T1030Z.csv").write_text(GROUP)
                await until(lambda: spool.is_failing)
                await until(lambda: any(each["event"] == "spool_ended" for each in logged))
            assert [each.state for each in status_of(app).sources] == ["failing"]

    asyncio.run(main())


KEEPS = "[record_file]\noctets = true\n"


@pytest.mark.parametrize("reloaded", [False, True])
def test_messages_of_a_capture_are_kept_as_those_of_a_link(
    tmp_path: Path, *, reloaded: bool
) -> None:
    async def main() -> None:
        async with daemon(tmp_path, SPOOL, KEEPS) as app:
            if reloaded:  # to keep none needs a restart; those of now must not be half kept
                await app.reload(settings(tmp_path, SPOOL))
            shutil.copy(PCAPS / "fig6-mtp3.pcap", tmp_path / "spool" / "20260122T1030Z.pcap")
            spool = app.spools.spools["rvcd-b"].spool
            await until(lambda: spool.counts.groups_taken == 1)
        kept = messages_kept(tmp_path / "state" / "records")
        assert sorted(kept) == list(range(14))
        for message in kept.values():
            (component,) = told(message.octets, message.layer)["tcap"]["components"]
            assert component["operation"] == "RegistrationNotification"

    asyncio.run(main())
