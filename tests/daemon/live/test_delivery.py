"""Registrations out of other threads."""

from __future__ import annotations

import asyncio
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING

import pytest

from clonewatch.live.delivery import ROWS_AT_ONCE, Delivery
from live import bench
from network import until
from recordfiles import SlowFile, registrations

if TYPE_CHECKING:
    from pathlib import Path


def test_a_batch_of_another_thread_is_judged_whole_and_in_order(tmp_path: Path) -> None:
    async def main() -> None:
        with bench(tmp_path) as of:
            batch = registrations(2 * ROWS_AT_ONCE + 7)
            await asyncio.to_thread(Delivery(of.judge), batch)
            assert of.judge.registrations == len(batch)
            (rows,) = of.record.batches()
            assert rows.batch.msid.tolist() == batch.msid.tolist()

    asyncio.run(main())


def test_nobody_waits_for_room_when_the_daemon_stops(tmp_path: Path) -> None:
    async def main() -> None:
        SlowFile.ready.clear()
        options = {"open_file": SlowFile, "pending_rows_max": 1}
        with bench(tmp_path, **options) as of:
            deliver = Delivery(of.judge)
            batch = registrations(3)
            await asyncio.to_thread(deliver, batch)
            await until(lambda: of.judge.has_room(ROWS_AT_ONCE))  # a block is being written
            await asyncio.to_thread(deliver, batch)
            before = of.judge.registrations
            waiting = asyncio.create_task(asyncio.to_thread(deliver, batch))
            await asyncio.sleep(0.01)
            of.judge.abandon()
            with pytest.raises((CancelledError, asyncio.CancelledError)):
                await waiting
            assert of.judge.registrations == before
            SlowFile.ready.set()

    asyncio.run(main())
