"""Whatever happens to cases, in whatever order: the life table, the audit trail, alarms, the HLR."""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from clonewatch.actions.orders import OrderError, Orders
from clonewatch.actions.suspension import items, standing, switch
from clonewatch.actions.suspension.desk import Desk
from clonewatch.actions.suspension.items import Order
from clonewatch.actions.suspension.orders import SuspensionOrders
from clonewatch.actions.suspension.rules import UNSENT_MS
from clonewatch.actions.suspension.sending import Sending
from clonewatch.actions.suspension.switch import Position, Switch
from clonewatch.cases.case import events_of
from clonewatch.cases.life import ALARMED, TRANSITIONS, Input, State
from clonewatch.cases.policy import Policy
from clonewatch.registrations import Batch
from clonewatch.store.outbox import SUSPENSION
from clonewatch.store.tables import alarms, case_events
from is41.map.operations import ErrorCode, error_code
from is41.tcap.dialogues import Failed, TimedOut
from stores import DAY, HOUR, MIN, MINUTE, conflict, desk
from suspensions import LOOSE, YES, consequences, decide_due

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from clonewatch.detector import Conflict
    from clonewatch.store.outbox import Item
    from clonewatch.store.store import Store
    from is41.tcap.dialogues import Outcome

T = TypeVar("T")
NO: Final = Failed(error_code(ErrorCode.OPERATION_NOT_SUPPORTED), None)
ANN: Final = {"who": "ann", "note": ""}
SUBSCRIBERS: Final = st.sampled_from([MIN, MIN, MIN + 1])
ESNS: Final = st.sampled_from([1, 1, 1, 2])
CASES: Final = st.sampled_from([1, 1, 2, 3])
WORDS: Final = ("confirm", "dismiss", "close", "annotate", "open", "reissue")
ANSWERS: Final = ("yes", "yes", "no", "silent", "done in silence", "delayed")
WAITS: Final = st.sampled_from([MINUTE, UNSENT_MS, 2 * HOUR, 8 * DAY])
RULES: Final = replace(LOOSE, restore_after_ms=6 * HOUR, per_hour_max=100)


class StoreAtOnce:
    """What orders need of a store, over one connection: a transaction for each."""

    def __init__(self, connection: Connection, now_ms: Callable[[], int]) -> None:
        self._connection = connection
        self.now_ms = now_ms

    def do(self, work: Callable[[Connection], T]) -> Future[T]:
        done: Future[T] = Future()
        try:
            with self._connection.begin_nested():
                done.set_result(work(self._connection))
        except OrderError as error:
            done.set_exception(error)
        return done


