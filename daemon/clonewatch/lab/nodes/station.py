"""What all nodes are: a signalling point with links to neighbours, that asks and answers in TCAP.

A node knows all others by name; those it has no link to it reaches through an RVCD, which passes
on what is not its own. What cannot be passed on comes back as T1.112 has it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from is41.answering import Route, answer
from is41.errors import DecodeError, EncodeError
from is41.map.components import failure_of, invoke_of, result_of
from is41.map.messages import body_of
from is41.map.operations import ErrorCode, operation_of
from is41.reading import Reading, read
from is41.sccp.addresses import Address
from is41.sccp.messages import UnitdataService
from is41.tcap.codes import PackageType, Problem
from is41.tcap.dialogues import Answered, AnsweredLate, Asked, Dialogues, Outcome, rejected

from .happenings import Happening, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from is41.layers import Layer
    from is41.map.body import Body
    from is41.map.values import Mscid
    from is41.mtp.pointcode import PointCode
    from is41.sccp.codes import Subsystem
    from is41.tcap.messages import Component, Invoke, Package

    from .happenings import Phone

HAPPENINGS_MAX: Final = 10_000  # not fetched yet; the oldest go first: ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A node as the others know it."""

    name: str
    point_code: PointCode
    subsystem: Subsystem
    mscid: Mscid | None = None  # of an MSC

    @property
    def address(self) -> Address:
        """Where SCCP finds it."""
        return Address(subsystem=self.subsystem, point_code=self.point_code)


class Outgoing(NamedTuple):
    """Octets for a neighbour."""

    neighbour: str
    octets: bytes
    layer: Layer


class Arrival(NamedTuple):
    """A message as it came."""

    neighbour: str
    octets: bytes
    layer: Layer
    reading: Reading


class Question(NamedTuple):
    """What another asks: how it came, and its one invoke."""

    arrival: Arrival
    asked: Asked
    invoke: Invoke


