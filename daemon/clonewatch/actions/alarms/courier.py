"""Carrying notices from the outbox to one output, in order, until they are taken."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import SQLAlchemyError

from clonewatch.store.apart import Fault
from clonewatch.store.outbox import Outcome

from .events import NoticeRefused, NoticeSetAside, OutputFailed, OutputResumed, RepeatRefused
from .notice import Notice
from .outputs.output import AWAY, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from clonewatch.store.outbox import Item

    from .book import Alarm
    from .events import Event
    from .mail import Mail
    from .outputs.output import Output

READ_MAX: Final = 500  # ours: items that are looked at together
SEND_S: Final = 30.0  # ours: for all that is sent at once
END_S: Final = 5.0  # ours: to write what was sent, when we end
DIRECT_MAX: Final = 1000  # ours: notices past a store that fails
# Ours: for how long the store does not know what was delivered. Each time it is told costs a sync
# that the next alarm may have to wait for; after a kill, what it does not know is sent again.
WRITE_WITHIN_S: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """How long to wait after failures: twice as long each time, up to a bound, and never alike."""

    first_s: float = 1.0
    most_s: float = 60.0

    def wait_s(self, failures: int, chance: float) -> float:
        """After so many failures in turn; *chance* from 0 to 1."""
        wait_s: float = self.first_s * 2.0 ** min(failures - 1, 32)
        return min(self.most_s, wait_s) * (0.5 + chance / 2)


class Courier:
    """Serves the output *name*. What is delivered stays known here until the store knows it."""

    def __init__(
        self,
        name: str,
        output: Output,
        mail: Mail,
        *,
        tell: Callable[[Event], None],
        backoff: Backoff,
        write_within_s: float = WRITE_WITHIN_S,
    ) -> None:
        self.name = name
        self.failures = 0  # in turn
        self.reason = ""  # of the last
        self.delivered = 0  # notices, since the start. Monotonic.
        self.rests = threading.Event()  # whether it waits to be woken, as far as is known
        self.rests.set()
        self._output = output
        self._mail = mail
        self._tell = tell
        self._backoff = backoff
        self._write_within_s = write_within_s
        self._woken = asyncio.Event()
        self._direct: deque[Notice] = deque(maxlen=DIRECT_MAX)
        self._done: dict[int, tuple[Outcome, str]] = {}  # ended, and not yet written
        self._past = 0  # the last item before which, and itself, all have ended
        self._write_at = 0.0  # when these are to be written; monotonic
        self._repeat_at_ms = mail.now_ms()
        self._not_repeated: set[str] = set()  # keys of alarms, the last time

    def wake(self) -> None:
        """Look into the outbox: there may be something."""
        self._woken.set()

    def send_directly(self, notice: Notice) -> None:
        """Send what the store could not take. Lost if we end before."""
        self._direct.append(notice)
        self.wake()

    async def run(self) -> None:
        """Carry, until cancelled."""
        try:
            while True:
                self._woken.clear()
                wait_s = await self._look()
                if wait_s is None or wait_s > 0:
                    await self._rest(wait_s)
        finally:
            with contextlib.suppress(Exception):  # what is not written is sent again
                async with asyncio.timeout(END_S):
                    await self._write_done()
            await self._output.close()

    async def _look(self) -> float | None:
        """Do what there is to do; how long to rest then, None: until woken."""
        try:
            more = await self._carry()
        except Exception as error:  # noqa: BLE001  # whatever it is, the rest is to go out later
            return await self._failed(str(error) or type(error).__name__)
        if self.failures:
            self.failures = 0
            self._tell(OutputResumed(self.name))
        return more

    async def _carry(self) -> float | None:
        while self._direct:
            try:
                await self._send([self._direct[0]])
            except AWAY:
                raise
            except RefusedError:
                pass
            except Exception as error:  # noqa: BLE001  # the next is to go out
                what = self._direct[0].key
                self._tell(NoticeSetAside(self.name, what, Fault.of(error)))
            self._direct.popleft()
        await self._write_due()
        items = await self._pending(READ_MAX)
        now_ms = self._mail.now_ms()
        if items and (wait_ms := items[0].due_at - now_ms) > 0:
            return self._sooner(min(wait_ms / 1000, self._backoff.most_s))
        await self._carry_items(items)
        return 0 if len(items) == READ_MAX else self._sooner(await self._repeat(now_ms))

    async def _pending(self, limit: int) -> list[Item]:
        """The oldest items that have not ended, in order."""
        items = await self._mail.pending(self.name, limit + len(self._done), self._past)
        for item in items:
            if item.id not in self._done:
                break
            self._past = item.id
        return [item for item in items if item.id not in self._done][:limit]

    async def _carry_items(self, items: Sequence[Item]) -> None:
        """Send items, as many at once as the output takes.

        What fails by a fault of ours, twice, while another is taken, is at fault alone: it ends.
        """
        faulty: list[tuple[Item, Exception]] = []
        before = self.delivered
        for at in range(0, len(items), self._output.at_once_max):
            faulty += await self._carry_part(items[at : at + self._output.at_once_max])
            await self._write_due()  # a long backlog may take longer than we live
        for item, error in faulty:
            if self.delivered == before:
                raise error
            for _, again in await self._carry_part([item]):
                fault = Fault.of(again)
                self._ended([item], Outcome.REFUSED, f"by a fault of ours: {fault.reason}")
                self._tell(NoticeSetAside(self.name, f"notification {item.key}", fault))

    async def _carry_part(self, items: Sequence[Item]) -> list[tuple[Item, Exception]]:
        """Send items at once, or each if one of them is refused; what fails by a fault of ours."""
        try:
            await self._send([Notice.of_payload(item.payload) for item in items])
        except AWAY:
            raise
        except Exception as error:  # noqa: BLE001  # find out which
            if len(items) > 1:
                return [bad for item in items for bad in await self._carry_part([item])]
            (item,) = items
            if not isinstance(error, RefusedError):
                return [(item, error)]
            self._ended(items, Outcome.REFUSED, str(error))
            self._tell(NoticeRefused(self.name, int(item.key), str(error)))
        else:
            self._ended(items, Outcome.DELIVERED)
            self.delivered += len(items)
        return []

    async def _send(self, notices: Sequence[Notice]) -> None:
        async with asyncio.timeout(SEND_S):
            await self._output.send(notices)

    def _ended(self, items: Sequence[Item], outcome: Outcome, reason: str = "") -> None:
        """Remember what became of items, until it is written."""
        if not self._done:
            self._write_at = time.monotonic() + self._write_within_s
        self._done |= {item.id: (outcome, reason) for item in items}

    def _sooner(self, wait_s: float | None) -> float | None:
        """How long to rest, if something else is due in *wait_s*."""
        if not self._done:
            return wait_s
        write_s = max(0.0, self._write_at - time.monotonic())
        return write_s if wait_s is None else min(wait_s, write_s)

    async def _write_due(self) -> None:
        if len(self._done) >= READ_MAX or time.monotonic() >= self._write_at:
            await self._write_done()

    async def _write_done(self) -> None:
        """Let the store know what became of items."""
        for what in set(self._done.values()):
            ids = [item_id for item_id, outcome in self._done.items() if outcome == what]
            await self._mail.end(ids, *what)
            for item_id in ids:
                del self._done[item_id]

    async def _repeat(self, now_ms: int) -> float | None:
        """Tell all that is raised again, if the output wants that; when next."""
        every_s = self._output.repeats_s
        if every_s is None:
            return None
        if now_ms >= self._repeat_at_ms:
            alarms = await self._mail.raised(self.name)
            not_told = await self._repeat_part(alarms)
            self._tell_not_repeated(not_told, is_well=len(not_told) < len(alarms))
            self._repeat_at_ms = now_ms + int(every_s * 1000)
        return (self._repeat_at_ms - now_ms) / 1000

    async def _repeat_part(self, alarms: Sequence[Alarm]) -> list[tuple[Alarm, Exception]]:
        """Tell of alarms again, by halves if one of them is not taken; those, and why."""
        try:
            async with asyncio.timeout(SEND_S):
                await self._output.repeat(alarms)
        except AWAY:
            raise
        except Exception as error:  # find out which
            if not alarms:
                raise
            if len(alarms) == 1:
                return [(alarms[0], error)]
        else:
            return []
        middle = len(alarms) // 2
        return [
            *await self._repeat_part(alarms[:middle]),
            *await self._repeat_part(alarms[middle:]),
        ]

    def _tell_not_repeated(
        self, not_told: Sequence[tuple[Alarm, Exception]], *, is_well: bool
    ) -> None:
        """Say once of each alarm that it is not told again. Raises its error if none is taken."""
        for alarm, error in not_told:
            is_refused = isinstance(error, RefusedError)
            if not is_well and not (is_refused and len(not_told) == 1):
                raise error
            if alarm.key not in self._not_repeated:
                self._tell(
                    RepeatRefused(self.name, alarm.key, str(error))
                    if is_refused
                    else NoticeSetAside(self.name, alarm.key, Fault.of(error))
                )
        self._not_repeated = {alarm.key for alarm, _ in not_told}

    async def _failed(self, reason: str) -> float:
        self.failures += 1
        self.reason = reason
        if self.failures == 1:
            self._tell(OutputFailed(self.name, reason))
        wait_s = self._backoff.wait_s(self.failures, random.random())  # noqa: S311  # no secret
        try:
            if head := await self._pending(1):
                await self._mail.put_off(head[0].id, self._mail.now_ms(), reason)
        except (OSError, SQLAlchemyError):
            pass  # the store says so itself
        self._woken.clear()
        return wait_s

    async def _rest(self, wait_s: float | None) -> None:
        """Rest, until woken; after a failure as long as it takes."""
        if not self._woken.is_set():
            self.rests.set()
        if self.failures and wait_s is not None:
            await asyncio.sleep(wait_s)
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._woken.wait()
