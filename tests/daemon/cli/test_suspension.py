"""``clonewatch suspension``, and suspending and restoring cases, beside a control socket."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from clonewatch.actions.suspension.service import Suspension
from clonewatch.control.callers import Permissions
from clonewatch.control.server import ControlServer
from clonewatch.control.suspension import SuspensionRoutes
from command import Ran, clonewatch
from configuration import HLR, loaded
from stores import conflict, follower, opened

if TYPE_CHECKING:
    from pathlib import Path

    from clonewatch.store.store import Store

CONFIG = 'mode = "active"\n[tables]\ntravel = "travel.csv"\n'
PROPOSE = '[suspension]\nmode = "propose"\nhlr = "hlr"\n'


def ran(folder: Path, *commands: str) -> list[Ran]:
    """Run commands beside a daemon with one open case, and no HLR."""
    follows = follower()
    config = loaded(folder, CONFIG, HLR, PROPOSE)
    path = folder / "control.sock"

    async def main(store: Store) -> list[Ran]:
        suspension = Suspension(store, follows, config, lambda _: None)
        server = ControlServer(Permissions())
        SuspensionRoutes(suspension).add_to(server)
        await suspension.start()
        await server.start(path)
        try:
            return [
                await asyncio.to_thread(clonewatch, *words.split(), "--socket", path)
                for words in commands
            ]
        finally:
            await server.stop()
            await suspension.stop()

    with opened(folder, consequences=follows) as store:
        store.submit([conflict()], 1)
        store.flush()
        return asyncio.run(main(store))


def test_the_switch_is_turned_and_shown(tmp_path: Path) -> None:
    paused, refused, resumed, status = ran(
        tmp_path,
        "suspension pause --note odd",
        "cases suspend 1",
        "suspension resume",
        "suspension status --json",
    )
    assert paused.errors.startswith("suspension is paused by ")
    assert paused.errors.endswith(": odd\n")
    assert refused.exit_code == 1
    assert "`suspension resume` first" in refused.errors
    assert resumed.errors.startswith("suspension is on by ")
    assert json.loads(status.output)["mode"] == "propose"


def test_a_case_is_suspended_and_restored(tmp_path: Path) -> None:
    suspended, restored, again, all_since, neither, done, all_done = ran(
        tmp_path,
        "cases suspend 1 --esn 82123456 --note sure",
        "cases restore 1 --note no",
        "cases suspend 1",
        "cases restore --since 2026-11-22T00:00:00Z",
        "cases restore",
        "cases restore 1 --done",
        "cases restore --since 2026-11-22T00:00:00Z --done",
    )
    for order in (suspended, restored, again):
        assert (order.exit_code, order.errors) == (0, "case 1, 6145551234: open\n")
    assert all_since.errors.splitlines() == ["case 1, 6145551234: open", "1 restoration asked"]
    assert neither.exit_code == all_done.exit_code == 2
    assert (done.exit_code, "no restoration of it is on its way" in done.errors) == (1, True)
