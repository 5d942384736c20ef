"""A process that suspends, acquits and restores at random until it is killed, or settles."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from clonewatch.actions.alarms.courier import Backoff
from clonewatch.actions.orders import OrderError
from clonewatch.actions.suspension import items, standing
from clonewatch.cases.policy import Policy
from clonewatch.store.outbox import backlogs
from network import until
from oddhlr import line
from stores import HOUR, MIN, conflict
from suspensions import LOOSE

if TYPE_CHECKING:
    from pathlib import Path

    from clonewatch.store.store import Store
    from oddhlr import Line

SUBSCRIBERS: Final = 500
STEP_S: Final = 0.003
MANY: Final = replace(LOOSE, per_hour_max=10**6, per_day_max=10**6, breaker_subscribers=10**6)


async def suspending(folder: Path, port: int, seed: int) -> None:
    """With a *seed* of 0 it settles: all that waits is sent. Else it goes on until killed."""
    async with line(
        folder,
        port,
        rules=MANY,
        policy=Policy(suspect_msids=10**6),  # all conflict on one pair of MSCs
        answer_within_s=5.0,
        backoff=Backoff(first_s=0.01, most_s=0.1),
    ) as it:
        if seed:
            await _live(it, random.Random(seed))
        await until(lambda: not _waits(it.store))


async def _live(it: Line, chance: random.Random) -> None:
    while True:
        found = conflict(MIN + chance.randrange(SUBSCRIBERS), at=it.store.now_ms() - HOUR)
        it.store.submit([found], 0)
        await asyncio.sleep(chance.random() * STEP_S)
        if chance.random() < 0.5:
            it.store.submit([replace(found, superseded=True)], 0)
        if chance.random() < 0.3:
            case = chance.randrange(1, 50)
            with suppress(OrderError):
                await asyncio.wrap_future(it.suspension.orders.restore(case, who="ann", note=""))
        print("step", flush=True)  # noqa: T201  # whoever kills us counts these


def _waits(store: Store) -> bool:
    store.flush()
    with store.read() as connection:
        is_due = standing.next_at(connection, {}, {}) is not None
        return is_due or any(each.output == items.OUTPUT for each in backlogs(connection))
