"""Clocks of spools, estimated while the daemon runs."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from structlog.testing import capture_logs

from clonewatch.clocks.watch import ClockWatch
from clonewatch.live.clockkeeper import ClockKeeper
from clonewatch.registrations import Batch
from daemons import settings
from network import until

if TYPE_CHECKING:
    from pathlib import Path

    from clonewatch.clocks.watch import ClockChanged
    from clonewatch.settings import Settings

SECOND = 1_000


def touching(folder: Path) -> Settings:
    """Four MSCs that all touch one another."""
    of = settings(folder)
    assert of.travel is not None
    return replace(of, travel=replace(of.travel, ms=np.zeros_like(of.travel.ms)))


def batch(ahead_ms: int) -> Batch:
    """Registrations as they arrive; those of the first MSC are ahead."""
    rng = np.random.default_rng(ahead_ms)
    made = Batch.empty(3000)
    made.time[:] = np.arange(3000) * 100 + rng.integers(0, 300, 3000)
    made.msc[:] = rng.integers(0, 4, 3000)
    made.time[made.msc == 0] += ahead_ms
    made.msid[:] = rng.integers(0, 300, 3000)
    made.transaction_id[:] = np.arange(3000)
    return made


def test_a_clock_that_runs_away_is_told_and_known(tmp_path: Path) -> None:
    async def main() -> None:
        of = touching(tmp_path)
        changes: list[ClockChanged] = []
        keeper = ClockKeeper(changed=changes.extend, look_every_s=0.01)
        keeper.start(lambda: of, ["spool"])
        keeper.take(batch(600 * SECOND))
        await until(lambda: changes)
        assert [(each.name, each.is_runaway) for each in changes] == [("4660-1", True)]
        assert keeper.watch.clocks.mscs
        await keeper.stop()

    asyncio.run(main())


def test_what_comes_during_a_look_is_looked_at_next(tmp_path: Path) -> None:
    has_looked, looked_at = threading.Event(), []

    class Watch(ClockWatch):
        def take(self, batch: Batch) -> None:
            has_looked.wait(0.1)  # as long as it takes, could a look come in between
            super().take(batch)

        def look(self, *args: Any) -> list[ClockChanged]:
            looked_at.append(self._rows)
            has_looked.set()
            return super().look(*args)

    async def main() -> None:
        of = touching(tmp_path)
        keeper = ClockKeeper(changed=lambda _: None, look_every_s=0.001)
        keeper.watch = Watch()
        keeper.start(lambda: of, ["spool"])
        await asyncio.to_thread(keeper.take, batch(0))
        await until(lambda: 3000 in looked_at)
        await keeper.stop()

    asyncio.run(main())


def test_a_look_that_fails_is_told_and_not_the_last(tmp_path: Path) -> None:
    looks: list[int] = []

    def changed(_: object) -> None:
        looks.append(1)
        if len(looks) == 1:
            raise ZeroDivisionError

    async def main() -> None:
        of = touching(tmp_path)
        keeper = ClockKeeper(changed=changed, look_every_s=0.001)
        keeper.start(lambda: of, ["spool"])
        with capture_logs() as logged:
            keeper.take(batch(0))
            await until(lambda: looks)
            keeper.take(batch(1))
            await until(lambda: len(looks) == 2)
        (told,) = logged
        assert (told["event"], told["log_level"]) == ("clocks_not_estimated", "error")
        assert isinstance(told["exc_info"], ZeroDivisionError)
        await keeper.stop()

    asyncio.run(main())


def test_nothing_is_looked_at_where_nothing_came(tmp_path: Path) -> None:
    async def main() -> None:
        of = touching(tmp_path)
        looks: list[object] = []
        keeper = ClockKeeper(changed=looks.append, look_every_s=0.001)
        keeper.start(lambda: of, ["spool"])
        await asyncio.sleep(0.05)
        assert not looks
        keeper.take(batch(0))
        await until(lambda: looks)
        await asyncio.sleep(0.05)
        assert looks == [[]]
        await keeper.stop()

    asyncio.run(main())
