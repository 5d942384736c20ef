"""TIA-41.5 §6.3.2, operation specifiers and error codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.errors import EncodeError
from is41.map.operations import (
    ErrorCode,
    Operation,
    error_code,
    error_of,
    operation_code,
    operation_of,
)
from is41.tcap.codes import ErrorCode as TcapErrorCode
from is41.tcap.codes import OperationCode, Tag
from is41.tcap.messages import Invoke, ReturnError


def invoke(tag: int, octets: str) -> Invoke:
    return Invoke(component_ids=b"\1", operation=OperationCode(tag, bytes.fromhex(octets)))


def return_error(tag: int, octets: str) -> ReturnError:
    return ReturnError(component_ids=b"\1", error=TcapErrorCode(tag, bytes.fromhex(octets)))


@pytest.mark.parametrize(
    ("octets", "operation"),
    [
        ("09 0D", Operation.REGISTRATION_NOTIFICATION),
        ("09 0E", Operation.REGISTRATION_CANCELLATION),
        ("09 07", Operation.QUALIFICATION_DIRECTIVE),
        ("09 06", Operation.QUALIFICATION_REQUEST),
        ("09 16", Operation.MS_INACTIVE),
        ("09 22", Operation.BULK_DEREGISTRATION),
        ("09 14", Operation.UNRELIABLE_ROAMER_DATA_DIRECTIVE),
        ("09 1E", Operation.AUTHENTICATION_FAILURE_REPORT),
        ("09 28", Operation.AUTHENTICATION_STATUS_REPORT),
        ("09 68", Operation.CHECK_MEID),
        ("09 70", Operation.QUALIFICATION_REQUEST_2),
    ],
)
def test_operations_of_family_9(octets: str, operation: Operation) -> None:
    assert operation_of(invoke(Tag.PRIVATE_OPERATION, octets)) is operation
    assert operation_code(operation) == (Tag.PRIVATE_OPERATION, bytes.fromhex(octets))


def test_a_specifier_the_table_lacks_stays_a_number() -> None:
    assert operation_of(invoke(Tag.PRIVATE_OPERATION, "09 67")) == 0x67


@pytest.mark.parametrize("octets", ["0B 0D", "0F 0D", "89 0D", "09", "0D", "09 0D 00"])
def test_other_private_operations_are_not_ours(octets: str) -> None:
    assert operation_of(invoke(Tag.PRIVATE_OPERATION, octets)) is None


def test_a_national_operation_is_not_ours() -> None:
    assert operation_of(invoke(Tag.NATIONAL_OPERATION, "09 0D")) is None


@pytest.mark.parametrize(
    ("octets", "error"),
    [
        ("81", ErrorCode.UNRECOGNIZED_MIN),
        ("8A", ErrorCode.UNRECOGNIZED_PARAMETER_VALUE),
        ("8C", ErrorCode.MISSING_PARAMETER),
    ],
)
def test_errors(octets: str, error: ErrorCode) -> None:
    assert error_of(return_error(Tag.PRIVATE_ERROR, octets)) is error
    assert error_code(error) == (Tag.PRIVATE_ERROR, bytes.fromhex(octets))


def test_an_error_the_table_lacks_stays_a_number() -> None:
    assert error_of(return_error(Tag.PRIVATE_ERROR, "7F")) == 0x7F


def test_other_errors_are_not_ours() -> None:
    assert error_of(return_error(Tag.NATIONAL_ERROR, "81")) is None
    assert error_of(return_error(Tag.PRIVATE_ERROR, "81 00")) is None


@given(st.integers(0, 0xFF))
def test_codes_round_trip(code: int) -> None:
    assert operation_of(Invoke(component_ids=b"\1", operation=operation_code(code))) == code
    assert error_of(ReturnError(component_ids=b"\1", error=error_code(code))) == code


@pytest.mark.parametrize("code", [-1, 0x100])
def test_a_code_of_more_than_an_octet_cannot_be_sent(code: int) -> None:
    with pytest.raises(EncodeError):
        operation_code(code)
    with pytest.raises(EncodeError):
        error_code(code)
