"""The sender, against an HLR that says what a test says, over a real store."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from clonewatch.actions.alarms.courier import Backoff
from clonewatch.actions.suspension.desk import Desk
from clonewatch.actions.suspension.orders import SuspensionOrders
from clonewatch.actions.suspension.sender import Sender
from clonewatch.cases.life import State
from clonewatch.store.tables import cases
from is41.map.codes import AuthorizationDenied
from is41.map.messages import QualificationDirective, body_of
from is41.tcap.dialogues import Aborted, TimedOut
from network import until
from stores import MIN, Clock, conflict, opened
from suspensions import YES, FakeHlr, consequences

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from clonewatch.store.store import Store


@dataclass
class Running:
    """A sender that runs."""

    store: Store
    sender: Sender
    hlr: FakeHlr
    orders: SuspensionOrders

    def states(self) -> list[State]:
        with self.store.read() as connection:
            rows = connection.execute(select(cases.c.state).order_by(cases.c.id)).scalars()
            return [State(each) for each in rows]

    def denied(self) -> list[bool]:
        """Of what the HLR was asked: whether to deny."""
        bodies = [body_of(invoke) for invoke in self.hlr.asked]
        assert all(isinstance(body, QualificationDirective) for body in bodies)
        denied = AuthorizationDenied.DUPLICATE_UNIT
        return [getattr(body, "authorization_denied", None) is denied for body in bodies]


@asynccontextmanager
async def running(folder: Path, hlr: FakeHlr) -> AsyncIterator[Running]:
    follows = consequences()
    with opened(folder, clock=Clock(), consequences=follows) as store:
        backoff = Backoff(first_s=0.0, most_s=0.0)
        sender = Sender(store, follows, Desk(follows), lambda: hlr, backoff=backoff)
        loop = asyncio.get_running_loop()

        def committed() -> None:
            loop.call_soon_threadsafe(sender.wake)

        store.committed = committed
        task = asyncio.create_task(sender.run())
        orders = SuspensionOrders(store=store, consequences=follows)
        yield Running(store, sender, hlr, orders)
        store.committed = lambda: None
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def test_it_tries_until_the_hlr_answers(tmp_path: Path) -> None:
    async def main() -> None:
        hlr = FakeHlr(TimedOut(), Aborted(1, None), YES)
        async with running(tmp_path, hlr) as it:
            it.store.submit([conflict()], 1)
            await until(lambda: it.states() == [State.SUSPENDED])
            assert it.denied() == [True] * 3
            await until(lambda: it.sender.plan.suspended == {MIN})

    asyncio.run(main())


def test_it_waits_for_an_hlr_that_cannot_be_asked(tmp_path: Path) -> None:
    async def main() -> None:
        hlr = FakeHlr(YES, is_open=False)
        async with running(tmp_path, hlr) as it:
            it.store.submit([conflict()], 1)
            await until(lambda: it.sender.plan.ready)
            assert hlr.asked == []
            hlr.is_open = True
            hlr.changed()
            await until(lambda: it.states() == [State.SUSPENDED])

    asyncio.run(main())


def test_one_directive_of_a_case_at_a_time_and_an_answer_twice_counts_once(tmp_path: Path) -> None:
    async def main() -> None:
        hlr = FakeHlr()
        async with running(tmp_path, hlr) as it:
            it.store.submit([conflict()], 1)
            await until(lambda: hlr.waiting)
            it.store.submit([replace(conflict(), superseded=True)], 2)
            await until(lambda: it.states() == [State.CLOSED])
            assert it.denied() == [True]
            hlr.answers.append(YES)
            hlr.waiting[0](YES)
            hlr.waiting[0](TimedOut())
            await until(lambda: it.denied() == [True, False])
            assert it.states() == [State.CLOSED]

    asyncio.run(main())


def test_what_is_on_its_way_at_the_end_is_sent_again_after_a_start(tmp_path: Path) -> None:
    async def main() -> None:
        hlr = FakeHlr()
        async with running(tmp_path, hlr) as it:
            it.store.submit([conflict()], 1)
            await until(lambda: hlr.waiting)
        hlr.answers.append(YES)
        async with running(tmp_path, hlr) as it:
            await until(lambda: it.states() == [State.SUSPENDED])
            assert it.denied() == [True, True]

    asyncio.run(main())


def test_a_pause_holds_what_waits_until_it_is_resumed(tmp_path: Path) -> None:
    async def main() -> None:
        hlr = FakeHlr(YES, is_open=False)
        async with running(tmp_path, hlr) as it:
            it.store.submit([conflict()], 1)
            await until(lambda: it.sender.plan.ready)
            it.orders.pause(who="ann", note="").result()
            hlr.is_open = True
            hlr.changed()
            await until(lambda: it.sender.plan.waiting and not it.sender.plan.ready)
            assert hlr.asked == []
            it.orders.resume(who="ann", note="").result()
            await until(lambda: it.states() == [State.SUSPENDED])

    asyncio.run(main())
