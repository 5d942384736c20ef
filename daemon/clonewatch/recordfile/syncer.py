"""The thread that syncs what was written: a write behind a sync would wait for all of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from .groupwriter import GroupWriter
    from .syncing import Syncing


class Syncer:
    """Syncs for *writer*, which is its caller's; *ended* is called from our thread after a sync."""

    def __init__(self, writer: GroupWriter, ended: Callable[[], None]) -> None:
        self._writer = writer
        self._ended = ended
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="syncer")
        self._under_way: tuple[Syncing, Future[None]] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a sync is under way, or has ended and was not looked at."""
        return self._under_way is not None

    @property
    def has_ended(self) -> bool:
        """Whether one has ended, so that `look` has something to do."""
        return self._under_way is not None and self._under_way[1].done()

    def look(self, now: float, *, wanted: bool) -> bool:
        """Tell the writer of a sync that ended, and begin one if due or *wanted*; if one ended."""
        has_ended = self.has_ended
        if has_ended:
            self._note(now)
        if self._under_way is None and (wanted or self._writer.is_sync_due(now)):
            syncing = self._writer.syncing()
            future = self._thread.submit(syncing.do)
            self._under_way = (syncing, future)
            future.add_done_callback(lambda _: self._ended())
        return has_ended

    def close(self, now: float) -> None:
        """Sync what is left, and end."""
        if self._under_way is not None:
            self._note(now)
        syncing = self._writer.syncing()
        self._under_way = (syncing, self._thread.submit(syncing.do))
        self._note(now)
        self._thread.shutdown()

    def _note(self, now: float) -> None:
        """Tell what became of a sync; waits for it."""
        assert self._under_way is not None
        syncing, future = self._under_way
        self._under_way = None
        self._writer.synced_by(syncing, future.exception(), now)
