"""The RVCD (204A, 204B): validates the phones of its MSCs against the HLR, and tells the PSMS.

A copy of every RegistrationNotification goes to the PSMS (202), at once over a link or, by whoever
runs the node, in half hour data groups. What is for another node is passed on: to a neighbour, or
through the other RVCD, which does not pass it back.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from is41.errors import DecodeError, EncodeError
from is41.layers import Layer
from is41.map.messages import (
    QualificationDirective,
    QualificationRequest,
    RegistrationNotification,
    body_of,
)
from is41.map.operations import ErrorCode
from is41.mtp.msu import Msu
from is41.mtp.pointcode import PointCode
from is41.sccp.addresses import Address
from is41.sccp.codes import ReturnCause
from is41.sccp.messages import Unitdata, UnitdataService
from is41.tcap.dialogues import Failed, Outcome, Succeeded
from is41.tcap.messages import Invoke, Package, ReturnError, ReturnResult

from .bodies import Missing, outcome_text, phone_of
from .happenings import Kind, Phone
from .station import Question, Station

if TYPE_CHECKING:
    from collections.abc import Mapping

    from is41.map.body import Body
    from is41.reading import Reading
    from is41.tcap.messages import ParameterSet

    from .station import Arrival, Peer

COPIES_MAX: Final = 10_000  # waiting for the PSMS, some 5 kB each; the oldest go first: ours
VALIDATED_MAX: Final = 50_000  # answers of the HLR that are kept: ours
VALIDATED_S: Final = 3600.0  # how long they stand in for an HLR that does not answer: ours


class Copy(NamedTuple):
    """A REGNOT as an MSC sent it."""

    octets: bytes
    layer: Layer
    reading: Reading
    body: RegistrationNotification


class _Validated(NamedTuple):
    parameters: ParameterSet | None
    at: float


class _Validation(NamedTuple):
    """A question of an MSC that waits for the HLR."""

    question: Question
    phone: Phone


class Rvcd(Station):
    """One of two; *other* is joined to it. Copies go to *psms* where that is given."""

    def __init__(
        self,
        me: Peer,
        peers: Mapping[str, Peer],
        *,
        hlr: str,
        psms: str | None,
        other: tuple[str, ...],
        first_id: int,
        interval: float,
    ) -> None:
        super().__init__(me, peers, first_id=first_id, interval=interval, through=other)
        self.copies_lost = 0
        self.copies_made = 0
        self._hlr = hlr
        self._psms = psms
        self._names = {peer.point_code: name for name, peer in peers.items()}
        self._copies: deque[Copy] = deque()
        self._validated: OrderedDict[Phone, _Validated] = OrderedDict()

    def link_opened(self, neighbour: str, layer: Layer, now: float) -> None:
        """Send what waited for the neighbour."""
        super().link_opened(neighbour, layer, now)
        self._send_copies()

    def next_copy(self) -> Copy | None:
        """Give the oldest copy that waits, or None: for who keeps them in groups."""
        return self._copies.popleft() if self._copies else None

    def _asked(self, question: Question, body: Body, now: float) -> None:
        match body:
            case RegistrationNotification():
                arrival = question.arrival
                self._copy(Copy(arrival.octets, arrival.layer, arrival.reading, body))
                self._validate(question, body, now)
            case QualificationRequest():
                self._validate(question, body, now)
            case _:
                self._failure(question, ErrorCode.OPERATION_NOT_SUPPORTED)

    def _validate(
        self,
        question: Question,
        body: RegistrationNotification | QualificationRequest,
        now: float,
    ) -> None:
        """Ask the HLR the same."""
        phone = phone_of(body)
        if isinstance(phone, Missing):
            self._failure(question, ErrorCode.MISSING_PARAMETER, phone.parameter)
        elif self._ask(self._hlr, body, _Validation(question, phone), now) is None:
            self._stand_in(_Validation(question, phone), "no link to the HLR", now)

    def _ended(self, context: object, outcome: Outcome, now: float) -> None:
        """Give the HLR's answer to who asked for it."""
        assert isinstance(context, _Validation)
        invoke = context.question.invoke
        correlation = (invoke.component_ids or b"")[:1]
        match outcome:
            case Succeeded(parameters):
                self._remember(context.phone, _Validated(parameters, now))
                self._reply(
                    context.question,
                    ReturnResult(component_ids=correlation, parameters=parameters),
                )
            case Failed(error, parameters):
                self._reply(
                    context.question,
                    ReturnError(component_ids=correlation, error=error, parameters=parameters),
                )
            case _:
                self._stand_in(context, outcome_text(outcome), now)

    def _stand_in(self, validation: _Validation, why: str, now: float) -> None:
        """Answer for an HLR that does not, as it did last; or say that nobody knows."""
        self._note(Kind.UNREACHABLE, validation.phone, f"{self._hlr}: {why}")
        known = self._validated.get(validation.phone)
        if known is None or now - known.at > VALIDATED_S:
            self._failure(validation.question, ErrorCode.SYSTEM_FAILURE)
            return
        correlation = (validation.question.invoke.component_ids or b"")[:1]
        self._reply(
            validation.question,
            ReturnResult(component_ids=correlation, parameters=known.parameters),
        )

    def _remember(self, phone: Phone, validated: _Validated) -> None:
        self._validated[phone] = validated
        self._validated.move_to_end(phone)
        if len(self._validated) > VALIDATED_MAX:
            self._validated.popitem(last=False)

    def _copy(self, copy: Copy) -> None:
        self.copies_made += 1
        self._copies.append(copy)
        if len(self._copies) > COPIES_MAX:
            self._copies.popleft()
            self.copies_lost += 1
        self._send_copies()

    def _send_copies(self) -> None:
        if self._psms is None or self._psms not in self.links:
            return
        layer = self.links[self._psms]
        while self._copies:
            try:
                octets = at_layer(self._copies.popleft(), layer, self.me)
            except EncodeError:
                self.copies_lost += 1
            else:
                self._put(self._psms, octets, layer)

    def _pass_on(self, arrival: Arrival) -> None:
        """Bring a message nearer to its node; what the other RVCD passed on goes to it alone."""
        destination = self._destination(arrival.reading)
        directed = _directed(arrival.reading)
        if directed is not None:
            self._validated.pop(directed, None)  # stand in no more for who puts it out of service
        way = None
        if destination in self.links:
            way = destination
        elif destination is not None and arrival.neighbour not in self._through:
            way = self._way(destination, not_by=arrival.neighbour)
        if way is not None and self.links[way] is arrival.layer:
            self._put(way, arrival.octets, arrival.layer)
        else:
            self._bring_back(arrival)

    def _destination(self, reading: Reading) -> str | None:
        """The node whose point code a message bears."""
        if reading.msu is not None:
            return self._names.get(reading.msu.dpc)
        assert reading.sccp is not None  # bare TCAP is for who gets it
        point_code = Address.decode(reading.sccp.called).point_code
        return self._names.get(point_code) if isinstance(point_code, PointCode) else None

    def _bring_back(self, arrival: Arrival) -> None:
        """T1.112: a message that asks for it comes back when it cannot be delivered."""
        self._refuse(f"from {arrival.neighbour}: no way to where it goes")
        msu, unitdata = arrival.reading.msu, arrival.reading.sccp
        if not isinstance(unitdata, Unitdata) or not unitdata.message_handling:
            return
        octets = UnitdataService(
            return_cause=ReturnCause.MTP_FAILURE,
            called=unitdata.calling,
            calling=unitdata.called,
            data=unitdata.data,
        ).encode()
        if msu is not None:
            octets = replace(msu, dpc=msu.opc, opc=self.me.point_code, payload=octets).encode()
        self._put(arrival.neighbour, octets, arrival.layer)


def at_layer(copy: Copy, layer: Layer, me: Peer) -> bytes:
    """The octets of a copy from *layer* on; a label that it lacks is made from its addresses.

    Raises EncodeError for bare TCAP, which has none.
    """
    if layer is copy.layer:
        return copy.octets
    reading = copy.reading
    if not isinstance(reading.sccp, Unitdata):
        raise EncodeError("bare TCAP has no addresses")
    if layer is Layer.TCAP:
        return reading.sccp.data
    if reading.msu is not None:
        return reading.msu.payload
    calling = Address.decode(reading.sccp.calling).point_code
    if not isinstance(calling, PointCode):
        raise EncodeError("no point code in the calling address")
    return Msu(dpc=me.point_code, opc=calling, payload=copy.octets).encode()


def _directed(reading: Reading) -> Phone | None:
    """The phone that a QualificationDirective is about; None of any other message."""
    components = reading.tcap.components if isinstance(reading.tcap, Package) else None
    with suppress(DecodeError):
        for component in components or ():
            body = body_of(component) if isinstance(component, Invoke) else None
            if isinstance(body, QualificationDirective):
                phone = phone_of(body)
                return phone if isinstance(phone, Phone) else None
    return None
