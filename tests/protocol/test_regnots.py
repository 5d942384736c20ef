"""TIA-41.5 §6.4.2.45, RegistrationNotification: what clone detection needs of it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from is41.errors import DecodeError
from is41.flags import RegnotFlag
from is41.map.tags import ParameterTag as Name
from is41.msid import msid_of_imsi
from is41.regnots import Regnot, regnots_of
from is41.tcap.codes import OperationCode, PackageType, ParameterTag, Tag
from is41.tcap.messages import Invoke, Package, ParameterSet, ReturnResult, decode
from messages import (
    DEFINITE_FORMS,
    IMSIS,
    REGNOT_OPERATION,
    bcd,
    element,
    imsi_octets,
    packages,
    regnots,
    vectors,
)

VECTORS: Final = vectors("tcap")
ESN: Final = (Name.ELECTRONIC_SERIAL_NUMBER, bytes.fromhex("82 123456"))
MIN: Final = (Name.MOBILE_IDENTIFICATION_NUMBER, bcd("5551234567"))
IMSI: Final = (Name.IMSI, bcd("310005551234567"))
MSCID: Final = (Name.MSCID, bytes.fromhex("1234 01"))
NOTHING: Final = {
    "transaction_id": 1,
    "flags": RegnotFlag(0),
    "terminal_type": 0,
    "system_access_type": 0,
    "system_capabilities": 0,
    "transaction_capability": 0,
    "location_area": 0,
}


def invoke(*parameters: tuple[int, bytes]) -> Invoke:
    octets = b"".join(element(*each) for each in parameters)
    return Invoke(
        component_ids=b"\1",
        operation=REGNOT_OPERATION,
        parameters=ParameterSet(ParameterTag.SET, octets),
    )


def query(*components: Invoke | ReturnResult) -> Package:
    return Package(
        package_type=PackageType.QUERY_WITH_PERMISSION, originating_id=1, components=components
    )


def found(*parameters: tuple[int, bytes]) -> Regnot | DecodeError:
    ((number, regnot),) = regnots_of(query(invoke(*parameters)))
    assert number == 0
    return regnot


def read(*parameters: tuple[int, bytes]) -> Regnot:
    regnot = found(*parameters)
    assert isinstance(regnot, Regnot)
    return regnot


def fault(*parameters: tuple[int, bytes]) -> DecodeError:
    error = found(*parameters)
    assert isinstance(error, DecodeError)
    return error


def of_vector(name: str) -> dict[str, object]:
    package = decode(VECTORS[name])
    assert isinstance(package, Package)
    ((_, regnot),) = regnots_of(package)
    assert isinstance(regnot, Regnot)
    names = [each.name for each in fields(regnot) if each.name != "parameters"]
    return {name: getattr(regnot, name) for name in names}


def test_the_least_regnot_says_who_and_where() -> None:
    assert of_vector("tcap_regnot_inv_min") == NOTHING | {
        "msid": 5551234567,
        "esn": 0x82123456,
        "mscid": 0x123401,
    }


def test_a_full_regnot_says_more() -> None:
    assert of_vector("tcap_regnot_inv_full") == {
        "msid": 5551234567,
        "esn": 0x82123456,
        "mscid": 0x123401,
        "transaction_id": 2,
        "flags": RegnotFlag(0),
        "terminal_type": 0x20,
        "system_access_type": 3,
        "system_capabilities": 0x1F,
        "transaction_capability": 0x4F01,
        "location_area": 0x0102,
    }


def test_a_regnot_of_a_border_cell_is_flagged() -> None:
    assert of_vector("tcap_regnot_inv_border")["flags"] is RegnotFlag.BORDER_CELL_ACCESS


def test_a_regnot_of_an_imsi_is_flagged() -> None:
    regnot = of_vector("tcap_regnot_inv_imsi")
    assert regnot["msid"] == msid_of_imsi("310150123456789")
    assert regnot["flags"] is RegnotFlag.IMSI


def test_all_parameters_are_kept() -> None:
    unknown = (0x9F8374, b"\1\2")
    regnot = read(ESN, MIN, MSCID, unknown, unknown)
    assert regnot.parameters == (ESN, MIN, MSCID, unknown, unknown)


@pytest.mark.parametrize(
    ("parameter", "flag"),
    [
        ((Name.BORDER_CELL_ACCESS, b"\1"), RegnotFlag.BORDER_CELL_ACCESS),
        ((Name.BORDER_CELL_ACCESS, b"\2"), RegnotFlag(0)),
        ((Name.BORDER_CELL_ACCESS, b"\1\1"), RegnotFlag(0)),
        ((Name.SYSTEM_ACCESS_TYPE, b"\7"), RegnotFlag.POWER_DOWN),
        ((Name.SYSTEM_ACCESS_TYPE, b"\3"), RegnotFlag(0)),
        ((Name.ELECTRONIC_SERIAL_NUMBER, b"\x80\1\2\3"), RegnotFlag.PSEUDO_ESN),
        ((Name.ELECTRONIC_SERIAL_NUMBER, b"\x7f\1\2\3"), RegnotFlag(0)),
    ],
)
def test_flags_are_told_by_one_value(parameter: tuple[int, bytes], flag: RegnotFlag) -> None:
    assert read(MIN, MSCID, parameter).flags == flag


def test_flags_add_up() -> None:
    regnot = read(
        IMSI,
        MSCID,
        (Name.BORDER_CELL_ACCESS, b"\1"),
        (Name.SYSTEM_ACCESS_TYPE, b"\7"),
        (Name.ELECTRONIC_SERIAL_NUMBER, b"\x80\0\0\0"),
    )
    assert regnot.flags == RegnotFlag(0x0F)


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("terminal_type", Name.TERMINAL_TYPE),
        ("system_access_type", Name.SYSTEM_ACCESS_TYPE),
        ("system_capabilities", Name.SYSTEM_CAPABILITIES),
    ],
)
@pytest.mark.parametrize(("octets", "value"), [(b"", 0), (b"\x24", 0x24), (b"\x24\1", 0)])
def test_a_value_of_one_octet_is_0_at_any_other_length(
    name: str, tag: int, octets: bytes, value: int
) -> None:
    assert getattr(read(MIN, MSCID, (tag, octets)), name) == value


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("transaction_capability", Name.TRANSACTION_CAPABILITY),
        ("location_area", Name.LOCATION_AREA_ID),
    ],
)
@pytest.mark.parametrize(
    ("octets", "value"), [(b"", 0), (b"\1", 0x0100), (b"\1\2", 0x0102), (b"\1\2\3", 0)]
)
def test_a_value_of_two_octets_may_lack_its_second(
    name: str, tag: int, octets: bytes, value: int
) -> None:
    assert getattr(read(MIN, MSCID, (tag, octets)), name) == value


def test_the_first_of_repeated_parameters_counts() -> None:
    other = [(tag, bytes(len(octets))) for tag, octets in (ESN, MIN, MSCID)]
    regnot = read(ESN, MIN, MSCID, *other, (Name.TERMINAL_TYPE, b"\1"), (Name.TERMINAL_TYPE, b"\2"))
    assert (regnot.msid, regnot.esn, regnot.mscid) == (5551234567, 0x82123456, 0x123401)
    assert regnot.terminal_type == 1


@pytest.mark.parametrize("parameters", [(MIN, IMSI), (IMSI, MIN)])
def test_a_min_goes_before_an_imsi(parameters: tuple[tuple[int, bytes], ...]) -> None:
    regnot = read(*parameters, MSCID)
    assert (regnot.msid, regnot.flags) == (5551234567, RegnotFlag(0))


@given(IMSIS, st.booleans())
def test_any_imsi_is_a_key_whatever_its_filler(digits: str, zero_filler: bool) -> None:  # noqa: FBT001
    octets = imsi_octets(digits, zero_filler)
    assert read((Name.IMSI, octets), MSCID).msid == msid_of_imsi(digits)


@pytest.mark.parametrize("parameters", [(MIN,), (MIN, (MSCID[0], b"")), (MIN, (MSCID[0], b"1234"))])
def test_a_regnot_without_a_usable_mscid_is_read(parameters: tuple[tuple[int, bytes], ...]) -> None:
    assert read(*parameters).mscid is None


def test_an_absent_esn_is_0() -> None:
    assert read(MIN, MSCID).esn == 0


@pytest.mark.parametrize(
    ("parameters", "counted_as", "offset"),
    [
        ((), "msid_malformed", 0),
        ((ESN, MSCID), "msid_malformed", 0),
        ((ESN, (MIN[0], b"\x55\x15\x32\x54"), MSCID), "min_malformed", 8),
        ((ESN, (MIN[0], b"\x55\x15\x32\x54\xf6"), MSCID), "min_malformed", 8),
        (((MIN[0], b"\xaa" * 5), IMSI, MSCID), "min_malformed", 2),
        (((IMSI[0], b""), MSCID), "imsi_malformed", 4),
        (((IMSI[0], b"\x11" * 8), MSCID), "imsi_malformed", 4),
        (((IMSI[0], b"\x1f"), MSCID), "imsi_malformed", 4),
        ((MIN, (ESN[0], b"\1\2\3"), MSCID), "esn_malformed", 9),
        ((MIN, (ESN[0], b""), MSCID), "esn_malformed", 9),
    ],
)
def test_a_regnot_that_cannot_be_used_says_why_and_where(
    parameters: tuple[tuple[int, bytes], ...], counted_as: str, offset: int
) -> None:
    error = fault(*parameters)
    assert (error.counted_as, error.offset) == (counted_as, offset)


@pytest.mark.parametrize(
    ("octets", "counted_as", "offset"),
    [("88 05 5515", "parameters_truncated", 2), ("88 80 0000", "parameters_malformed", 1)],
)
def test_parameters_that_are_no_run_of_elements_are_told(
    octets: str, counted_as: str, offset: int
) -> None:
    component = Invoke(
        component_ids=None,
        operation=REGNOT_OPERATION,
        parameters=ParameterSet(ParameterTag.SET, bytes.fromhex(octets)),
    )
    ((_, error),) = regnots_of(query(component))
    assert isinstance(error, DecodeError)
    assert (error.counted_as, error.offset) == (counted_as, offset)


def test_a_regnot_without_parameters_is_told() -> None:
    ((_, error),) = regnots_of(query(Invoke(component_ids=None, operation=REGNOT_OPERATION)))
    assert isinstance(error, DecodeError)
    assert error.counted_as == "msid_malformed"


def test_one_bad_regnot_costs_none_but_itself() -> None:
    good, bad, other = invoke(MIN, MSCID), invoke(MSCID), ReturnResult(component_ids=b"\1")
    numbered = list(regnots_of(query(other, good, bad, good)))
    assert [number for number, _ in numbered] == [1, 2, 3]
    assert [isinstance(each, Regnot) for _, each in numbered] == [True, False, True]


@pytest.mark.parametrize(
    ("tag", "octets"),
    [
        (Tag.NATIONAL_OPERATION, b"\x09\x0d"),
        (Tag.PRIVATE_OPERATION, b"\x09\x0e"),
        (Tag.PRIVATE_OPERATION, b"\x0b\x0d"),  # which Wireshark takes
        (Tag.PRIVATE_OPERATION, b"\x89\x0d"),
        (Tag.PRIVATE_OPERATION, b"\x0d"),
        (Tag.PRIVATE_OPERATION, b"\x09\x0d\x00"),
    ],
)
def test_other_operations_are_no_regnots(tag: int, octets: bytes) -> None:
    component = Invoke(
        component_ids=None,
        operation=OperationCode(tag, octets),
        parameters=invoke(MIN, MSCID).parameters,
    )
    assert list(regnots_of(query(component))) == []


@pytest.mark.parametrize("name", ["tcap_regnot_rr_ok", "tcap_regnot_re_81", "tcap_regnot_reject"])
def test_answers_to_regnots_are_none(name: str) -> None:
    package = decode(VECTORS[name])
    assert isinstance(package, Package)
    assert list(regnots_of(package)) == []


@pytest.mark.parametrize(
    ("package_type", "ids", "transaction_id", "flags"),
    [
        (PackageType.UNIDIRECTIONAL, {}, 0, RegnotFlag.NO_TRANSACTION_ID),
        (PackageType.QUERY_WITHOUT_PERMISSION, {"originating_id": 0}, 0, RegnotFlag(0)),
        (PackageType.RESPONSE, {"responding_id": 5}, 5, RegnotFlag(0)),
        (
            PackageType.CONVERSATION_WITH_PERMISSION,
            {"originating_id": 6, "responding_id": 7},
            6,
            RegnotFlag(0),
        ),
    ],
)
def test_the_transaction_id_is_the_senders_own_where_it_has_one(
    package_type: PackageType, ids: dict[str, Any], transaction_id: int, flags: RegnotFlag
) -> None:
    package = Package(package_type=package_type, components=(invoke(MIN, MSCID),), **ids)
    ((_, regnot),) = regnots_of(package)
    assert isinstance(regnot, Regnot)
    assert (regnot.transaction_id, regnot.flags) == (transaction_id, flags)


@settings(deadline=None)
@given(packages(regnots(DEFINITE_FORMS, usable=True)))
def test_every_usable_regnot_of_a_package_is_given(package: Package) -> None:
    numbered = list(regnots_of(package))
    assert [number for number, _ in numbered] == list(range(len(package.components or ())))
    for _, regnot in numbered:
        assert isinstance(regnot, Regnot)
        assert regnot.mscid is not None


@settings(deadline=None)
@given(packages(regnots(DEFINITE_FORMS, usable=False)))
def test_every_other_regnot_is_given_or_says_why_not(package: Package) -> None:
    for _, regnot in regnots_of(package):
        if isinstance(regnot, DecodeError):
            assert regnot.counted_as in {
                "msid_malformed",
                "min_malformed",
                "imsi_malformed",
                "esn_malformed",
            }
        else:
            assert 0 <= regnot.esn < 2**32
