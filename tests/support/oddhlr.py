"""An HLR over real sockets that does with each directive what a test says, and a daemon's end of it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import structlog

from clonewatch.actions.alarms import book
from clonewatch.actions.alarms.courier import Backoff
from clonewatch.actions.orders import Orders
from clonewatch.actions.suspension.service import Suspension
from clonewatch.addresses import Address
from clonewatch.cases.policy import DEFAULT, Policy
from clonewatch.links import Connector, Listener
from clonewatch.roles.asker import Asker
from configuration import HLR, loaded
from is41.answering import Route, answer
from is41.layers import Layer
from is41.link import MessagesReceived
from is41.map.components import failure_of, result_of
from is41.map.messages import QualificationDirective, QualificationDirectiveResult, body_of
from is41.map.operations import ErrorCode
from is41.mtp.pointcode import PointCode
from is41.reading import read
from is41.sccp.addresses import Address as SccpAddress
from is41.sccp.codes import Subsystem
from is41.sccp.messages import Unitdata, UnitdataService
from is41.tali.link import Link as Tali
from is41.tcap.codes import PackageType, Problem
from is41.tcap.dialogues import rejected
from is41.tcap.messages import Abort, Invoke, Package
from network import HOST, until
from stores import Clock, case_shown, conflict, opened
from suspensions import LOOSE, consequences

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from clonewatch.actions.suspension.rules import Rules
    from clonewatch.detector import Conflict
    from clonewatch.links import Connection
    from clonewatch.store.store import Store
    from is41.link import Event
    from is41.reading import Reading
    from is41.tcap.messages import Component

US: Final = PointCode(10, 20, 60)
THEM: Final = PointCode(10, 20, 40)
ROUTE: Final = Route(
    layer=Layer.SCCP,
    called=SccpAddress(subsystem=Subsystem.HLR, point_code=THEM),
    calling=SccpAddress(subsystem=Subsystem.MAP, point_code=US),
    dpc=THEM,
    opc=US,
)
AT_ONCE: Final = Backoff(first_s=0.0, most_s=0.0)
CONFIG: Final = 'mode = "active"\n[tables]\ntravel = "travel.csv"\n'
AUTO: Final = '[suspension]\nmode = "auto"\nhlr = "hlr"\n'


class Directive(NamedTuple):
    """What the HLR was told, once."""

    transaction_id: int
    suspends: bool
    min: str
    esn: int


@dataclass(frozen=True, slots=True)
class Question:
    """A directive as it came."""

    connection: Connection
    reading: Reading
    transaction_id: int
    invoke: Invoke
    directive: Directive

    def send(self, octets: bytes) -> None:
        self.connection.send(octets, Layer.SCCP)

    def respond(self, *components: Component, other_id: int = 0) -> None:
        package = Package(
            package_type=PackageType.RESPONSE,
            responding_id=self.transaction_id ^ other_id,
            components=components or None,
        )
        self.send(answer(self.reading, package))


@dataclass
class OddHlr:
    """Does what *script* says, with one directive after the other, and then what the last says."""

    script: Sequence[Callable[[OddHlr, Question], None]]
    told: list[Directive] = field(default_factory=list)  # in the order in which they came
    denied: set[tuple[str, int]] = field(default_factory=set)  # MIN and ESN, out of service
    kept: list[Question] = field(default_factory=list)  # to be done later

    def connected(self, _: Connection) -> None:
        """Wait for questions: each knows its connection."""

    def disconnected(self, _: Connection, __: str) -> None:
        """Wait for the next."""

    def received(self, connection: Connection, event: Event) -> None:
        if not isinstance(event, MessagesReceived):
            return
        for at in range(event.count):
            start, end = event.frames.start[at], event.frames.end[at]
            reading = read(event.octets[start:end].tobytes(), Layer.SCCP)
            if isinstance(reading.tcap, Package) and reading.tcap.originating_id is not None:
                self._take(connection, reading, reading.tcap, reading.tcap.originating_id)

    def _take(
        self, connection: Connection, reading: Reading, package: Package, transaction_id: int
    ) -> None:
        (invoke,) = package.components or ()
        assert isinstance(invoke, Invoke)
        body = body_of(invoke)
        assert isinstance(body, QualificationDirective)
        assert body.mobile_identification_number is not None
        assert body.electronic_serial_number is not None
        directive = Directive(
            transaction_id,
            body.authorization_denied is not None,
            body.mobile_identification_number,
            body.electronic_serial_number.number,
        )
        step = self.script[min(len(self.told), len(self.script) - 1)]
        self.told.append(directive)
        step(self, Question(connection, reading, transaction_id, invoke, directive))

    def do(self, question: Question) -> None:
        """Do as it is told."""
        _, suspends, digits, esn = question.directive
        (self.denied.add if suspends else self.denied.discard)((digits, esn))

    @property
    def suspends(self) -> list[bool]:
        """Of what came: whether it was to suspend."""
        return [directive.suspends for directive in self.told]


def yes(hlr: OddHlr, question: Question) -> None:
    """Do it, and say so."""
    hlr.do(question)
    question.respond(result_of(question.invoke, QualificationDirectiveResult()))


def twice(hlr: OddHlr, question: Question) -> None:
    """Do it, and say so twice."""
    yes(hlr, question)
    yes(hlr, question)


def error(_: OddHlr, question: Question) -> None:
    """A return error."""
    question.respond(failure_of(question.invoke, ErrorCode.OPERATION_NOT_SUPPORTED))


def reject(_: OddHlr, question: Question) -> None:
    """A reject."""
    question.respond(rejected(question.invoke, Problem.INVOKE_UNRECOGNIZED_OPERATION))


def abort(_: OddHlr, question: Question) -> None:
    """An abort by the protocol."""
    package = Abort(responding_id=question.transaction_id, cause=1)
    question.send(answer(question.reading, package))


def abort_by_user(_: OddHlr, question: Question) -> None:
    """An abort by the user."""
    package = Abort(responding_id=question.transaction_id, user_information=b"\1")
    question.send(answer(question.reading, package))


def undelivered(_: OddHlr, question: Question) -> None:
    """SCCP brings it back: a UDTS."""
    sccp = question.reading.sccp
    assert isinstance(sccp, Unitdata)
    back = UnitdataService(return_cause=1, called=sccp.calling, calling=sccp.called, data=sccp.data)
    question.send(back.encode())


def silent(_: OddHlr, __: Question) -> None:
    """Nothing; it never came."""


def done_in_silence(hlr: OddHlr, question: Question) -> None:
    """Do it, and say nothing."""
    hlr.do(question)


def empty(_: OddHlr, question: Question) -> None:
    """A response that answers nothing."""
    question.respond()


def other_transaction(_: OddHlr, question: Question) -> None:
    """A yes to what was never asked."""
    invoke = question.invoke
    question.respond(result_of(invoke, QualificationDirectiveResult()), other_id=0x0F00)


def garbage(_: OddHlr, question: Question) -> None:
    """Octets that are no message, and a message that holds none."""
    sccp = question.reading.sccp
    assert isinstance(sccp, Unitdata)
    for octets in (b"\x09" + bytes(30), b"\xff" * 200):
        question.send(octets)
    for data in (b"\xe4\x7f" + bytes(20), b"\xe4\x02\xc7\x00"):
        bad = Unitdata(message_handling=0, called=sccp.calling, calling=sccp.called, data=data)
        question.send(bad.encode())


def keep(hlr: OddHlr, question: Question) -> None:
    """Keep it for later."""
    hlr.kept.append(question)


def late(hlr: OddHlr, question: Question) -> None:
    """Do what was kept, then this; each is answered under its own transaction."""
    while hlr.kept:
        yes(hlr, hlr.kept.pop(0))
    yes(hlr, question)


def hang_up(hlr: OddHlr, question: Question) -> None:
    """Do it, and be gone before saying so."""
    hlr.do(question)
    question.connection.close("enough")


@dataclass
class Line:
    """A daemon's suspension, with its store and its end of the link."""

    store: Store
    suspension: Suspension
    asker: Asker
    clock: Clock

    def shown(self, case_id: int = 1) -> dict[str, Any]:
        """The case as `cases show` has it."""
        return case_shown(self.store, case_id)

    def actions(self, case_id: int = 1) -> list[tuple[str, str, int, str]]:
        """What was told the HLR, the oldest first: what, outcome, tries, and why."""
        return [
            (each["what"], each["outcome"], each["attempts"], each["reason"] or "")
            for each in self.shown(case_id)["actions"][::-1]
            if each["to"] == "the HLR"
        ]

    def told(self, case_id: int = 1) -> list[str]:
        """The case's history."""
        return [event["what"] for event in self.shown(case_id)["history"]]

    def alarms(self) -> list[str]:
        """What alarms about ourselves say, as long as they are raised."""
        with self.store.read() as connection:
            raised = book.raised(connection, about_subscribers=False)
        return [alarm.text for alarm in raised]

    def found(self, *found: Conflict) -> None:
        """Store what the detector would have found."""
        assert self.store.submit(found, 0)
        assert self.store.flush()

    def say(self, word: str, case_id: int = 1) -> None:
        """Say something of a case, as an operator does."""
        orders = Orders(self.store, self.suspension.orders.consequences)
        getattr(orders, word)(case_id, who="ann", note="").result()

    async def until(self, state: str, case_id: int = 1) -> None:
        """Wait until the case is so, and all that was for the HLR has ended."""

        def is_so() -> bool:
            outcomes = {outcome for _, outcome, _, _ in self.actions(case_id)}
            has_ended = bool(outcomes) and "pending" not in outcomes
            return has_ended and self.shown(case_id)["state"] == state

        await until(is_so)


