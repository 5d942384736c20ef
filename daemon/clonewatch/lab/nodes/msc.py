"""An MSC (120): tells of each phone that it hears, and serves those it may.

A RegistrationNotification goes to the first of its RVCDs that it has a link to. It is sent again,
under the same transaction ID, over another one when that link is lost or no answer comes for a
while, so that one registration stays one; only when its time is up it is asked anew.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Final

from is41.errors import DecodeError
from is41.map.codes import QualificationInformationCode, SystemAccessType
from is41.map.components import invoke_of
from is41.map.messages import (
    QualificationDirective,
    QualificationDirectiveResult,
    RegistrationCancellation,
    RegistrationCancellationResult,
    RegistrationNotification,
    RegistrationNotificationResult,
)
from is41.map.operations import ErrorCode
from is41.map.parameters import Parameters
from is41.map.values import Esn
from is41.tcap.dialogues import Aborted, Outcome, Returned, Succeeded, TimedOut

from .bodies import MAKER, Missing, outcome_text, phone_of, reason_text
from .happenings import Kind, Phone
from .station import Question, Station

if TYPE_CHECKING:
    from collections.abc import Mapping

    from is41.layers import Layer
    from is41.map.body import Body
    from is41.tcap.messages import Package

    from .station import Peer

TRIES_MAX: Final = 3  # transactions for one registration: ours
RESENDS: Final = 3  # an attempt is sent again when a third of its time is over: ours
WAITING_MAX: Final = 10_000  # registrations under way: ours


@dataclass(slots=True, kw_only=True)
class _Attempt:
    """A registration under way."""

    phone: Phone
    access: SystemAccessType
    tries_left: int = TRIES_MAX
    package: Package | None = None  # none before the first way is found
    way: str | None = None  # the RVCD that it was sent to last, if its link still holds
    again_at: float = 0.0  # when to send it elsewhere


class Msc(Station):
    """A switch; *rvcds* in the order it turns to them."""

    def __init__(
        self,
        me: Peer,
        peers: Mapping[str, Peer],
        *,
        rvcds: tuple[str, ...],
        first_id: int,
        interval: float,
    ) -> None:
        super().__init__(me, peers, first_id=first_id, interval=interval)
        self.registered: dict[Phone, float] = {}  # and since when
        self.registrations_refused = 0  # beyond WAITING_MAX
        self._rvcds = rvcds
        self._resend_after = interval / RESENDS
        self._idle: deque[_Attempt] = deque()  # no link yet
        self._sent: OrderedDict[int, _Attempt] = OrderedDict()  # by transaction ID, longest first

    def register(
        self,
        phone: Phone,
        now: float,
        access: SystemAccessType = SystemAccessType.AUTONOMOUS_REGISTRATION,
    ) -> None:
        """Hear a phone."""
        if len(self._idle) + len(self._sent) >= WAITING_MAX:
            self.registrations_refused += 1
            self._note(Kind.FAILED, phone, f"{WAITING_MAX} registrations are under way")
            return
        self._begin(_Attempt(phone=phone, access=access), now)

    def link_opened(self, neighbour: str, layer: Layer, now: float) -> None:
        """Send what waited for a link."""
        super().link_opened(neighbour, layer, now)
        for attempt in [each for each in self._sent.values() if each.way is None]:
            self._send_again(attempt, now)
        idle, self._idle = self._idle, deque()
        for attempt in idle:
            self._begin(attempt, now)

    def link_closed(self, neighbour: str, now: float) -> None:
        """Send elsewhere what was not answered yet."""
        super().link_closed(neighbour, now)
        for attempt in [each for each in self._sent.values() if each.way == neighbour]:
            attempt.way = None
            self._send_again(attempt, now)

    def next_deadline(self) -> float | None:
        """When `expire` wants to be called, or None."""
        deadlines = [each.again_at for each in islice(self._sent.values(), 1)]
        if (at := super().next_deadline()) is not None:
            deadlines.append(at)
        return min(deadlines, default=None)

    def expire(self, now: float) -> None:
        """Give up, or send elsewhere, what waits too long."""
        super().expire(now)
        due = takewhile(lambda each: each.again_at <= now, list(self._sent.values()))
        for attempt in due:
            self._send_again(attempt, now)

    def _begin(self, attempt: _Attempt, now: float) -> None:
        """Ask under a new transaction ID, elsewhere than before if there is a choice."""
        way = self._next_way(attempt.way) or attempt.way
        if way is None:
            self._idle.append(attempt)
            return
        attempt.tries_left -= 1
        package = self.dialogues.begin(invoke_of(self._notification(attempt)), attempt, now)
        attempt.package = package
        self._send_by(way, attempt, package, now)

    def _send_again(self, attempt: _Attempt, now: float) -> None:
        """Send the same query by another way, if there is one."""
        way = self._next_way(attempt.way)
        assert attempt.package is not None
        if way is not None:
            self._note(Kind.REROUTED, attempt.phone, way)
            self._send_by(way, attempt, attempt.package, now)
        else:
            self._wait(attempt, attempt.package, now)

    def _send_by(self, way: str, attempt: _Attempt, package: Package, now: float) -> None:
        attempt.way = way
        self._send(way, package)
        self._wait(attempt, package, now)

    def _wait(self, attempt: _Attempt, package: Package, now: float) -> None:
        assert package.originating_id is not None
        attempt.again_at = now + self._resend_after
        self._sent[package.originating_id] = attempt
        self._sent.move_to_end(package.originating_id)

    def _next_way(self, before: str | None) -> str | None:
        """The RVCD to turn to after another: the first in order that is not the same."""
        return next((r for r in self._rvcds if r in self.links and r != before), None)

    def _notification(self, attempt: _Attempt) -> RegistrationNotification:
        return RegistrationNotification(
            electronic_serial_number=Esn(attempt.phone.esn),
            mobile_identification_number=attempt.phone.min,
            mscid=self.me.mscid,
            qualification_information_code=QualificationInformationCode.VALIDATION_AND_PROFILE,
            system_my_type_code=MAKER,
            system_access_type=attempt.access,
        )

    def _ended(self, context: object, outcome: Outcome, now: float) -> None:
        assert isinstance(context, _Attempt)
        assert context.package is not None
        assert context.package.originating_id is not None
        self._sent.pop(context.package.originating_id, None)
        match outcome:
            case Succeeded(parameters):
                octets = b"" if parameters is None else parameters.octets
                self._answered(context.phone, octets, now)
            case TimedOut() | Returned() | Aborted() if context.tries_left:
                self._begin(context, now)
            case _:
                self._note(Kind.FAILED, context.phone, outcome_text(outcome))

    def _answered(self, phone: Phone, octets: bytes, now: float) -> None:
        """Serve a phone, or not, as the result says."""
        try:
            result = RegistrationNotificationResult.decode(Parameters.decode(octets))
        except DecodeError as error:
            self._note(Kind.FAILED, phone, str(error))
            return
        if result.authorization_denied is not None:
            self.registered.pop(phone, None)
            self._note(Kind.DENIED, phone, reason_text(result.authorization_denied))
        elif result.system_my_type_code is None:
            self._note(Kind.FAILED, phone, "a result that says nothing")
        else:
            self.registered[phone] = now
            self._note(Kind.REGISTERED, phone)

    def _asked(self, question: Question, body: Body, now: float) -> None:  # noqa: ARG002  # others need it
        match body:
            case RegistrationCancellation() | QualificationDirective():
                phone = phone_of(body)
                if isinstance(phone, Missing):
                    self._failure(question, ErrorCode.MISSING_PARAMETER, phone.parameter)
                elif isinstance(body, RegistrationCancellation):
                    self._cancel(phone)
                    self._result(question, RegistrationCancellationResult())
                else:
                    self._obey(phone, body)
                    self._result(question, QualificationDirectiveResult())
            case _:
                self._failure(question, ErrorCode.OPERATION_NOT_SUPPORTED)

    def _cancel(self, phone: Phone) -> None:
        """Forget a phone that is elsewhere now; one that is not here is as good as forgotten."""
        if self.registered.pop(phone, None) is not None:
            self._note(Kind.CANCELLED, phone)

    def _obey(self, phone: Phone, directive: QualificationDirective) -> None:
        if directive.authorization_denied is not None:
            self.registered.pop(phone, None)
            self._note(Kind.DROPPED, phone, reason_text(directive.authorization_denied))
