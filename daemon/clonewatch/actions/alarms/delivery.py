"""All couriers, in a thread and an event loop of their own.

An inform costs tens of milliseconds of computing; the loop that reads the network must not wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Final

from .courier import WRITE_WITHIN_S, Backoff, Courier

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .events import Event
    from .mail import Mail
    from .notice import Notice
    from .outputs.output import Output

CANCEL_AGAIN_S: Final = 10.0  # ours: some library may have swallowed it


class Delivery:
    """Serves *outputs* by name from `begin` until closed.

    To change them, make another, close this one, and let the other begin. *tell* is called from its
    thread. Raises OSError where the system has no room for it.
    """

    def __init__(
        self,
        mail: Mail,
        outputs: Mapping[str, Output],
        *,
        tell: Callable[[Event], None],
        backoff: Backoff | None = None,
        write_within_s: float = WRITE_WITHIN_S,
    ) -> None:
        self._mail = mail
        self._outputs = outputs
        self._tell = tell
        self._backoff = backoff or Backoff()
        self._write_within_s = write_within_s
        self._couriers: list[Courier] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = threading.Event()
        self._fault: Exception | None = None  # why it could not begin
        self._begun: asyncio.Event | None = None
        self._closing: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="alarms", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._fault is not None:
            raise self._fault

    def begin(self) -> None:
        """Carry from now on; what was to be sent directly meanwhile goes first."""
        assert self._begun is not None
        self._soon(self._begun.set)

    def wake(self) -> None:
        """Look into the outbox: something was committed. From any thread."""
        for courier in self._couriers:
            if not courier.failures:
                courier.rests.clear()
            self._soon(courier.wake)

    def await_rest(self, within_s: float) -> None:
        """Wait until all that was committed is carried, or so long. For another thread."""
        end = time.monotonic() + within_s
        for courier in self._couriers:
            courier.rests.wait(max(0.0, end - time.monotonic()))

    def send_directly(self, notice: Notice, outputs: Sequence[str]) -> None:
        """Send what the store could not take. From any thread."""
        for courier in self._couriers:
            if courier.name in outputs:
                self._soon(partial(courier.send_directly, notice))

    def failing(self) -> dict[str, str]:
        """Outputs that take nothing, and why."""
        return {each.name: each.reason for each in self._couriers if each.failures}

    def close(self) -> None:
        """Stop carrying; what waits, waits in the outbox."""
        if self._closing is not None:
            self._soon(self._closing.set)
            self.begin()
        self._thread.join()

    def _soon(self, do: Callable[[], None]) -> None:
        assert self._loop is not None
        with contextlib.suppress(RuntimeError):  # it is closed: the outbox keeps what there is
            self._loop.call_soon_threadsafe(do)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:
            if self._ready.is_set():
                raise
            self._fault = error  # it is for whoever waits
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._begun, self._closing = asyncio.Event(), asyncio.Event()
        self._couriers = [
            Courier(
                name,
                output,
                self._mail,
                tell=self._tell,
                backoff=self._backoff,
                write_within_s=self._write_within_s,
            )
            for name, output in self._outputs.items()
        ]
        self._ready.set()
        await self._begun.wait()
        tasks = [asyncio.create_task(courier.run()) for courier in self._couriers]
        await self._closing.wait()
        while running := [task for task in tasks if not task.done()]:
            for task in running:
                task.cancel()
            await asyncio.wait(running, timeout=CANCEL_AGAIN_S)