@asynccontextmanager
async def listening(hlr: OddHlr, port: int = 0) -> AsyncIterator[int]:
    """An HLR on loopback; its port."""
    listener = Listener(Address(HOST, port), lambda now: Tali(now, allowed=True), hlr)
    await listener.start()
    try:
        yield listener.where.port
    finally:
        await listener.stop("the test is over", patience_s=5)


@asynccontextmanager
async def line(
    folder: Path,
    port: int,
    *,
    rules: Rules = LOOSE,
    policy: Policy = DEFAULT,
    answer_within_s: float = 10.0,
    backoff: Backoff = AT_ONCE,
) -> AsyncIterator[Line]:
    """A daemon's suspension that asks the HLR at *port*."""
    follows, clock = consequences(rules), Clock()
    config = loaded(folder, CONFIG, HLR, AUTO)
    asker = Asker(ROUTE, answer_within_s, structlog.get_logger())
    connector = Connector(Address(HOST, port), lambda now: Tali(now, allowed=True), asker)
    with opened(folder, clock=clock, consequences=follows) as store:
        suspension = Suspension(store, follows, config, lambda _: asker, backoff=backoff)
        follows.suspension, follows.policy = rules, policy
        store.committed = suspension.wake
        await connector.start()
        await suspension.start()
        try:
            yield Line(store, suspension, asker, clock)
        finally:
            store.committed = lambda: None
            await suspension.stop()
            await connector.stop("the test is over", patience_s=5)
            await asyncio.sleep(0)  # the connection's last words


async def serve(folder: Path, port: int, restores: str) -> None:
    """Find a clone, the first time; restore the subscriber if asked to; go on until killed."""
    async with line(folder, port) as it:
        it.found(conflict())
        if restores:
            await until(lambda: it.shown()["state"] == "suspended")
            it.suspension.orders.restore(1, who="ann", note="")
        await asyncio.Event().wait()
