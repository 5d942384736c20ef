"""The outbox and the book, as couriers see them from their event loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from clonewatch.store import outbox

from . import book

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from clonewatch.store.outbox import Item, Outcome
    from clonewatch.store.store import Store

    from .book import Alarm
    from .kinds import Kind


class Mail:
    """What is in *store*. *outputs_of*: where alarms of a kind go."""

    def __init__(self, store: Store, outputs_of: Callable[[Kind], Sequence[str]]) -> None:
        self._store = store
        self._outputs_of = outputs_of

    def now_ms(self) -> int:
        """The store's clock."""
        return self._store.now_ms()

    async def pending(self, output: str, limit: int, after: int = 0) -> list[Item]:
        """The oldest items that wait for *output*, in order, behind the one *after*.

        Not in a thread: reading takes less than waking one, and waits for nobody.
        """
        with self._store.read() as connection:
            return outbox.pending(connection, output, limit, after)

    async def raised(self, output: str) -> list[Alarm]:
        """All alarms that are raised and go to *output*."""

        def read() -> list[Alarm]:
            with self._store.read() as connection:
                return book.raised(connection)

        alarms = await asyncio.to_thread(read)
        return [alarm for alarm in alarms if output in self._outputs_of(alarm.kind)]

    async def end(self, ids: Sequence[int], outcome: Outcome, reason: str = "") -> None:
        """Write what became of items."""
        now_ms = self._store.now_ms()
        await asyncio.wrap_future(
            self._store.do(lambda to: outbox.end(to, ids, outcome, now_ms, reason))
        )

    async def put_off(self, item_id: int, due_at: int, reason: str) -> None:
        """Write that an attempt failed."""
        await asyncio.wrap_future(
            self._store.do(lambda to: outbox.put_off(to, item_id, due_at, reason))
        )
