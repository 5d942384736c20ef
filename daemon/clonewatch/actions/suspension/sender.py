"""Carrying suspensions and restorations from the outbox to the HLR, in the daemon's own loop."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

import structlog

from clonewatch.actions.alarms.courier import Backoff
from clonewatch.store.apart import Fault
from clonewatch.store.outbox import SUSPENSION
from is41.errors import EncodeError
from is41.map.components import invoke_of

from . import items, outcomes, plan
from .directive import directive
from .items import Order
from .outcomes import Step
from .sending import Sending
from .stuck import Pile

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy import Connection

    from clonewatch.actions.consequences import Consequences
    from clonewatch.store.outbox import Item
    from clonewatch.store.store import Store
    from is41.tcap.dialogues import Outcome
    from is41.tcap.messages import Invoke

    from .desk import Desk
    from .rules import Rules
    from .stuck import Left, Results, Stuck

FLYING_MAX: Final = 16  # ours: directives on their way at once
REFUSED_FACTOR: Final = 10  # ours: what was refused waits so many times longer
REST_S: Final = 1.0  # ours: after what should not happen
LOOK_S_MAX: Final = 60.0  # ours: a clock that was set shows by then
UNREACHABLE: Final = "the HLR cannot be reached"
NO_LINK: Final = "no link to an HLR is configured: [suspension] hlr"

T = TypeVar("T")


class Hlr(Protocol):
    """Whoever asks the HLR: `clonewatch.roles.asker.Asker`, for one."""

    changed: Callable[[], None]  # called when it may be asked, or no more

    @property
    def is_open(self) -> bool:
        """Whether it can be asked now."""

    def ask(
        self,
        invoke: Invoke,
        told: Callable[[Outcome], None],
        told_late: Callable[[Outcome], None] | None = None,
    ) -> bool:
        """Ask under a new transaction ID; *told* gets what becomes of it.

        *told_late* gets an answer that comes after *told* got TimedOut.
        """


class Sender:
    """Serves the outbox until cancelled. *hlr* gives whoever asks it, None if nobody does.

    *tell* hears of what is stuck, once. Nothing that fails beside it holds up a restoration.
    """

    def __init__(
        self,
        store: Store,
        consequences: Consequences,
        desk: Desk,
        hlr: Callable[[], Hlr | None],
        *,
        tell: Callable[[Stuck], None] = lambda _: None,
        backoff: Backoff | None = None,
    ) -> None:
        self.plan = plan.Plan()  # as it was last looked at
        self._store = store
        self._consequences = consequences
        self._desk = desk
        self._sending = Sending(consequences)
        self._hlr = hlr
        self._tell = tell
        self._pile = Pile()
        self._failing = ""  # why the last look failed, in part or in whole
        self._failures: Counter[int] = Counter()  # of each item, in turn, by no fault of the HLR
        self._backoff = backoff or Backoff()
        self._after_refusals = replace(
            self._backoff,
            first_s=self._backoff.first_s * REFUSED_FACTOR,
            most_s=self._backoff.most_s * REFUSED_FACTOR,
        )
        self._applied: Rules | None = None  # which rules what waits follows
        self._woken = asyncio.Event()
        self._flights: dict[int, tuple[int, asyncio.Task[None]]] = {}  # by MSID
        self._late: set[asyncio.Task[None]] = set()  # answers that came late, being written down
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
                    self._failed(error)
                    rest_s = REST_S
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(rest_s):
                        await self._woken.wait()
        finally:
            tasks = [*(task for _, task in self._flights.values()), *self._late]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def apply(self) -> None:
        """Let what waits follow the rules as they are now; nothing is sent before that is done."""
        rules = self._consequences.suspension
        await self._act(partial(self._desk.use, now_ms=self._now()))
        self._applied = rules

    async def look(self) -> None:
        """See how things stand, and do nothing about it."""
        left = self._pile.left(self._now())
        self.plan = await asyncio.to_thread(self._read, left)
        self._pile.forget_decided(left, self.plan.undecided)

    def problems(self) -> list[str]:
        """What is stuck, in words."""
        return self._pile.problems()

    async def _look(self) -> float:
        """Do what there is to do; how long to rest then."""
        is_done = True
        if self._applied is not self._consequences.suspension:
            is_done = await self._tried(self.apply)
        await self.look()
        if self.plan.is_due:
            is_done &= await self._tried(self._end_due)
            is_done &= await self._tried(self._decide_due)
            await self.look()
        await self._send_or_explain()
        if not is_done:
            return REST_S
        self._failing = ""
        if self.plan.next_at is None:
            return LOOK_S_MAX
        return min(LOOK_S_MAX, max(0.0, (self.plan.next_at - self._now()) / 1000))

    async def _send_or_explain(self) -> None:
        why, hlr = dict(self.plan.held), self._hlr()
        if hlr is not None:
            hlr.changed = self.wake
        if hlr is not None and hlr.is_open:
            self._send(hlr)
        else:
            reason = NO_LINK if hlr is None else UNREACHABLE
            why |= {item.id: reason for item in self.plan.ready if item.reason != reason}
        if why:
            await self._do(partial(items.explain, why=why))

    async def _end_due(self) -> None:
        now_ms, flying = self._now(), self._flying()
        left = self._pile.left(now_ms)
        await self._act(partial(self._desk.end_due, now_ms=now_ms, flying=flying, left=left))

    async def _decide_due(self) -> None:
        now_ms = self._now()
        left = self._pile.left(now_ms)
        await self._act(partial(self._desk.decide_due, now_ms=now_ms, left=left))

    async def _act(self, work: Callable[[Connection], Results]) -> None:
        """Do something at the desk, and tell what of it is stuck since."""
        results, now_ms = await self._do(work), self._now()
        news = self._pile.take(results, now_ms)
        for stuck in news:
            self._log.error(
                "case_set_aside",
                case=stuck.due.case_id,
                reason=str(stuck),
                exception=stuck.fault.traceback,
            )
            self._tell(stuck)
        if news:
            await self._do(partial(self._desk.set_aside, now_ms=now_ms, stuck=news))

    async def _tried(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Do something that must not keep the rest from being done; whether it was."""
        try:
            await work()
        except Exception as error:  # noqa: BLE001  # restorations must go out
            self._failed(error)
            return False
        return True

    def _failed(self, error: Exception) -> None:
        """Tell why we fail, once for as long as it is the same."""
        fault = Fault.of(error)
        if fault.reason != self._failing:
            self._log.error("suspension_failed", reason=str(error), exception=fault.traceback)
        self._failing = fault.reason

    def _flying(self) -> set[int]:
        return {item_id for item_id, _ in list(self._flights.values())}

    def _read(self, left: Left) -> plan.Plan:
        rules, now_ms = self._consequences.suspension, self._now()
        with self._store.read() as connection:
            return plan.read(connection, rules, now_ms, self._flying(), left)

    def _send(self, hlr: Hlr) -> None:
        follows = self._applied is self._consequences.suspension
        ready = [item for item in self.plan.ready if follows or item.kind != SUSPENSION]
        # What always fails comes behind the others of its kind: they are more than may fly at once.
        ready.sort(key=lambda item: (item.kind == SUSPENSION, self._failures[item.id]))
        for item in ready:
            if len(self._flights) >= FLYING_MAX:
                return
            msid = Order.of(item.payload).msid
            if msid not in self._flights:
                flight = asyncio.create_task(self._fly(hlr, item, msid))
                self._flights[msid] = (item.id, flight)

    async def _fly(self, hlr: Hlr, item: Item, msid: int) -> None:
        """One try, from what is written before to what is written after."""
        try:
            begun = await self._do(
                partial(self._sending.begin, item_id=item.id, now_ms=self._now())
            )
            if begun is None:
                self._failures[item.id] += 1
                await asyncio.sleep(REST_S)
            else:
                await self._try(hlr, begun)
                self._failures.pop(item.id, None)
        except Exception as error:  # noqa: BLE001  # it stays in the outbox
            self._failures[item.id] += 1
            if self._failures[item.id].bit_count() == 1:  # 1, 2, 4, ...: not each time
                frames = Fault.of(error).traceback
                self._log.error(
                    "suspension_failed", case=item.case_id, reason=str(error), exception=frames
                )
            await asyncio.sleep(REST_S)
        finally:
            del self._flights[msid]
            self.wake()

    async def _try(self, hlr: Hlr, item: Item) -> None:
        answered: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        try:
            invoke = invoke_of(directive(item.kind, Order.of(item.payload)))
            reason = UNREACHABLE
            is_sent = hlr.ask(invoke, partial(_tell, answered), partial(self._told_late, item.id))
        except EncodeError as error:
            reason, is_sent = str(error), False
        if not is_sent:
            due_at = self._now() + self._wait_ms(item, self._backoff)
            await self._do(lambda to: self._sending.put_off(to, item.id, due_at, reason))
            return
        outcome = await answered
        is_refused = outcomes.step(item.kind, outcome) is Step.LATER
        wait_ms = self._wait_ms(item, self._after_refusals if is_refused else self._backoff)
        now_ms = self._now()
        await self._do(lambda to: self._sending.ended(to, item.id, outcome, now_ms, wait_ms))

    def _told_late(self, item_id: int, outcome: Outcome) -> None:
        """Hear of an answer to a try that was given up."""
        task = asyncio.create_task(self._take_late(item_id, outcome))
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    async def _take_late(self, item_id: int, outcome: Outcome) -> None:
        try:
            now_ms = self._now()
            await self._do(lambda to: self._sending.answered_late(to, item_id, outcome, now_ms))
        except Exception as error:  # noqa: BLE001  # the sender goes on
            self._log.error("suspension_failed", reason=str(error))

    def _wait_ms(self, item: Item, backoff: Backoff) -> int:
        """How long to wait after the try that was begun with *item*."""
        return int(backoff.wait_s(item.attempts + 1, random.random()) * 1000)  # noqa: S311  # no secret

    async def _do(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self._store.do(work))

    def _now(self) -> int:
        return self._store.now_ms()


def _tell(future: asyncio.Future[Outcome], outcome: Outcome) -> None:
    if not future.done():
        future.set_result(outcome)
