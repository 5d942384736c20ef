"""TIA-41.5 §6.4.2, invokes and return results."""

from __future__ import annotations

from pathlib import Path
from typing import get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from is41.errors import DecodeError, Truncated
from is41.map import values
from is41.map.body import Body, table
from is41.map.codes import (
    AuthorizationDenied,
    Period,
    QualificationInformationCode,
    SystemMyTypeCode,
)
from is41.map.messages import (
    BODIES,
    Failure,
    MSInactive,
    Profile,
    QualificationDirective,
    RegistrationCancellation,
    RegistrationCancellationResult,
    RegistrationNotification,
    RegistrationNotificationResult,
    body_of,
)
from is41.map.operations import ErrorCode, Operation, error_code, operation_code
from is41.map.parameters import Parameters, parameters_of
from is41.map.registry import REGISTRY
from is41.map.tags import ParameterTag
from is41.map.values import Authorization, Esn, Mscid
from is41.tcap import messages as tcap
from is41.tcap.codes import ParameterTag as SetTag
from is41.tcap.codes import Problem
from map_values import PARAMETERS, bodies

VECTORS = Path(__file__).parents[2] / "vectors"
EVERY_BODY = [body for typed in BODIES.values() for body in typed]

# The given messages (tests/vectors/tcap_*.hex): what they are, and which operation they belong to.
GIVEN: dict[str, tuple[type[Body], Operation]] = {
    "msinact_inv": (MSInactive, Operation.MS_INACTIVE),
    "qualdir_inv": (QualificationDirective, Operation.QUALIFICATION_DIRECTIVE),
    "regcanc_inv": (RegistrationCancellation, Operation.REGISTRATION_CANCELLATION),
    "regcanc_rr": (RegistrationCancellationResult, Operation.REGISTRATION_CANCELLATION),
    "regcanc_rr_denied": (RegistrationCancellationResult, Operation.REGISTRATION_CANCELLATION),
    "regnot_inv_border": (RegistrationNotification, Operation.REGISTRATION_NOTIFICATION),
    "regnot_inv_full": (RegistrationNotification, Operation.REGISTRATION_NOTIFICATION),
    "regnot_inv_imsi": (RegistrationNotification, Operation.REGISTRATION_NOTIFICATION),
    "regnot_inv_longlen": (RegistrationNotification, Operation.REGISTRATION_NOTIFICATION),
    "regnot_inv_min": (RegistrationNotification, Operation.REGISTRATION_NOTIFICATION),
    "regnot_re_81": (Failure, Operation.REGISTRATION_NOTIFICATION),
    "regnot_rr_denied_duplicate": (
        RegistrationNotificationResult,
        Operation.REGISTRATION_NOTIFICATION,
    ),
    "regnot_rr_ok": (RegistrationNotificationResult, Operation.REGISTRATION_NOTIFICATION),
}
# Written otherwise than given: non-minimal lengths; MSCID behind the profile, not before it.
WRITTEN_OTHERWISE = {"regnot_inv_longlen", "regnot_rr_ok"}


def given_package(name: str) -> tcap.Package:
    octets = bytes.fromhex((VECTORS / f"tcap_{name}.hex").read_text().partition("\n")[2])
    package = tcap.decode(octets)
    assert isinstance(package, tcap.Package)
    return package


def component_of(package: tcap.Package) -> tcap.Component:
    assert package.components is not None
    (component,) = package.components
    return component


@pytest.mark.parametrize("name", GIVEN)
def test_given_messages(name: str) -> None:
    expected, operation = GIVEN[name]
    component = component_of(given_package(name))
    body = body_of(component, operation)
    assert type(body) is expected
    assert body is not None
    assert body.others == Parameters()
    assert sorted(body.encode()) == sorted(parameters_of(component))


@pytest.mark.parametrize("name", sorted(GIVEN.keys() - WRITTEN_OTHERWISE))
def test_given_messages_are_written_to_the_same_octets(name: str) -> None:
    expected, operation = GIVEN[name]
    component = component_of(given_package(name))
    body = body_of(component, operation)
    assert body is not None
    assert component.parameters is not None
    assert body.encode().encode() == component.parameters.octets
    assert expected.decode(body.encode()) == body


def test_the_least_regnot() -> None:
    assert body_of(component_of(given_package("regnot_inv_min"))) == RegistrationNotification(
        electronic_serial_number=Esn(0x82123456),
        mobile_identification_number="5551234567",
        mscid=Mscid(4660, 1),
        qualification_information_code=QualificationInformationCode.VALIDATION_AND_PROFILE,
        system_my_type_code=SystemMyTypeCode.LUCENT,
    )


