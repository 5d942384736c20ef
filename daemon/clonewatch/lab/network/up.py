"""``clonewatch lab up``: a scenario's network from start to end, where people can see it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from clonewatch.lab.timeline import Timeline

from .board import Board
from .network import Network
from .play import play, ready

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from clonewatch.lab.nodes.happenings import Happening
    from clonewatch.lab.scenario import Scenario
    from clonewatch.lab.timeline import Deed

    from .board import Line
    from .network import Outside
    from .screen import Screen

READY_S: Final = 10.0  # for the links to open before the first phone is heard
REFRESH_S: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How it runs: *seconds* of the wall's clock after the *warm_up*, None as long as it lasts."""

    speed: float
    warm_up_s: float = 0.0
    seconds: float | None = None


class Lab:
    """A scenario that runs. Raises ValueError where groups have no folder, InputError."""

    def __init__(
        self,
        scenario: Scenario,
        outside: Outside,
        course: Course,
        make_screen: Callable[[Network, Board], Screen],
        say: Callable[[str], None],
    ) -> None:
        self._scenario = scenario
        self._course = course
        self._say = say
        self._board = Board(scenario)
        self._network = Network(
            scenario,
            outside,
            told=self._happened,
            clock_ms=lambda: time.time_ns() // 1_000_000,
            speed=course.speed,
        )
        self._screen = make_screen(self._network, self._board)
        self._started_at: float | None = None  # loop time of the scenario's start
        self._playing: asyncio.Task[None] | None = None
        self._fault: OSError | None = None  # of the screen

    def run(self) -> dict[str, int]:
        """Run until the scenario is over, its time is up, or a signal says so; how it went.

        Raises OSError where something cannot listen, or nobody takes what is shown any more.
        """
        return asyncio.run(self._run())

    async def _run(self) -> dict[str, int]:
        try:
            self._screen.open()
            await self._network.start()
            await self._until_signal(self._play())
            return self._board.numbers(self._network)
        finally:
            self._screen.refresh(self._elapsed_s)
            self._screen.close()
            await self._network.stop()

    @property
    def _elapsed_s(self) -> float:
        """Of the scenario's clock."""
        if self._started_at is None:
            return 0.0
        return (asyncio.get_running_loop().time() - self._started_at) * self._course.speed

    async def _play(self) -> None:
        for wire in self._network.wires:
            if wire.connecting == self._scenario.psms.name:
                self._say(f"the HLR takes directives at {wire.transport}://{wire.address}")
        if not await ready(self._network, READY_S):
            self._say("not every link is open; the scenario begins all the same")
        await asyncio.sleep(self._course.warm_up_s)
        self._started_at = asyncio.get_running_loop().time()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._course.seconds):
                await play(self._network, Timeline(self._scenario), self._course.speed, self._did)
                await self._settled()

    async def _settled(self) -> None:
        """Wait, when all is done, for the last answers, and for the rest of the time there is."""
        if self._course.seconds is None:
            await asyncio.sleep(self._scenario.answer_within_seconds)
        else:
            await asyncio.Event().wait()

    async def _until_signal(self, course: Coroutine[object, object, None]) -> None:
        """Run *course* to its end, or to SIGINT or SIGTERM, drawing meanwhile."""
        loop = asyncio.get_running_loop()
        self._playing = task = asyncio.create_task(course)
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        drawing = asyncio.create_task(self._draw())
        try:
            await task
        except asyncio.CancelledError:
            if not task.cancelled():
                raise
            if self._fault is not None:
                raise self._fault from None
        finally:
            drawing.cancel()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    async def _draw(self) -> None:
        while True:
            self._screen.refresh(self._elapsed_s)
            await asyncio.sleep(REFRESH_S)

    def _happened(self, happening: Happening) -> None:
        self._show(self._board.happened(happening, self._elapsed_s))

    def _did(self, deed: Deed) -> None:
        self._show(self._board.did(deed, self._elapsed_s))

    def _show(self, line: Line | None) -> None:
        """Show a line; where that fails, end: nodes and links are not to hear of it."""
        if line is None or self._fault is not None:
            return
        try:
            self._screen.line(line)
        except OSError as error:
            self._fault = error
            if self._playing is not None:
                self._playing.cancel()
