"""Carrying suspensions and restorations from the outbox to the HLR, in the daemon's own loop."""

from __future__ import annotations

import asyncio
import contextlib
import random
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

import structlog

from clonewatch.actions.alarms.courier import Backoff
from is41.errors import EncodeError
from is41.map.components import invoke_of

from . import plan
from .directive import directive
from .items import Order
from .sending import Sending

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from clonewatch.actions.consequences import Consequences
    from clonewatch.store.outbox import Item
    from clonewatch.store.store import Store
    from is41.tcap.dialogues import Outcome
    from is41.tcap.messages import Invoke

    from .desk import Desk

FLYING_MAX: Final = 16  # ours: directives on their way at once
REST_S: Final = 1.0  # ours: after what should not happen
LOOK_S_MAX: Final = 60.0  # ours: a clock that was set shows by then
UNREACHABLE: Final = "the HLR cannot be reached"

T = TypeVar("T")


class Hlr(Protocol):
    """Whoever asks the HLR: `clonewatch.roles.asker.Asker`, for one."""

    changed: Callable[[], None]  # called when it may be asked, or no more

    @property
    def is_open(self) -> bool:
        """Whether it can be asked now."""

    def ask(self, invoke: Invoke, told: Callable[[Outcome], None]) -> bool:
        """Ask under a new transaction ID; *told* gets what becomes of it."""


class Sender:
    """Serves the outbox until cancelled. *hlr* gives whoever asks it, None if nobody does."""

    def __init__(
        self,
        store: Store,
        consequences: Consequences,
        desk: Desk,
        hlr: Callable[[], Hlr | None],
        *,
        backoff: Backoff | None = None,
    ) -> None:
        self.plan = plan.Plan()  # as it was last looked at
        self._store = store
        self._consequences = consequences
        self._desk = desk
        self._sending = Sending(consequences)
        self._hlr = hlr
        self._backoff = backoff or Backoff()
        self._woken = asyncio.Event()
        self._flights: dict[int | None, tuple[int, asyncio.Task[None]]] = {}  # by case
        self._log = structlog.get_logger()

    def wake(self) -> None:
        """Look again: something has changed. In the loop."""
        self._woken.set()

    async def run(self) -> None:
        """Serve, until cancelled. What is on its way then is sent again after a start."""
        try:
            while True:
                self._woken.clear()
                try:
                    rest_s = await self._look()
                except Exception as error:  # noqa: BLE001  # whatever it is, restorations must go out
                    self._log.error("suspension_failed", reason=str(error))
                    rest_s = REST_S
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(rest_s):
                        await self._woken.wait()
        finally:
            flights = [task for _, task in self._flights.values()]
            for task in flights:
                task.cancel()
            await asyncio.gather(*flights, return_exceptions=True)

    async def look(self) -> None:
        """See how things stand, and do nothing about it."""
        self.plan = await asyncio.to_thread(self._read)

    async def _look(self) -> float:
        """Do what there is to do; how long to rest then."""
        await self.look()
        if self.plan.is_due:
            await self._do(partial(self._desk.do_due, now_ms=self._now(), flying=self._flying()))
            await self.look()
        hlr = self._hlr()
        if hlr is not None:
            hlr.changed = self.wake
            if hlr.is_open:
                self._send(hlr)
        if self.plan.next_at is None:
            return LOOK_S_MAX
        return min(LOOK_S_MAX, max(0.0, (self.plan.next_at - self._now()) / 1000))

    def _flying(self) -> set[int]:
        return {item_id for item_id, _ in list(self._flights.values())}

    def _read(self) -> plan.Plan:
        with self._store.read() as connection:
            return plan.read(connection, self._consequences.suspension, self._now(), self._flying())

    def _send(self, hlr: Hlr) -> None:
        for item in self.plan.ready:
            if len(self._flights) >= FLYING_MAX:
                return
            if item.case_id not in self._flights:
                flight = asyncio.create_task(self._fly(hlr, item))
                self._flights[item.case_id] = (item.id, flight)

    async def _fly(self, hlr: Hlr, item: Item) -> None:
        """One try, from what is written before to what is written after."""
        try:
            begun = await self._do(
                partial(self._sending.begin, item_id=item.id, now_ms=self._now())
            )
            if begun is None:
                await asyncio.sleep(REST_S)
            else:
                await self._try(hlr, begun)
        except Exception as error:  # noqa: BLE001  # it stays in the outbox
            self._log.error("suspension_failed", reason=str(error))
            await asyncio.sleep(REST_S)
        finally:
            del self._flights[item.case_id]
            self.wake()

    async def _try(self, hlr: Hlr, item: Item) -> None:
        wait_s = self._backoff.wait_s(item.attempts + 1, random.random())  # noqa: S311  # no secret
        wait_ms = int(wait_s * 1000)
        answered: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        try:
            invoke = invoke_of(directive(item.kind, Order.of(item.payload)))
            reason = UNREACHABLE
            is_sent = hlr.ask(invoke, lambda outcome: _tell(answered, outcome))
        except EncodeError as error:
            reason, is_sent = str(error), False
        if not is_sent:
            due_at = self._now() + wait_ms
            await self._do(lambda to: self._sending.put_off(to, item.id, due_at, reason))
            return
        outcome = await answered
        now_ms = self._now()
        await self._do(lambda to: self._sending.ended(to, item.id, outcome, now_ms, wait_ms))

    async def _do(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self._store.do(work))

    def _now(self) -> int:
        return self._store.now_ms()


def _tell(future: asyncio.Future[Outcome], outcome: Outcome) -> None:
    if not future.done():
        future.set_result(outcome)
