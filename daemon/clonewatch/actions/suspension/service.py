"""Suspension as the daemon runs it: the desk, the sender and the orders, by one configuration."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import SQLAlchemyError

from .desk import Desk
from .orders import SuspensionOrders, shown
from .rules import Mode, rules_of
from .sender import Sender
from .switch import Switch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from clonewatch.actions.alarms.courier import Backoff
    from clonewatch.actions.consequences import Consequences
    from clonewatch.config import Config
    from clonewatch.store.store import Store

    from .sender import Hlr
    from .stuck import Stuck

GATHER_S: Final = 0.25  # ours; what is committed meanwhile is looked at together: alarms go first


class Suspension:
    """Suspends and restores until stopped. *hlr* gives whoever asks the HLR of that link name.

    *tell* hears, in the loop, of what is stuck.

    To be made in the loop, and started in it.
    """

    def __init__(
        self,
        store: Store,
        consequences: Consequences,
        config: Config,
        hlr: Callable[[str], Hlr | None],
        *,
        tell: Callable[[Stuck], None] = lambda _: None,
        backoff: Backoff | None = None,
    ) -> None:
        self.orders = SuspensionOrders(store=store, consequences=consequences)
        self._consequences = consequences
        self._hlr = hlr
        self._sender = Sender(
            store, consequences, Desk(consequences), self._asker, tell=tell, backoff=backoff
        )
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[None] | None = None
        self._waking: asyncio.TimerHandle | None = None
        consequences.suspension = rules_of(config)

    async def start(self) -> None:
        """Know who is suspended, and go on with what waits."""
        await self._sender.apply()
        await self._sender.look()
        self._task = asyncio.create_task(self._sender.run())

    async def use(self, config: Config) -> None:
        """Act by another configuration from now on; what waits follows when the store can."""
        self._consequences.suspension = rules_of(config)
        with contextlib.suppress(SQLAlchemyError):  # the sender tries again, before it sends
            await self._sender.apply()

    async def stop(self) -> None:
        """Send no more; what waits, waits in the outbox."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def wake(self) -> None:
        """Something was committed. From any thread."""
        with contextlib.suppress(
            RuntimeError
        ):  # the loop is closed: the outbox keeps what there is
            self._loop.call_soon_threadsafe(self._wake_soon)

    def _wake_soon(self) -> None:
        if self._waking is None or self._waking.when() <= self._loop.time():
            self._waking = self._loop.call_later(GATHER_S, self._sender.wake)

    def is_suspended(self, msid: int) -> bool:
        """Whether the HLR has an MSID out of service, as far as we know."""
        return msid in self._sender.plan.suspended

    def status(self) -> dict[str, object]:
        """How it stands."""
        plan = self._sender.plan
        return {
            "mode": str(self._consequences.suspension.mode),
            **shown(plan.position),
            "suspended": len(plan.suspended),
            "waiting": plan.waiting,
        }

    def problems(self) -> Iterator[str]:
        """What keeps it from its work, in words."""
        plan, mode = self._sender.plan, self._consequences.suspension.mode
        if plan.position.what is not Switch.ON and mode is not Mode.OFF:
            yield f"suspension is {plan.position}"
        if plan.waiting:
            why = f": {plan.reason}" if plan.reason else ""
            yield f"directives that wait for the HLR: {plan.waiting}{why}"
        yield from self._sender.problems()

    def _asker(self) -> Hlr | None:
        name = self._consequences.suspension.hlr
        return None if name is None else self._hlr(name)
