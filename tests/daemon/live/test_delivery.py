"""Registrations out of other threads."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from clonewatch.live.delivery import ROWS_AT_ONCE, Delivery
from live import bench
from recordfiles import registrations

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
