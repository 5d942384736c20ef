"""The sender, against an HLR that says what a test says, over a real store."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import select
from structlog.testing import capture_logs

from clonewatch.actions.alarms.courier import Backoff
from clonewatch.actions.orders import Orders
from clonewatch.actions.suspension.desk import Desk
from clonewatch.actions.suspension.orders import SuspensionOrders
from clonewatch.actions.suspension.sender import FLYING_MAX, Sender
from clonewatch.actions.suspension.stuck import NOTHING_LEFT, Stuck
from clonewatch.cases.case import events_of
from clonewatch.cases.life import State
from clonewatch.store.tables import cases
from is41.map.codes import AuthorizationDenied
from is41.map.messages import QualificationDirective, body_of
from is41.tcap.dialogues import Aborted, TimedOut
from network import until
from stores import MIN, MINUTE, TEN, Clock, conflict, opened, refuse, refuse_no_more
from suspensions import LOOSE, YES, FakeHlr, consequences

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sqlalchemy import Connection

    from clonewatch.actions.consequences import Consequences
    from clonewatch.actions.suspension.stuck import Left, Results
    from clonewatch.store.store import Store


class NotingDesk(Desk):
    """Knows which cases it tried to decide."""

    def __init__(self, consequences: Consequences) -> None:
        super().__init__(consequences)
        self.tried: list[int] = []

    def decide_due(self, connection: Connection, now_ms: int, left: Left = NOTHING_LEFT) -> Results:
        results = super().decide_due(connection, now_ms, left)
        self.tried += [due.id for due in results]
        return results


@dataclass
class Running:
    """A sender that runs."""

    store: Store
    sender: Sender
    hlr: FakeHlr
    orders: SuspensionOrders
    clock: Clock
    told: list[Stuck]
    cases: Orders
    desk: NotingDesk

    def history(self, case_id: int) -> list[str]:
        with self.store.read() as connection:
            return [event["what"] for event in events_of(connection, case_id)]

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
async def running(
    folder: Path, hlr: FakeHlr, follows: Consequences | None = None
) -> AsyncIterator[Running]:
    follows, clock, told = follows or consequences(), Clock(), list[Stuck]()
    with opened(folder, clock=clock, consequences=follows) as store:
        backoff = Backoff(first_s=0.0, most_s=0.0)
        desk = NotingDesk(follows)
        sender = Sender(store, follows, desk, lambda: hlr, tell=told.append, backoff=backoff)
        loop = asyncio.get_running_loop()

        def committed() -> None:
            loop.call_soon_threadsafe(sender.wake)

        store.committed = committed
        task = asyncio.create_task(sender.run())
        orders = SuspensionOrders(store=store, consequences=follows)
        yield Running(store, sender, hlr, orders, clock, told, Orders(store, follows), desk)
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


async def settled(it: Running) -> None:
    """Wait until there is nothing left to do."""
    await until(lambda: not it.sender.plan.is_due and not it.sender.plan.waiting)


def test_a_case_that_we_cannot_decide_holds_up_no_other_and_no_restoration(tmp_path: Path) -> None:
    async def main() -> None:
        async with running(tmp_path, FakeHlr(*[YES] * 9)) as it:
            it.store.submit([conflict()], 1)
            await until(lambda: it.states() == [State.SUSPENDED])
            refuse(it.store, "INSERT ON outbox WHEN NEW.case_id = 2 AND NEW.kind = 'suspension'")
            with capture_logs() as logs:
                it.store.submit([conflict(MIN + 1), conflict(MIN + 2)], 2)
                it.orders.restore(1, who="ann", note="").result()
                await until(lambda: it.states() == [State.RESTORED, State.OPEN, State.SUSPENDED])
                await settled(it)
                for _ in range(9):
                    it.sender.wake()
                    await asyncio.sleep(0.01)
            assert it.desk.tried.count(2) == 1
            (line,) = logs
            assert (line["event"], line["log_level"], line["case"]) == (
                "case_set_aside",
                "error",
                2,
            )
            assert "IntegrityError) stuck" in line["exception"]
            assert [each.due.case_id for each in it.told] == [2]
            (words,) = it.sender.problems()
            assert words.startswith("case 2 cannot be decided, by a fault of ours: IntegrityError")
            assert it.history(2) == ["conflict", "set aside"]
            with capture_logs() as logs:
                it.clock.now_ms += 1
                it.store.submit([conflict(MIN + 1, at=TEN + 46 * MINUTE)], 3)
                assert it.store.flush()
                await until(lambda: it.sender.plan.is_due)
                await until(lambda: it.desk.tried.count(2) == 2)
                await settled(it)
            assert logs == []
            assert it.history(2) == ["conflict", "set aside"]
            it.cases.dismiss(2, who="ann", note="").result()
            await until(lambda: it.sender.problems() == [])
            it.clock.now_ms += 1
            it.cases.confirm(2, who="ann", note="").result()
            await until(lambda: it.sender.problems() != [])
            # What changes about it lets it be decided again.
            refuse_no_more(it.store)
            it.clock.now_ms += 1
            it.store.submit([conflict(MIN + 1, at=TEN + 50 * MINUTE)], 4)
            await until(lambda: it.states()[1] is State.SUSPENDED)
            assert it.sender.problems() == []

    asyncio.run(main())


def test_a_start_decides_again_what_was_set_aside(tmp_path: Path) -> None:
    async def main() -> None:
        async with running(tmp_path, FakeHlr(YES)) as it:
            refuse(it.store, "UPDATE ON suspensions")
            it.store.submit([conflict()], 1)
            await until(lambda: it.sender.problems() != [])
            refuse_no_more(it.store)
            await settled(it)
            assert it.states() == [State.OPEN]
        async with running(tmp_path, FakeHlr(YES)) as it:
            await until(lambda: it.states() == [State.SUSPENDED])

    asyncio.run(main())


def test_who_cannot_be_decided_any_more_is_suspended_no_more(tmp_path: Path) -> None:
    async def main() -> None:
        hlr = FakeHlr(*[YES] * 9, is_open=False)
        async with running(tmp_path, hlr) as it:
            it.store.submit([conflict()], 1)
            await until(lambda: it.sender.plan.ready)
            spoil = "UPDATE clone_records SET evidence = json_set(evidence, '$.clone', 'nobody')"
            it.store.do(lambda to: to.exec_driver_sql(spoil).close()).result()
            it.clock.now_ms += 1
            it.store.submit([conflict(at=TEN + 50 * MINUTE)], 2)
            await until(lambda: it.sender.problems() != [])
            hlr.is_open = True
            hlr.changed()
            await settled(it)
            assert hlr.asked == []
            assert it.history(1)[-2:] == ["suspension cancelled", "set aside"]

    asyncio.run(main())


def test_what_all_decisions_rest_on_holds_up_no_restoration(tmp_path: Path) -> None:
    async def main() -> None:
        async with running(tmp_path, FakeHlr(*[YES] * 9)) as it:
            it.store.submit([conflict()], 1)
            await until(lambda: it.states() == [State.SUSPENDED])
            it.store.submit([conflict(MIN + 1)], 2)
            rename = "ALTER TABLE clone_records RENAME COLUMN found_at TO lost_at"
            it.store.do(lambda to: to.exec_driver_sql(rename).close()).result()
            it.orders.restore(1, who="ann", note="").result()
            await until(lambda: it.states()[0] is State.RESTORED)

    asyncio.run(main())


def test_what_nobody_can_read_holds_up_no_other(tmp_path: Path) -> None:
    async def main() -> None:
        hlr = FakeHlr(*[YES] * 9, is_open=False)
        async with running(tmp_path, hlr) as it:
            it.store.submit([conflict()], 1)
            await until(lambda: it.sender.plan.ready)
            spoil = "UPDATE outbox SET payload = json_remove(payload, '$.msid')"
            it.store.do(lambda to: to.exec_driver_sql(spoil).close()).result()
            it.store.submit([conflict(MIN + 1)], 2)
            hlr.is_open = True
            hlr.changed()
            await until(lambda: it.states() == [State.OPEN, State.SUSPENDED])
            await until(lambda: "cannot be read, by a fault of ours" in it.sender.plan.reason)

    asyncio.run(main())


def test_restorations_that_always_fail_hold_up_no_other(tmp_path: Path) -> None:
    async def main() -> None:
        count = FLYING_MAX + 1
        follows = consequences(replace(LOOSE, per_hour_max=99, per_day_max=99))
        follows.policy = replace(follows.policy, suspect_msids=99)
        async with running(tmp_path, FakeHlr(*[YES] * 99), follows) as it:
            it.store.submit([conflict(MIN + number) for number in range(count)], 1)
            await until(lambda: it.states() == [State.SUSPENDED] * count)
            refuse(it.store, f"UPDATE ON outbox WHEN NEW.case_id < {count} AND NEW.attempts > 0")
            with capture_logs():
                it.orders.restore_since(0, who="ann", note="").result()
                await until(lambda: it.states()[-1] is State.RESTORED)
            assert it.states()[:-1] == [State.SUSPENDED] * FLYING_MAX

    asyncio.run(main())
