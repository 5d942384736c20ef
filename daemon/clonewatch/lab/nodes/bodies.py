"""What the nodes read in bodies of IS-41, and how they write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from is41.map.codes import AuthorizationDenied, SystemMyTypeCode
from is41.map.operations import ErrorCode, error_of
from is41.map.tags import ParameterTag
from is41.tcap.dialogues import (
    Aborted,
    Failed,
    Outcome,
    Rejected,
    Returned,
    Succeeded,
    TimedOut,
    Unanswered,
)
from is41.tcap.messages import ReturnError

from .happenings import Phone

if TYPE_CHECKING:
    from is41.map.messages import (
        QualificationDirective,
        QualificationRequest,
        RegistrationCancellation,
        RegistrationNotification,
    )

MAKER: Final = SystemMyTypeCode.LUCENT


class Missing(NamedTuple):
    """A parameter that a body must have and has not."""

    parameter: ParameterTag


def phone_of(
    body: QualificationDirective
    | QualificationRequest
    | RegistrationCancellation
    | RegistrationNotification,
) -> Phone | Missing:
    """The phone that a body is about."""
    if body.mobile_identification_number is None:
        return Missing(ParameterTag.MOBILE_IDENTIFICATION_NUMBER)
    if body.electronic_serial_number is None:
        return Missing(ParameterTag.ELECTRONIC_SERIAL_NUMBER)
    return Phone(body.mobile_identification_number, body.electronic_serial_number.number)


def outcome_text(outcome: Outcome) -> str:
    """What became of a question, in words."""
    match outcome:
        case Succeeded():
            return "answered"
        case Failed(error, parameters):
            known = error_of(ReturnError(component_ids=None, error=error, parameters=parameters))
            return f"error {known.name.lower() if isinstance(known, ErrorCode) else error.octets.hex()}"
        case Rejected(problem):
            return f"rejected, problem {problem:04X}"
        case Aborted():
            return "aborted"
        case Returned(cause):
            return f"returned, cause {cause}"
        case TimedOut():
            return "no answer in time"
        case Unanswered():
            return "an answer that answers nothing"


def reason_text(reason: AuthorizationDenied | int) -> str:
    """Why a phone is denied, in words."""
    return reason.name.lower() if isinstance(reason, AuthorizationDenied) else f"reason {reason}"
