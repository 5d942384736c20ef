"""A scenario from its first step on, as fast as its speed says."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from clonewatch.lab.timeline import Deed, Timeline

    from .network import Network


async def ready(network: Network, patience_s: float) -> bool:
    """Wait until every link that we open is open; False where one still is not."""
    loop = asyncio.get_running_loop()
    until = loop.time() + patience_s
    ours = [wire for wire in network.wires if wire.connecting in network.names]
    while not all(wire.is_open for wire in ours):
        if loop.time() >= until:
            return False
        await asyncio.sleep(0.02)
    return True


async def play(
    network: Network, timeline: Timeline, speed: float, told: Callable[[Deed], None]
) -> None:
    """Let everything happen in its time. *told* gets each deed before it is done.

    What came too late, for the machine was busy, is made up for: no deed is left out.
    """
    loop = asyncio.get_running_loop()
    started_at = loop.time()
    while (at := timeline.next_at()) is not None:
        await asyncio.sleep(max(0.0, started_at + at / speed - loop.time()))
        for deed in timeline.due((loop.time() - started_at) * speed):
            told(deed)
            await network.do(deed)
