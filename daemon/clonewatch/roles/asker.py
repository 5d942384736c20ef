"""Where an HLR is asked: questions of ours over one link, and their answers."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from clonewatch.roles.notes import Notes, forget
from is41.answering import answer
from is41.errors import DecodeError, EncodeError
from is41.layers import Layer
from is41.link import MessagesReceived, StateChanged
from is41.reading import read
from is41.sccp.messages import UnitdataService
from is41.tcap.codes import Problem
from is41.tcap.dialogues import Answered, AnsweredLate, Asked, Dialogues, Outcome, rejected
from is41.tcap.messages import Abort, Package

if TYPE_CHECKING:
    from collections.abc import Callable

    from structlog.typing import FilteringBoundLogger

    from clonewatch.links import Connection
    from clonewatch.roles.notes import Keep
    from is41.answering import Route
    from is41.link import Event
    from is41.reading import Reading
    from is41.tcap.messages import Invoke

Told: TypeAlias = "Callable[[Outcome], None]"


class _Waiting(NamedTuple):
    """Who waits for an answer, and whether he still wants one that comes late."""

    told: Told
    told_late: Told | None


class Asker:
    """The handler of a link to an HLR: asks over whichever connection is open.

    *route* says how the HLR is addressed. What the HLR itself asks is rejected: we serve nobody.
    *keep* is given what cannot be read.
    """

    def __init__(
        self, route: Route, interval_s: float, log: FilteringBoundLogger, *, keep: Keep = forget
    ) -> None:
        self.dialogues: Dialogues[_Waiting] = Dialogues(
            first_id=secrets.randbits(32), interval=interval_s
        )
        self.changed: Callable[[], None] = lambda: None  # called when it may be asked, or no more
        self._route = route
        self._log = log
        self._notes = Notes(log, keep)
        self.link_counts = self._notes.counts
        self._connections: list[Connection] = []
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        """Whether the HLR can be asked now."""
        return any(each.link.is_open for each in self._connections)

    def ask(self, invoke: Invoke, told: Told, told_late: Told | None = None) -> bool:
        """Ask; *told* gets what becomes of it. False if the HLR cannot be asked now.

        *told_late* gets an answer that comes after *told* got TimedOut.
        """
        connection = next((each for each in self._connections if each.link.is_open), None)
        if connection is None:
            return False
        try:
            package = self.dialogues.begin(invoke, _Waiting(told, told_late), self._loop.time())
            octets = self._route.write(package)
        except EncodeError as error:
            self._log.error("question_refused", reason=str(error))
            return False
        sent = connection.send(octets, self._route.layer)
        self._set_timer()
        return sent

    def connected(self, connection: Connection) -> None:
        """Use a connection, and let the far end answer on it."""
        self._connections.append(connection)
        connection.allow()
        self._log.info("link_connected", peer=connection.peer)

    def received(self, connection: Connection, event: Event) -> None:
        """Take answers."""
        if isinstance(event, MessagesReceived):
            frames = event.frames
            for at in range(event.count):
                message = event.octets[frames.start[at] : frames.end[at]].tobytes()
                self._take(connection, message, Layer(frames.layer[at]))
            connection.acknowledge(event.count)
            return
        self._notes.take(connection, event)
        if isinstance(event, StateChanged):
            self.changed()

    def disconnected(self, connection: Connection, reason: str) -> None:
        """Use it no more. What was asked over it runs out of time by itself."""
        self._connections.remove(connection)
        self._log.info("link_disconnected", peer=connection.peer, reason=reason)
        self.changed()

    def _take(self, connection: Connection, message: bytes, layer: Layer) -> None:
        try:
            reading = read(message, layer)
        except DecodeError as error:
            self._notes.refuse(connection, error, message, layer)
            return
        if isinstance(reading.sccp, UnitdataService):
            self._returned(connection, reading.sccp)
        elif isinstance(reading.tcap, Package | Abort):
            back = self.dialogues.receive(reading.tcap)
            if back is not None:
                self._answer(connection, reading, back)
        while (event := self.dialogues.next_event()) is not None:
            match event:
                case Answered(waiting, _, outcome):
                    waiting.told(outcome)
                case AnsweredLate(waiting, transaction_id, outcome):
                    self._log.warning("answer_late", transaction_id=transaction_id)
                    if waiting.told_late is not None:
                        waiting.told_late(outcome)
                case Asked():
                    self._reject(connection, reading, event)
        self._set_timer()

    def _returned(self, connection: Connection, service: UnitdataService) -> None:
        """Take a question of ours that SCCP could not deliver."""
        try:
            package = read(service.data, Layer.TCAP).tcap
        except DecodeError as error:
            self._notes.refuse(connection, error, service.data, Layer.TCAP)
            return
        if isinstance(package, Package | Abort):
            self.dialogues.returned(package, service.return_cause)

    def _reject(self, connection: Connection, reading: Reading, asked: Asked) -> None:
        if asked.package.originating_id is None:
            return
        problem = Problem.INVOKE_UNRECOGNIZED_OPERATION
        rejects = [rejected(invoke, problem) for invoke in asked.invokes]
        self._answer(connection, reading, self.dialogues.answer(asked, *rejects))

    def _answer(self, connection: Connection, reading: Reading, package: Package | Abort) -> None:
        try:
            connection.send(answer(reading, package), layer_of(reading))
        except EncodeError as error:
            self._log.warning("answer_refused", reason=str(error))

    def _set_timer(self) -> None:
        deadline = self.dialogues.next_deadline()
        if deadline is not None and self._timer is None:
            self._timer = self._loop.call_at(deadline, self._rung)

    def _rung(self) -> None:
        self._timer = None
        self.dialogues.expire(self._loop.time())
        while (event := self.dialogues.next_event()) is not None:
            if isinstance(event, Answered):
                event.context.told(event.outcome)
        self._set_timer()


def layer_of(reading: Reading) -> Layer:
    """The layer a message began with."""
    if reading.msu is not None:
        return Layer.MTP3
    return Layer.TCAP if reading.sccp is None else Layer.SCCP
