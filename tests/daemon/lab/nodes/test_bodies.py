"""Phones in bodies, and outcomes in words."""

from __future__ import annotations

import pytest

from clonewatch.lab.nodes.bodies import Missing, outcome_text, phone_of, reason_text
from clonewatch.lab.nodes.happenings import Phone
from is41.map.codes import AuthorizationDenied
from is41.map.messages import QualificationRequest
from is41.map.operations import ErrorCode, error_code
from is41.map.tags import ParameterTag
from is41.map.values import Esn
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


def test_a_phone_is_a_min_and_an_esn() -> None:
    body = QualificationRequest(
        mobile_identification_number="6145551234", electronic_serial_number=Esn(5)
    )
    assert phone_of(body) == Phone("6145551234", 5)


def test_what_is_missing_is_named() -> None:
    assert phone_of(QualificationRequest()) == Missing(ParameterTag.MOBILE_IDENTIFICATION_NUMBER)
    body = QualificationRequest(mobile_identification_number="6145551234")
    assert phone_of(body) == Missing(ParameterTag.ELECTRONIC_SERIAL_NUMBER)


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (Succeeded(None), "answered"),
        (Failed(error_code(ErrorCode.SYSTEM_FAILURE), None), "error system_failure"),
        (Failed(error_code(0xFF), None), "error ff"),
        (Rejected(0x0203), "rejected, problem 0203"),
        (Aborted(1, None), "aborted"),
        (Returned(5), "returned, cause 5"),
        (TimedOut(), "no answer in time"),
        (Unanswered(None), "an answer that answers nothing"),
    ],
)
def test_an_outcome_is_told_in_words(outcome: Outcome, text: str) -> None:
    assert outcome_text(outcome) == text


def test_a_reason_without_a_name_is_a_number() -> None:
    assert reason_text(AuthorizationDenied.DUPLICATE_UNIT) == "duplicate_unit"
    assert reason_text(99) == "reason 99"
