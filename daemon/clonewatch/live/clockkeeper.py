"""Clocks that others time registrations by, estimated now and then while these come in.

Only spools bring times that are not our own: a group is timed by its RVCD, or by its MSCs.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog

from clonewatch.clocks.watch import ClockWatch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from clonewatch.clocks.watch import ClockChanged
    from clonewatch.registrations import Batch
    from clonewatch.settings import Settings

LOOK_EVERY_S: Final = 900.0  # an estimate takes a second or so of a thread: ours


class ClockKeeper:
    """Takes registrations in, from any thread, and looks at their clocks in one of its own.

    *changed* is told in the loop of each clock that runs away, or does so no more; `watch.clocks`
    is how all of them are.
    """

    def __init__(
        self,
        *,
        changed: Callable[[Sequence[ClockChanged]], None],
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        self.watch = ClockWatch()
        self._changed = changed
        self._look_every_s = look_every_s
        self._has_news = False
        self._task: asyncio.Task[None] | None = None
        self._log = structlog.get_logger()

    def take(self, batch: Batch) -> None:
        """Keep registrations whose times are of other clocks than ours."""
        self.watch.take(batch)
        self._has_news = True  # not before: whoever looks in between would think that was all

    def start(self, settings: Callable[[], Settings], sources: Sequence[str]) -> None:
        """Begin to look. *sources*: names by number, which may become more."""
        self._task = asyncio.create_task(self._run(settings, sources), name="clocks")

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _run(self, settings: Callable[[], Settings], sources: Sequence[str]) -> None:
        while True:
            await asyncio.sleep(self._look_every_s)
            try:
                await self._look(settings(), sources)
            except Exception as error:  # noqa: BLE001  # whatever it is, the next look may go well
                self._log.error("clocks_not_estimated", exc_info=error)

    async def _look(self, now: Settings, sources: Sequence[str]) -> None:
        if not self._has_news or now.travel is None:
            return
        self._has_news = False
        changes = await asyncio.to_thread(self.watch.look, now.mscs, now.travel.ms, list(sources))
        for change in changes:
            self._log.warning("clock_changed", runaway=change.is_runaway, detail=str(change))
        self._changed(changes)