def test_a_regnot_with_an_imsi() -> None:
    body = body_of(component_of(given_package("regnot_inv_imsi")))
    assert isinstance(body, RegistrationNotification)
    assert (body.mobile_identification_number, body.imsi) == (None, "310150123456789")


def test_a_duplicate_unit_is_denied() -> None:
    component = component_of(given_package("regnot_rr_denied_duplicate"))
    body = body_of(component, Operation.REGISTRATION_NOTIFICATION)
    assert body == RegistrationNotificationResult(
        system_my_type_code=SystemMyTypeCode.NORTEL,
        authorization_denied=AuthorizationDenied.DUPLICATE_UNIT,
        denied_authorization_period=Authorization(period=Period.MINUTES, value=30),
    )


def test_a_return_error_names_its_code_and_the_parameter_at_fault() -> None:
    error = tcap.ReturnError(
        component_ids=b"\1",
        error=error_code(ErrorCode.UNRECOGNIZED_PARAMETER_VALUE),
        parameters=tcap.ParameterSet(SetTag.SET, bytes.fromhex("9A 02 9F22")),
    )
    assert body_of(error) == Failure(faulty_parameter=ParameterTag.SYSTEM_ACCESS_TYPE)


def test_a_reject_has_no_body() -> None:
    reject = component_of(given_package("regnot_reject"))
    assert isinstance(reject, tcap.Reject)
    assert reject.problem == Problem.INVOKE_INCORRECT_PARAMETER
    assert body_of(reject) is None
    assert parameters_of(reject) == Parameters()


def test_operations_that_are_not_typed_have_no_body() -> None:
    invoke = tcap.Invoke(component_ids=b"\1", operation=operation_code(Operation.SMS_REQUEST))
    assert body_of(invoke) is None
    assert body_of(tcap.ReturnResult(component_ids=b"\1"), Operation.SMS_REQUEST) is None


def test_a_result_of_an_unknown_operation_has_no_body() -> None:
    assert body_of(component_of(given_package("regnot_rr_ok"))) is None


def test_a_component_without_parameters_has_an_empty_body() -> None:
    result = tcap.ReturnResult(component_ids=b"\1")
    body = body_of(result, Operation.REGISTRATION_NOTIFICATION)
    assert body == RegistrationNotificationResult()


def test_parameters_that_stop_too_soon_are_refused() -> None:
    result = tcap.ReturnResult(
        component_ids=b"\1", parameters=tcap.ParameterSet(SetTag.SET, b"\x89\4\x82")
    )
    with pytest.raises(Truncated):
        body_of(result, Operation.REGISTRATION_NOTIFICATION)


@pytest.mark.parametrize("body", EVERY_BODY)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_body_round_trips(body: type[Body], data: st.DataObject) -> None:
    value = data.draw(bodies(body))
    octets = value.encode().encode()
    assert body.decode(Parameters.decode(octets)) == value


@pytest.mark.parametrize("body", EVERY_BODY)
@settings(max_examples=20, deadline=None)
@given(sent=PARAMETERS)
def test_every_body_keeps_all_it_is_given(body: type[Body], sent: Parameters) -> None:
    value = body.decode(sent)
    written = value.encode()
    assert body.decode(written) == value
    assert sorted(each.tag for each in written) == sorted(each.tag for each in sent)


@pytest.mark.parametrize("body", EVERY_BODY)
@settings(max_examples=20, deadline=None)
@given(octets=st.binary(max_size=64))
def test_any_octets_decode_or_say_why(body: type[Body], octets: bytes) -> None:
    try:
        sent = Parameters.decode(octets)
    except DecodeError:
        return
    value = body.decode(sent)
    assert body.decode(value.encode()) == value


@pytest.mark.parametrize("body", [*EVERY_BODY, Failure])
def test_fields_are_of_the_types_that_the_registry_gives(body: type[Body]) -> None:
    hints = get_type_hints(body, localns=vars(values))
    for row in table(body):
        kind = REGISTRY[row.tag].kind if row.tag in REGISTRY else bytes
        assert hints[row.name] == kind | None, row


def test_the_profile_has_35_parameters() -> None:
    assert len(table(Profile)) == 35
    assert {row.tag for row in table(Profile)} <= {
        row.tag for row in table(RegistrationNotificationResult)
    }


def test_only_results_without_parameters_have_an_empty_table() -> None:
    assert {operation for operation, typed in BODIES.items() if not table(typed.result)} == {
        Operation.QUALIFICATION_DIRECTIVE,
        Operation.MS_INACTIVE,
        Operation.BULK_DEREGISTRATION,
        Operation.UNRELIABLE_ROAMER_DATA_DIRECTIVE,
    }
    assert all(table(typed.invoke) for typed in BODIES.values())
