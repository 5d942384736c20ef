"""The HLR: whose phones they are, whether they may be served, where they are.

It answers RegistrationNotification and QualificationRequest, and sends RegistrationCancellation to
the MSC that a phone has left.

Not in the standard: it takes a QualificationDirective, which is the HLR's own to send. With
AuthorizationDenied it puts a MIN and ESN out of service, until one with AuthorizationPeriod puts
them back. The serving MSC is told as the standard has it, by a QualificationDirective of ours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from is41.map.codes import AuthorizationDenied, Period, QualificationInformationCode
from is41.map.messages import (
    QualificationDirective,
    QualificationDirectiveResult,
    QualificationRequest,
    QualificationRequestResult,
    RegistrationCancellation,
    RegistrationNotification,
    RegistrationNotificationResult,
)
from is41.map.operations import ErrorCode
from is41.map.tags import ParameterTag
from is41.map.values import Authorization, Esn
from is41.tcap.dialogues import Outcome, Returned, Succeeded, TimedOut

from .bodies import MAKER, Missing, outcome_text, phone_of, reason_text
from .happenings import Kind, Phone
from .station import Question, Station

if TYPE_CHECKING:
    from collections.abc import Mapping

    from is41.map.body import Body

    from .homes import Homes
    from .station import Peer

TRIES_MAX: Final = 3  # to tell an MSC something
DENIED_FOR: Final = Authorization(period=Period.HOURS, value=1)  # then the MSC may ask again


@dataclass(frozen=True, slots=True)
class _Order:
    """What an MSC was told, and how often it still may be."""

    msc: str
    phone: Phone
    body: Body
    tries_left: int


class Hlr(Station):
    """The only HLR: of every subscriber there is."""

    def __init__(
        self,
        me: Peer,
        peers: Mapping[str, Peer],
        homes: Homes,
        *,
        first_id: int,
        interval: float,
        through: tuple[str, ...],
    ) -> None:
        super().__init__(me, peers, first_id=first_id, interval=interval, through=through)
        self.homes = homes
        self._mscs = {peer.mscid: name for name, peer in peers.items() if peer.mscid is not None}

    def _asked(self, question: Question, body: Body, now: float) -> None:
        """Answer at once: all that is needed is in the database."""
        match body:
            case RegistrationNotification() | QualificationRequest() | QualificationDirective():
                phone = phone_of(body)
                if isinstance(phone, Missing):
                    self._failure(question, ErrorCode.MISSING_PARAMETER, phone.parameter)
                elif isinstance(body, RegistrationNotification):
                    self._register(question, body, phone, now)
                elif isinstance(body, QualificationRequest):
                    self._qualify(question, phone)
                else:
                    self._direct(question, body, phone, now)
            case _:
                self._failure(question, ErrorCode.OPERATION_NOT_SUPPORTED)

    def _register(
        self, question: Question, body: RegistrationNotification, phone: Phone, now: float
    ) -> None:
        msc = None if body.mscid is None else self._mscs.get(body.mscid)
        denial = self.homes.denial(phone)
        if denial is None and msc is None:
            denial = AuthorizationDenied.NOT_AUTHORIZED_FOR_THE_MSC
        if denial is not None:
            self._note(Kind.DENIED, phone, reason_text(denial))
            self._result(question, RegistrationNotificationResult(**_denied(denial)))
            return
        before = self.homes.move(phone.min, msc, now)
        self._note(Kind.REGISTERED, phone, msc or "")
        self._result(question, RegistrationNotificationResult(**self._profile(phone)))
        if before is not None and before != msc:
            cancellation = RegistrationCancellation(
                electronic_serial_number=Esn(phone.esn), mobile_identification_number=phone.min
            )
            self._order(_Order(before, phone, cancellation, TRIES_MAX), now)

    def _qualify(self, question: Question, phone: Phone) -> None:
        denial = self.homes.denial(phone)
        told = self._profile(phone) if denial is None else _denied(denial)
        self._result(question, QualificationRequestResult(**told))

    def _direct(
        self, question: Question, directive: QualificationDirective, phone: Phone, now: float
    ) -> None:
        """Put a phone out of service, or back. Saying so again changes nothing."""
        if self.homes.find(phone.min) is None:
            self._failure(question, ErrorCode.UNRECOGNIZED_MIN)
            return
        if directive.authorization_denied is not None:
            try:
                reason = AuthorizationDenied(directive.authorization_denied)
            except ValueError:
                parameter = ParameterTag.AUTHORIZATION_DENIED
                self._failure(question, ErrorCode.UNRECOGNIZED_PARAMETER_VALUE, parameter)
                return
            self._suspend(phone, reason, now)
        elif directive.authorization_period is not None:
            self.homes.deny(phone, None)
            self._note(Kind.RESTORED, phone)
        else:
            self._failure(question, ErrorCode.MISSING_PARAMETER, ParameterTag.AUTHORIZATION_DENIED)
            return
        self._result(question, QualificationDirectiveResult())

    def _suspend(self, phone: Phone, reason: AuthorizationDenied, now: float) -> None:
        served = self.homes.denial(phone) is None
        self.homes.deny(phone, reason)
        self._note(Kind.SUSPENDED, phone, reason_text(reason))
        msc = self.homes.location(phone.min)
        if served and msc is not None:
            self.homes.move(phone.min, None, now)
            directive = QualificationDirective(
                electronic_serial_number=Esn(phone.esn),
                mobile_identification_number=phone.min,
                qualification_information_code=QualificationInformationCode.VALIDATION_ONLY,
                system_my_type_code=MAKER,
                authorization_denied=reason,
            )
            self._order(_Order(msc, phone, directive, TRIES_MAX), now)

    def _order(self, order: _Order, now: float) -> None:
        """Tell an MSC; without a way to it, it will hear when the phone is asked about again."""
        if self._ask(order.msc, order.body, replace(order, tries_left=order.tries_left - 1), now):
            return
        self._note(Kind.UNREACHABLE, order.phone, f"{order.msc}: no link")

    def _ended(self, context: object, outcome: Outcome, now: float) -> None:
        assert isinstance(context, _Order)
        match outcome:
            case Succeeded():
                pass
            case TimedOut() | Returned() if context.tries_left:
                self._order(context, now)
            case _:
                detail = f"{context.msc}: {outcome_text(outcome)}"
                self._note(Kind.UNREACHABLE, context.phone, detail)

    def _profile(self, phone: Phone) -> dict[str, Any]:
        """What a subscriber may do, as results say it."""
        subscriber = self.homes.find(phone.min)
        assert subscriber is not None  # or it had been denied
        return {
            "system_my_type_code": MAKER,
            "authorization_period": Authorization(
                period=Period.HOURS, value=subscriber.validity_hours
            ),
            "origination_indicator": subscriber.origination,
            "termination_restriction_code": subscriber.termination,
        }


def _denied(reason: AuthorizationDenied) -> dict[str, Any]:
    return {
        "system_my_type_code": MAKER,
        "authorization_denied": reason,
        "denied_authorization_period": DENIED_FOR,
    }
