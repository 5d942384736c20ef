"""A daemon as a process beside the lab's network, and everybody whom it tells."""

from __future__ import annotations

import asyncio
import signal
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from besides import placed
from clonewatch.control.client import ask
from network import WITHIN_S, until
from outputs import Outputs, outputs, told_by
from processes import STARTED_WITHIN_S, Process
from receivers import LOOK_EVERY_S

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from besides import Place
    from clonewatch.lab.nodes.happenings import Kind, Phone
    from clonewatch.lab.scenario import Scenario
    from clonewatch.links.urls import Transport


@dataclass
class Story:
    """The network, the daemon, the receivers."""

    place: Place
    process: Process
    outputs: Outputs

    async def started(self) -> None:
        """Start a daemon, and wait until all its links are open."""
        self.process.start()
        wires = self.place.network.wires
        await until(lambda: all(wire.is_open for wire in wires), STARTED_WITHIN_S)

    async def ended(self) -> None:
        """Let the daemon end in order, and see that everybody was told everything."""
        await until(self._all_took)
        assert await asyncio.to_thread(self.process.end, signal.SIGTERM) == 0
        told = told_by(self.process.folder)
        took = self.outputs.took()
        assert {name: sorted(set(each)) for name, each in took.items()} == told

    def happened(self, node: str, phone: Phone) -> list[Kind]:
        """What happened to a phone at a node."""
        return [
            each.kind for each in self.place.happenings if each.node == node and each.phone == phone
        ]

    async def ask(
        self, method: str, target: str, query: Mapping[str, str] | None = None, **body: object
    ) -> Any:
        """Ask the daemon. Raises ControlError."""
        socket = self.process.folder / "control.sock"
        return await asyncio.to_thread(ask, socket, method, target, query=query, body=body or None)

    async def until_told(self, number: int, what: str) -> dict[str, Any]:
        """A case, once this is the last thing in its history."""
        async with asyncio.timeout(WITHIN_S):
            while True:
                case: dict[str, Any] = await self.ask("GET", f"/cases/{number}")
                if case["history"][-1]["what"] == what:
                    return case
                await asyncio.sleep(LOOK_EVERY_S)

    def _all_took(self) -> bool:
        told = told_by(self.process.folder)
        return all(set(told[name]) == set(took) for name, took in self.outputs.took().items())


@asynccontextmanager
async def story(
    folder: Path,
    scenario: Scenario,
    transport: Transport,
    environment: Mapping[str, str],
    *,
    speed: float = 1.0,
) -> AsyncIterator[Story]:
    """All but the daemon live; it is to be started, and suspends by itself."""
    scenario = scenario.model_copy(update={"transport": transport})
    beside = folder / "daemon"
    async with (
        outputs(folder / "outputs", beside / "alarms.jsonl") as receivers,
        placed(
            beside,
            scenario,
            transport,
            speed=speed,
            suspension="auto",
            further=receivers.tables,
        ) as place,
    ):
        process = Process(beside, place.sockets, environment)
        try:
            yield Story(place, process, receivers)
        finally:
            process.close()
