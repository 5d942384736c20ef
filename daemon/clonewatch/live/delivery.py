"""Registrations out of other threads, judged in the loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from clonewatch.live.judge import Judge
    from clonewatch.registrations import Batch

ROWS_AT_ONCE: Final = 8192  # judged in one turn of the loop, 2 ms or so: ours
FULL_S: Final = 0.05  # before looking again whether the record file has room


class Delivery:
    """What other threads call to have registrations recorded and judged; *seen* sees them first."""

    def __init__(self, judge: Judge, seen: Callable[[Batch], None] = lambda _: None) -> None:
        self._judge = judge
        self._seen = seen
        self._loop = asyncio.get_running_loop()

    def __call__(self, batch: Batch) -> None:
        """Have a batch judged in the loop, and wait until it is.

        Raises concurrent.futures.CancelledError when the daemon stops and there is no room.
        """
        self._seen(batch)
        asyncio.run_coroutine_threadsafe(self._judge_all(batch), self._loop).result()

    async def _judge_all(self, batch: Batch) -> None:
        for first in range(0, len(batch), ROWS_AT_ONCE):
            while not self._judge.has_room(ROWS_AT_ONCE):  # a thread makes it
                if self._judge.is_abandoned:
                    raise asyncio.CancelledError
                await asyncio.sleep(FULL_S)
            self._judge.take(batch[first : first + ROWS_AT_ONCE])
            await asyncio.sleep(0)  # links have something to say, too
