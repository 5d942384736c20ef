"""Tables of parameters as dataclasses (TIA-41.5 §6.4.2)."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from is41.errors import EncodeError
from is41.map.body import Body, Row, row, table
from is41.map.codes import AuthorizationDenied, ReportType, TypeOfDigits
from is41.map.parameters import Parameter, Parameters
from is41.map.tags import ParameterTag
from is41.map.values import Digits, Mscid


@dataclass(frozen=True, slots=True, kw_only=True)
class Macro(Body):
    """What several bodies share."""

    carrier_digits: Digits | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Macro):
    """A body with one of each kind of row."""

    mscid: Mscid | None = None
    authorization_denied: AuthorizationDenied | int | None = None
    carrier: Digits | None = field(
        default=None, metadata=row(ParameterTag.DIGITS, TypeOfDigits.CARRIER)
    )
    destination: Digits | None = field(
        default=None, metadata=row(ParameterTag.DIGITS, TypeOfDigits.DESTINATION_NUMBER)
    )
    report_type: ReportType | int | None = None
    second_report: ReportType | int | None = field(
        default=None, metadata=row(ParameterTag.REPORT_TYPE)
    )
    user_group: bytes | None = None


CARRIER = Digits(type_of_digits=TypeOfDigits.CARRIER, number="555")
DESTINATION = Digits(type_of_digits=TypeOfDigits.DESTINATION_NUMBER, number="5551234567")


def parameters(octets: str) -> Parameters:
    return Parameters.decode(bytes.fromhex(octets))


def test_rows_are_in_the_order_of_the_table_and_the_macro_follows() -> None:
    assert table(Table) == (
        Row("mscid", ParameterTag.MSCID),
        Row("authorization_denied", ParameterTag.AUTHORIZATION_DENIED),
        Row("carrier", ParameterTag.DIGITS, TypeOfDigits.CARRIER),
        Row("destination", ParameterTag.DIGITS, TypeOfDigits.DESTINATION_NUMBER),
        Row("report_type", ParameterTag.REPORT_TYPE),
        Row("second_report", ParameterTag.REPORT_TYPE),
        Row("user_group", ParameterTag.USER_GROUP),
        Row("carrier_digits", ParameterTag.CARRIER_DIGITS),
    )


def test_parameters_in_any_order_are_read_and_written_in_the_tables() -> None:
    body = Table.decode(parameters("9F8150 01 AA  8D 01 04  95 03 123401"))
    assert body == Table(
        mscid=Mscid(4660, 1),
        authorization_denied=AuthorizationDenied.DUPLICATE_UNIT,
        user_group=b"\xaa",
    )
    assert body.encode() == parameters("95 03 123401  8D 01 04  9F8150 01 AA")


def test_nothing_is_asked_for() -> None:
    assert Table.decode(Parameters()) == Table()
    assert Table().encode() == Parameters()


def test_unknown_and_repeated_parameters_are_kept_in_order() -> None:
    sent = parameters("9F8400 01 01  8D 01 04  8D 01 03  9F8400 01 02  88 05 5515325476")
    body = Table.decode(sent)
    assert body.authorization_denied is AuthorizationDenied.DUPLICATE_UNIT
    assert body.others == parameters("9F8400 01 01  8D 01 03  9F8400 01 02  88 05 5515325476")
    assert Table.decode(body.encode()) == body
    assert body.damaged() == ()


def test_a_damaged_parameter_costs_no_other() -> None:
    body = Table.decode(parameters("95 02 1234  8D 01 04"))
    assert (body.mscid, body.authorization_denied) == (None, AuthorizationDenied.DUPLICATE_UNIT)
    assert body.others == parameters("95 02 1234")
    assert Table.decode(body.encode()) == body
    (damage,) = body.damaged()
    assert damage.parameter == Parameter(ParameterTag.MSCID, b"\x12\x34")
    assert damage.error.field == "MSCID"


def test_a_good_parameter_behind_a_damaged_one_of_its_tag_is_taken() -> None:
    body = Table.decode(parameters("95 02 1234  95 03 123401"))
    assert body.mscid == Mscid(4660, 1)
    assert body.others == parameters("95 02 1234")


def test_an_empty_mscid_is_kept() -> None:
    body = Table.decode(parameters("95 00"))
    assert body == Table(others=parameters("95 00"))
    assert body.damaged() == ()
    assert body.encode() == parameters("95 00")


def test_digits_are_told_apart_by_their_type() -> None:
    sent = Table(carrier=CARRIER, destination=DESTINATION).encode()
    body = Table.decode(Parameters(reversed(sent)))
    assert (body.carrier, body.destination) == (CARRIER, DESTINATION)


def test_digits_of_another_type_are_others() -> None:
    octets = "84 06 05 00 21 03 5505"
    assert Table.decode(parameters(octets)) == Table(others=parameters(octets))


def test_digits_of_another_type_cannot_be_sent() -> None:
    with pytest.raises(EncodeError, match="carrier is not of type CARRIER"):
        Table(carrier=DESTINATION).encode()


def test_the_first_report_goes_into_the_first_row() -> None:
    sent = parameters("9F2C 01 02  9F2C 01 03  9F2C 01 05")
    body = Table.decode(sent)
    assert body.report_type is ReportType.MSID_ESN_MISMATCH
    assert body.second_report is ReportType.RANDC_MISMATCH
    assert body.others == parameters("9F2C 01 05")
    assert body.encode() == sent


def test_a_second_report_without_a_first_cannot_be_sent() -> None:
    with pytest.raises(EncodeError, match="second_report without the ReportType before it"):
        Table(second_report=ReportType.RANDC_MISMATCH).encode()


def test_a_value_that_does_not_fit_cannot_be_sent() -> None:
    with pytest.raises(EncodeError, match="AuthorizationDenied"):
        Table(authorization_denied=256).encode()