class Lives(RuleBasedStateMachine):
    """Two subscribers, an operator who says anything, and an HLR that does anything."""

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        self.it = self._open.enter_context(desk(consequences(RULES)))
        self.it.consequences.policy = Policy(suspect_msids=10**6)
        store = cast("Store", StoreAtOnce(self.it.connection, lambda: self.it.now_ms))
        self.orders = Orders(store, self.it.consequences)
        self.suspension = SuspensionOrders(store=store, consequences=self.it.consequences)
        self.sending = Sending(self.it.consequences)
        self.found: list[Conflict] = []
        self.flying: dict[int, Item] = {}  # by MSID
        self.delayed: list[Item] = []  # tries that were given up, and that the HLR may yet do
        self.denied: set[tuple[int, int]] = set()  # at the HLR
        self.given_up: set[tuple[int, int]] = set()  # they may stay denied there for ever
        self.trail: list[dict[str, Any]] = []

    # What the network does.

    @initialize(more=st.booleans())
    def begin(self, *, more: bool) -> None:
        self.conflict(MIN, 1, 1)
        if more:
            self.conflict(MIN + 1, 1, 79)

    @rule(msid=SUBSCRIBERS, esn=ESNS, took=st.sampled_from([1, 79]))
    def conflict(self, msid: int, esn: int, took: int) -> None:
        self.it.now_ms += MINUTE
        found = conflict(msid, at=self.it.now_ms - 1, took=took * MINUTE, esn=esn)
        self.found.append(found)
        self.it.found(found)

    @precondition(lambda self: self.found)
    @rule(which=st.integers(0, 99))
    def superseded(self, which: int) -> None:
        found = self.found[which % len(self.found)]
        self.it.found(replace(found, superseded=True))

    @rule(msid=SUBSCRIBERS, esn=ESNS)
    def registered(self, msid: int, esn: int) -> None:
        first = replace(conflict(msid, at=self.it.now_ms, esn=esn).first, time=self.it.now_ms)
        self.it.found(*self.it.consequences.watched.seen(Batch.of([first])))

    @rule(ms=WAITS)
    def wait(self, ms: int) -> None:
        self.it.now_ms += ms

    # What the operator says.

    def order(self, it: Future[Any]) -> None:
        try:
            it.result()
        except OrderError:
            assert self.trail_now() == self.trail  # what is refused changes nothing

    @rule(case=CASES, what=st.sampled_from(WORDS))
    def say(self, case: int, what: str) -> None:
        if what == "open":
            self.order(self.orders.open(MIN, **ANN))
        elif what == "reissue":
            self.reissue(case)
        else:
            self.order(getattr(self.orders, what)(case, **ANN))

    def reissue(self, case: int) -> None:
        phone = self.phone_of(case)
        if phone is not None:
            self.given_up.add(phone)
        self.order(self.orders.reissue(case, **ANN, esns=[1]))

    def phone_of(self, case_id: int) -> tuple[int, int] | None:
        """Who is out of service by a case, as far as we know."""
        for case in self.it.cases():
            if case.id == case_id and case.state is State.SUSPENDED:
                return case.msid, standing.of(self.it.connection, case_id)["esn"]
        return None

    @rule(case=CASES, esn=ESNS)
    def suspend(self, case: int, esn: int) -> None:
        self.order(self.suspension.suspend(case, **ANN, esn=esn))

    @rule(case=CASES)
    def restore(self, case: int) -> None:
        self.order(self.suspension.restore(case, **ANN))

    @rule(what=st.sampled_from(["pause", "resume", "restore since"]), ago=WAITS)
    def turn(self, what: str, ago: int) -> None:
        if what == "restore since":
            self.order(self.suspension.restore_since(self.it.now_ms - ago, **ANN))
        else:
            self.order(getattr(self.suspension, what)(**ANN))

    # What the sender and the HLR do.

    @rule(how=st.sampled_from(ANSWERS))
    def go(self, how: str) -> None:
        """Let arrive what is on its way, decide what is due, and send what may go."""
        for msid in list(self.flying):
            self.arrive(self.flying.pop(msid), how)
        decide_due(self.it)
        for item in items.oldest(self.it.connection, 9):
            begun = self.sending.begin(self.it.connection, item.id, self.it.now_ms)
            if begun is not None:
                self.flying[Order.of(item.payload).msid] = begun

    @rule(hows=st.lists(st.sampled_from(ANSWERS), min_size=2, max_size=4))
    def go_on(self, hows: list[str]) -> None:
        for how in hows:
            self.go(how)
            self.it.now_ms += MINUTE

    def arrive(self, item: Item, how: str) -> None:
        if how in {"yes", "done in silence"}:
            self.do(item)
        if how == "delayed":
            self.delayed.append(item)
        answers: dict[str, Outcome] = {"yes": YES, "no": NO}
        answer = answers.get(how, TimedOut())
        self.sending.ended(self.it.connection, item.id, answer, self.it.now_ms, MINUTE)

    @precondition(lambda self: self.delayed)
    @rule()
    def arrive_late(self) -> None:
        item = self.delayed.pop()
        self.do(item)
        self.sending.answered_late(self.it.connection, item.id, YES, self.it.now_ms)

    @precondition(lambda self: self.flying)
    @rule(does=st.booleans())
    def killed(self, *, does: bool) -> None:
        """Die, and forget what is on its way; the HLR *does* it, or not."""
        for item in self.flying.values() if does else ():
            self.do(item)
        self.flying.clear()
        self.delayed.clear()
        Desk(self.it.consequences).use(self.it.connection, self.it.now_ms)

    def do(self, item: Item) -> None:
        order = Order.of(item.payload)
        change = self.denied.add if item.kind == SUSPENSION else self.denied.discard
        change((order.msid, order.esn))

    def teardown(self) -> None:
        """Let everything that waits be done: then the HLR's state is ours."""
        switch.turn(self.it.connection, Position(what=Switch.PAUSED))
        while items.count(self.it.connection):
            self.wait(UNSENT_MS)
            self.go("yes")
        ours = {phone for case in self.it.cases() if (phone := self.phone_of(case.id)) is not None}
        assert ours <= self.denied <= ours | self.given_up
        self.every_case_moved_by_the_table()
        self.notices_followed()
        self._open.close()

    # What must hold all the time.

    def trail_now(self) -> list[dict[str, Any]]:
        rows = self.it.connection.execute(select(case_events).order_by(case_events.c.id))
        return [dict(row) for row in rows.mappings()]

    @invariant()
    def the_audit_trail_is_only_appended_to(self) -> None:
        now = self.trail_now()
        assert now[: len(self.trail)] == self.trail
        self.trail = now

    def every_case_moved_by_the_table(self) -> None:
        for case in self.it.cases():
            state = State.NONE
            for event in events_of(self.it.connection, case.id):
                after = State(event["state"])
                if event["what"] in set(Input):
                    assert TRANSITIONS[state, Input(event["what"])][0] is after
                else:
                    assert after is state, event
                state = after
            assert state is case.state

    @invariant()
    def alarms_follow(self) -> None:
        rows = self.it.connection.execute(select(alarms).where(alarms.c.case_id.is_not(None)))
        raised = {
            row["case_id"]: row["severity"]
            for row in rows.mappings()
            if row["severity"] != "cleared"
        }
        assert raised == {
            case.id: str(case.severity) for case in self.it.cases() if case.state in ALARMED
        }

    def notices_followed(self) -> None:
        severities: dict[str, str] = {}
        for key, change, severity in self.it.told():
            before = severities.get(key, "cleared")
            assert severity != before
            expected = "cleared" if severity == "cleared" else "changed"
            assert change == ("raised" if before == "cleared" else expected)
            severities[key] = severity


Lives.TestCase.settings = settings(stateful_step_count=40, max_examples=50)
test_whatever_happens = Lives.TestCase