class Station(ABC):
    """A node. *through*: those that pass on what is for others, in the order they are tried.

    Each kind of node says what it makes of a body that is asked of it (`_asked`) and of an outcome
    of its own questions (`_ended`), whose context is of its own kind.
    """

    def __init__(
        self,
        me: Peer,
        peers: Mapping[str, Peer],
        *,
        first_id: int,
        interval: float,
        through: tuple[str, ...] = (),
    ) -> None:
        self.me = me
        self.messages_received = 0
        self.messages_sent = 0
        self.messages_refused = 0
        self.dialogues: Dialogues[object] = Dialogues(first_id=first_id, interval=interval)
        self.links: dict[str, Layer] = {}  # open ones, and what they carry
        self._peers = peers
        self._through = through
        self._outgoing: deque[Outgoing] = deque()
        self._happenings: deque[Happening] = deque(maxlen=HAPPENINGS_MAX)

    def link_opened(self, neighbour: str, layer: Layer, now: float) -> None:  # noqa: ARG002  # for those who waited
        """Take note that messages of *layer* can be sent to a neighbour."""
        self.links[neighbour] = layer

    def link_closed(self, neighbour: str, now: float) -> None:  # noqa: ARG002  # for those who reroute
        """Take note that a neighbour cannot be reached."""
        self.links.pop(neighbour, None)

    def next_message(self) -> Outgoing | None:
        """Give the oldest message to send, or None."""
        return self._outgoing.popleft() if self._outgoing else None

    def next_happening(self) -> Happening | None:
        """Give the oldest happening, or None."""
        return self._happenings.popleft() if self._happenings else None

    def next_deadline(self) -> float | None:
        """When `expire` wants to be called, or None."""
        return self.dialogues.next_deadline()

    def expire(self, now: float) -> None:
        """Act on what is due."""
        self.dialogues.expire(now)
        self._drain(now)

    def receive(self, neighbour: str, octets: bytes, layer: Layer, now: float) -> None:
        """Take a message that a neighbour sent."""
        self.messages_received += 1
        try:
            arrival = Arrival(neighbour, octets, layer, read(octets, layer))
            if self._is_mine(arrival.reading):
                self._take(arrival, now)
            else:
                self._pass_on(arrival)
        except (DecodeError, EncodeError) as error:
            self._refuse(f"from {neighbour}: {error}")

    @abstractmethod
    def _asked(self, question: Question, body: Body, now: float) -> None:
        """Answer what is asked, now or later."""

    @abstractmethod
    def _ended(self, context: object, outcome: Outcome, now: float) -> None:
        """Go on after a question of our own has ended."""

    def _pass_on(self, arrival: Arrival) -> None:
        """Do with a message for another what this kind of node does: nothing."""
        self._refuse(f"from {arrival.neighbour}: for another point code")

    def _ask(self, to: str, body: Body, context: object, now: float) -> Package | None:
        """Invoke an operation at another node; None where there is no way to it."""
        if self._way(to) is None:
            return None
        package = self.dialogues.begin(invoke_of(body), context, now)
        self._send(to, package)
        return package

    def _send(self, to: str, package: Package) -> None:
        """Send a package to a node, on the way there is."""
        way = self._way(to)
        if way is None:
            return
        peer, layer = self._peers[to], self.links[way]
        route = Route(
            layer=layer,
            called=peer.address,
            calling=self.me.address,
            dpc=peer.point_code,
            opc=self.me.point_code,
        )
        self._put(way, route.write(package), layer)

    def _result(self, question: Question, body: Body) -> None:
        self._reply(question, result_of(question.invoke, body))

    def _failure(self, question: Question, error: ErrorCode, parameter: int | None = None) -> None:
        self._reply(question, failure_of(question.invoke, error, faulty_parameter=parameter))

    def _reply(self, question: Question, component: Component) -> None:
        """Answer a question the way it came, if that is still open and an answer is wanted."""
        asked, arrival = question.asked, question.arrival
        unanswerable = asked.package.package_type is PackageType.UNIDIRECTIONAL
        if unanswerable or arrival.neighbour not in self.links:
            return
        octets = answer(arrival.reading, self.dialogues.answer(asked, component))
        self._put(arrival.neighbour, octets, arrival.layer)

    def _put(self, neighbour: str, octets: bytes, layer: Layer) -> None:
        self.messages_sent += 1
        self._outgoing.append(Outgoing(neighbour, octets, layer))

    def _way(self, to: str, *, not_by: str | None = None) -> str | None:
        """The neighbour that leads to a node: itself, or the first that passes on."""
        ways = (way for way in (to, *self._through) if way in self.links and way != not_by)
        return next(ways, None)

    def _note(self, kind: Kind, phone: Phone | None = None, detail: str = "") -> None:
        self._happenings.append(Happening(self.me.name, kind, phone, detail))

    def _refuse(self, why: str) -> None:
        self.messages_refused += 1
        self._note(Kind.REFUSED, detail=why)

    def _is_mine(self, reading: Reading) -> bool:
        """Whether a message is addressed to this node; bare TCAP is to whoever gets it."""
        if reading.msu is not None:
            return reading.msu.dpc == self.me.point_code
        if reading.sccp is not None:
            point_code = Address.decode(reading.sccp.called).point_code
            return point_code is None or point_code == self.me.point_code
        return True

    def _take(self, arrival: Arrival, now: float) -> None:
        reading = arrival.reading
        if reading.tcap is None:
            self._refuse(f"from {arrival.neighbour}: holds no TCAP")
            return
        if isinstance(reading.sccp, UnitdataService):
            self.dialogues.returned(reading.tcap, reading.sccp.return_cause)
        elif (reply := self.dialogues.receive(reading.tcap)) is not None:
            self._put(arrival.neighbour, answer(reading, reply), arrival.layer)
        while (event := self.dialogues.next_event()) is not None:
            match event:
                case Answered(context, _, outcome):
                    self._ended(context, outcome, now)
                case Asked():
                    self._take_invoke(arrival, event, now)
                case AnsweredLate():
                    pass  # it was given up

    def _take_invoke(self, arrival: Arrival, asked: Asked, now: float) -> None:
        """Let an invoke be answered; say of what is none, or none that is known, that it is not."""
        whence = f"from {arrival.neighbour}"
        if len(asked.invokes) != 1:
            self._refuse(f"{whence}: {len(asked.invokes)} invokes in one query")
            return
        question = Question(arrival, asked, asked.invokes[0])
        try:
            body = body_of(question.invoke)
        except DecodeError as error:
            self._refuse(f"{whence}: {error}")
            self._reply(question, rejected(question.invoke, Problem.INVOKE_INCORRECT_PARAMETER))
            return
        if body is None:
            self._refuse(f"{whence}: operation {operation_of(question.invoke)} is not known here")
            self._reply(question, rejected(question.invoke, Problem.INVOKE_UNRECOGNIZED_OPERATION))
            return
        self._asked(question, body, now)

    def _drain(self, now: float) -> None:
        """Go on with the questions of our own that have ended."""
        while (event := self.dialogues.next_event()) is not None:
            if isinstance(event, Answered):
                self._ended(event.context, event.outcome, now)
