"""TIA-41.5 §6.4.2: bodies as components, and what answers an invoke."""

from __future__ import annotations

from dataclasses import replace

import pytest

from is41.errors import EncodeError
from is41.map.codes import AuthorizationDenied, QualificationInformationCode, SystemMyTypeCode
from is41.map.components import failure_of, invoke_of, result_of
from is41.map.messages import (
    BODIES,
    QualificationDirective,
    QualificationDirectiveResult,
    RegistrationNotificationResult,
    body_of,
)
from is41.map.operations import ErrorCode, Operation, error_of, operation_of
from is41.map.tags import ParameterTag
from is41.map.values import Esn

DIRECTIVE = QualificationDirective(
    electronic_serial_number=Esn(0x82123456),
    mobile_identification_number="6145551234",
    qualification_information_code=QualificationInformationCode.VALIDATION_ONLY,
    system_my_type_code=SystemMyTypeCode.LUCENT,
    authorization_denied=AuthorizationDenied.DUPLICATE_UNIT,
)


def test_an_invoke_carries_its_operation_and_body() -> None:
    invoke = invoke_of(DIRECTIVE)
    assert operation_of(invoke) is Operation.QUALIFICATION_DIRECTIVE
    assert body_of(invoke) == DIRECTIVE


@pytest.mark.parametrize("operation", BODIES)
def test_every_typed_operation_can_be_invoked(operation: int) -> None:
    invoke = invoke_of(BODIES[operation].invoke())
    assert operation_of(invoke) == operation


def test_a_result_is_no_invoke() -> None:
    with pytest.raises(EncodeError, match="QualificationDirectiveResult"):
        invoke_of(QualificationDirectiveResult())


def test_a_result_answers_the_invoke_by_its_id_alone() -> None:
    body = RegistrationNotificationResult(system_my_type_code=SystemMyTypeCode.LUCENT)
    result = result_of(replace(invoke_of(DIRECTIVE), component_ids=b"\7\2"), body)
    assert result.component_ids == b"\7"
    assert body_of(result, Operation.REGISTRATION_NOTIFICATION) == body


def test_an_error_names_the_parameter_at_fault() -> None:
    error = failure_of(
        invoke_of(DIRECTIVE),
        ErrorCode.UNRECOGNIZED_PARAMETER_VALUE,
        faulty_parameter=ParameterTag.AUTHORIZATION_DENIED,
    )
    assert error_of(error) is ErrorCode.UNRECOGNIZED_PARAMETER_VALUE
    assert error.parameters is not None
    assert error.parameters.octets == bytes.fromhex("9A 01 8D")


def test_an_invoke_without_an_id_is_answered_without_one() -> None:
    invoke = replace(invoke_of(DIRECTIVE), component_ids=None)
    assert failure_of(invoke, ErrorCode.SYSTEM_FAILURE).component_ids == b""
