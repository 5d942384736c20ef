"""A process that suspends, acquits and restores at random until it is killed, or settles."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import structlog

from clonewatch.actions.alarms.courier import Backoff
from clonewatch.actions.orders import OrderError
from clonewatch.actions.suspension import items, standing
from clonewatch.actions.suspension.service import Suspension
from clonewatch.addresses import Address
from clonewatch.cases.policy import Policy
from clonewatch.links import Connector
from clonewatch.roles.asker import Asker
from clonewatch.store.outbox import backlogs
from configuration import HLR, loaded
from is41.answering import Route
from is41.mtp.pointcode import PointCode
from is41.reading import Layer
from is41.sccp.addresses import Address as SccpAddress
from is41.sccp.codes import Subsystem
from is41.tali.link import Link as Tali
from network import HOST, until
from stores import HOUR, MIN, conflict, opened
from suspensions import LOOSE, consequences

if TYPE_CHECKING:
    from pathlib import Path

    from clonewatch.store.store import Store

SUBSCRIBERS: Final = 500
STEP_S: Final = 0.003
US: Final = PointCode(10, 20, 60)
THEM: Final = PointCode(10, 20, 40)
ROUTE: Final = Route(
    layer=Layer.SCCP,
    called=SccpAddress(subsystem=Subsystem.HLR, point_code=THEM),
    calling=SccpAddress(subsystem=Subsystem.MAP, point_code=US),
    dpc=THEM,
    opc=US,
)
MANY: Final = replace(LOOSE, per_hour_max=10**6, per_day_max=10**6, breaker_subscribers=10**6)
CONFIG: Final = 'mode = "active"\n[tables]\ntravel = "travel.csv"\n'
AUTO: Final = '[suspension]\nmode = "auto"\nhlr = "hlr"\n'


async def suspending(folder: Path, port: int, seed: int) -> None:
    """With a *seed* of 0 it settles: all that waits is sent. Else it goes on until killed."""
    config = loaded(folder, CONFIG, HLR, AUTO)
    follows = consequences(MANY)
    follows.policy = Policy(suspect_msids=10**6)  # all conflict on one pair of MSCs
    asker = Asker(ROUTE, 5.0, structlog.get_logger())
    with opened(folder, consequences=follows) as store:
        backoff = Backoff(first_s=0.01, most_s=0.1)
        suspension = Suspension(store, follows, config, lambda _: asker, backoff=backoff)
        follows.suspension = MANY
        store.committed = suspension.wake
        connector = Connector(Address(HOST, port), lambda now: Tali(now, allowed=True), asker)
        await connector.start()
        await suspension.start()
        if seed:
            await _live(store, suspension, random.Random(seed))
        await until(lambda: not _waits(store))
        await suspension.stop()
        await connector.stop("settled", patience_s=2)


async def _live(store: Store, suspension: Suspension, chance: random.Random) -> None:
    while True:
        found = conflict(MIN + chance.randrange(SUBSCRIBERS), at=store.now_ms() - HOUR)
        store.submit([found], 0)
        await asyncio.sleep(chance.random() * STEP_S)
        if chance.random() < 0.5:
            store.submit([replace(found, superseded=True)], 0)
        if chance.random() < 0.3:
            case = chance.randrange(1, 50)
            with suppress(OrderError):
                await asyncio.wrap_future(suspension.orders.restore(case, who="ann", note=""))
        print("step", flush=True)  # noqa: T201  # whoever kills us counts these


def _waits(store: Store) -> bool:
    store.flush()
    with store.read() as connection:
        is_due = standing.next_at(connection) is not None
        return is_due or any(each.output == items.OUTPUT for each in backlogs(connection))
