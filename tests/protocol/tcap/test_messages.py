"""T1.114.3, ANSI TCAP: packages and components."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.ber import elements
from is41.errors import DecodeError, EncodeError, Truncated
from is41.tcap.codes import (
    AbortCause,
    ErrorCode,
    OperationCode,
    PackageType,
    ParameterTag,
    Problem,
    Tag,
)
from is41.tcap.messages import (
    Abort,
    Component,
    Invoke,
    Package,
    ParameterSet,
    Reject,
    ReturnError,
    ReturnResult,
    decode,
)
from messages import (
    ABORTS,
    ALL_FORMS,
    ID_NAMES,
    INDEFINITE,
    element,
    fault_of,
    package_octets,
    packages,
    vectors,
)

VECTORS: Final = vectors("tcap")
NOT_SHORTEST: Final = {"tcap_regnot_inv_longlen"}  # lengths 81 2C, 81 23

# What the given vectors say, beside their parameters.
REGNOT: Final = OperationCode(Tag.PRIVATE_OPERATION, bytes.fromhex("09 0D"))
MINIMAL: Final = bytes.fromhex("89 04 82123456  88 05 5515325476  95 03 123401  91 01 03  96 01 03")
INVOKE: Final = Invoke(
    component_ids=b"\1", operation=REGNOT, parameters=ParameterSet(ParameterTag.SET, MINIMAL)
)
QUERY: Final = Package(
    package_type=PackageType.QUERY_WITH_PERMISSION, originating_id=1, components=(INVOKE,)
)
ERROR: Final = ReturnError(component_ids=b"\1", error=ErrorCode(Tag.PRIVATE_ERROR, b"\x81"))
REJECT: Final = Reject(component_ids=b"\1", problem=Problem.INVOKE_INCORRECT_PARAMETER)
EMPTY_SET: Final = ParameterSet(ParameterTag.SET, b"")


def response(transaction_id: int, component: Component) -> Package:
    return Package(
        package_type=PackageType.RESPONSE, responding_id=transaction_id, components=(component,)
    )


def fault(octets: str) -> DecodeError:
    error = fault_of(decode, bytes.fromhex(octets))
    assert error is not None
    return error


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("tcap_regnot_inv_min", QUERY),
        ("tcap_regnot_inv_longlen", replace(QUERY, originating_id=0x21)),
        (
            "tcap_regnot_rr_denied_duplicate",
            response(
                2,
                ReturnResult(
                    component_ids=b"\1",
                    parameters=ParameterSet(
                        ParameterTag.SET, bytes.fromhex("96 01 08  8D 01 04  9F8127 02 081E")
                    ),
                ),
            ),
        ),
        (
            "tcap_regnot_re_81",
            response(3, replace(ERROR, parameters=EMPTY_SET)),
        ),
        (
            "tcap_regnot_reject",
            response(4, replace(REJECT, parameters=EMPTY_SET)),
        ),
        ("tcap_abort_p", Abort(responding_id=1, cause=AbortCause.RESOURCE_UNAVAILABLE)),
    ],
)
def test_a_vector_is_read_and_written(name: str, package: Package | Abort) -> None:
    assert decode(VECTORS[name]) == package
    assert (package.encode() == VECTORS[name]) is (name not in NOT_SHORTEST)
    assert decode(package.encode()) == package


@pytest.mark.parametrize("name", sorted(VECTORS.keys() - NOT_SHORTEST))
def test_a_vector_in_the_shortest_form_is_written_again_octet_for_octet(name: str) -> None:
    assert decode(VECTORS[name]).encode() == VECTORS[name]


@pytest.mark.parametrize("name", sorted(VECTORS))
def test_every_truncation_of_a_vector_is_told(name: str) -> None:
    octets = VECTORS[name]
    for cut in range(len(octets)):
        error = fault_of(decode, octets[:cut])
        assert type(error) is Truncated
        assert error.counted_as == "tcap_truncated"
        assert error.offset <= cut


# T1.114.3, package types.
@pytest.mark.parametrize(
    ("octets", "ids"),
    [
        ("E1 02 C7 00", (None, None)),
        ("E2 06 C7 04 00000001", (1, None)),
        ("E3 06 C7 04 00000001", (1, None)),
        ("E4 06 C7 04 00000001", (None, 1)),
        ("E5 0A C7 08 00000001 FFFFFFFF", (1, 0xFFFFFFFF)),
        ("E6 0A C7 08 00000001 00000002", (1, 2)),
    ],
)
def test_a_package_holds_the_transaction_ids_of_its_type(
    octets: str, ids: tuple[int | None, int | None]
) -> None:
    package = decode(bytes.fromhex(octets))
    assert isinstance(package, Package)
    assert package.package_type == bytes.fromhex(octets)[0]
    assert (package.originating_id, package.responding_id) == ids
    assert package.components is None
    assert package.encode() == bytes.fromhex(octets)


@pytest.mark.parametrize(
    "octets",
    [
        "E1 06 C7 04 00000001",
        "E2 02 C7 00",
        "E2 0A C7 08 00000001 00000002",
        "E5 06 C7 04 00000001",
        "F6 05 C7 00 D7 01 06",
        "E2 05 C7 03 000001",
        "E2 02 E8 00",
    ],
)
def test_a_package_with_other_transaction_ids_is_refused(octets: str) -> None:
    error = fault(octets)
    assert (error.what, error.field) == ("tcap", "transaction_id")


@pytest.mark.parametrize("package_type", ID_NAMES)
@pytest.mark.parametrize("ids", [(None, None), (1, None), (None, 1), (1, 1)])
def test_to_write_a_package_with_other_transaction_ids_is_the_callers_fault(
    package_type: PackageType, ids: tuple[int | None, int | None]
) -> None:
    package = Package(package_type=package_type, originating_id=ids[0], responding_id=ids[1])
    given_names = ("originating_id",) * (ids[0] is not None) + ("responding_id",) * (
        ids[1] is not None
    )
    if given_names == ID_NAMES[package_type]:
        assert decode(package.encode()) == package
    else:
        with pytest.raises(EncodeError, match=package_type.name):
            package.encode()


def test_an_abort_is_no_package() -> None:
    with pytest.raises(EncodeError, match="ABORT"):
        Package(package_type=PackageType.ABORT, responding_id=1).encode()


def test_a_query_may_hold_a_dialogue_portion_alone() -> None:
    octets = bytes.fromhex("E2 0B C7 04 00000001 F9 03 DB 01 01")
    package = decode(octets)
    assert package == Package(
        package_type=PackageType.QUERY_WITH_PERMISSION,
        originating_id=1,
        dialogue_portion=bytes.fromhex("DB 01 01"),
    )
    assert package.encode() == octets


def test_no_component_sequence_and_an_empty_one_are_told_apart() -> None:
    octets = bytes.fromhex("E2 08 C7 04 00000001 E8 00")
    package = decode(octets)
    assert isinstance(package, Package)
    assert package.components == ()
    assert package.encode() == octets


@pytest.mark.parametrize(
    ("octets", "offset"),
    [
        ("62 06 C7 04 00000001", 0),  # ITU-T's begin
        ("C7 04 00000001", 0),
        ("E2 08 C7 04 00000001 E8 01", 10),  # one length too long
        ("E2 0B C7 04 00000001 E8 03 E7 01 00", 10),  # no component of this type
        ("E2 0D C7 04 00000001 E8 05 E9 03 CF 01 01", 15),  # an invoke without operation
        ("E2 06 C7 04 00000001 00", 8),  # octets behind
        ("E2 08 C7 04 00000001 CF 00", 8),  # an element that has no place there
    ],
)
def test_a_fault_is_placed_from_the_first_octet(octets: str, offset: int) -> None:
    error = fault(octets)
    assert (error.what, error.offset) == ("tcap", offset)


# T1.114.3, aborts.
def test_an_abort_by_the_user_keeps_its_information() -> None:
    octets = bytes.fromhex("F6 0A C7 04 00000001 F8 02 28 00")
    abort = decode(octets)
    assert abort == Abort(responding_id=1, user_information=bytes.fromhex("28 00"))
    assert abort.encode() == octets


def test_an_abort_cause_the_table_lacks_stays_a_number() -> None:
    octets = bytes.fromhex("F6 09 C7 04 00000001 D7 01 2A")
    abort = decode(octets)
    assert isinstance(abort, Abort)
    assert (abort.cause, type(abort.cause)) == (42, int)
    assert abort.encode() == octets


@pytest.mark.parametrize(
    "abort",
    [
        Abort(responding_id=1),
        Abort(responding_id=1, cause=6, user_information=b""),
        Abort(responding_id=-1, cause=6),
        Abort(responding_id=2**32, cause=6),
        Abort(responding_id=1, cause=256),
    ],
)
def test_an_abort_that_cannot_be_is_the_callers_fault(abort: Abort) -> None:
    with pytest.raises(EncodeError):
        abort.encode()


# T1.114.3, components.
@pytest.mark.parametrize("tag", ParameterTag)
def test_parameters_may_be_a_set_or_a_sequence(tag: ParameterTag) -> None:
    invoke = replace(INVOKE, parameters=ParameterSet(tag, MINIMAL))
    octets = replace(QUERY, components=(invoke,)).encode()
    assert octets == VECTORS["tcap_regnot_inv_min"].replace(b"\xf2\x18", bytes([tag, 0x18]))
    assert decode(octets) == replace(QUERY, components=(invoke,))


@pytest.mark.parametrize(
    ("component_ids", "octets"),
    [(None, ""), (b"", "CF 00"), (b"\1", "CF 01 01"), (b"\1\2", "CF 02 0102")],
)
@pytest.mark.parametrize(
    ("component", "tag", "code"),
    [
        (INVOKE, 0xE9, "D1 02 09 0D"),
        (ReturnResult(component_ids=None), 0xEA, ""),
        (ERROR, 0xEB, "D4 01 81"),
        (REJECT, 0xEC, "D5 02 0203"),
    ],
)
def test_component_ids_are_up_to_two(
    component: Component, tag: int, code: str, component_ids: bytes | None, octets: str
) -> None:
    component = replace(component, component_ids=component_ids, parameters=None)

    def written(ids: bytes) -> bytes:
        sequence = element(0xE8, element(tag, ids + bytes.fromhex(code)))
        return element(0xE4, bytes.fromhex("C7 04 00000001") + sequence)

    assert response(1, component).encode() == written(bytes.fromhex(octets))
    assert decode(written(bytes.fromhex(octets))) == response(1, component)
    error = fault(written(bytes.fromhex("CF 03 010203")).hex())
    assert error.field == "component_ids"
    with pytest.raises(EncodeError):
        response(1, replace(component, component_ids=b"\1\2\3")).encode()


@pytest.mark.parametrize("problem", [*Problem, 0x0199, 0xFFFF])
def test_a_problem_is_named_where_the_table_has_it(problem: int) -> None:
    read = decode(response(1, Reject(component_ids=None, problem=problem)).encode())
    assert isinstance(read, Package)
    assert read.components is not None
    (reject,) = read.components
    assert isinstance(reject, Reject)
    assert (reject.problem, type(reject.problem)) == (problem, type(problem))


def test_components_of_all_kinds_come_in_the_order_of_the_wire() -> None:
    components = (
        replace(INVOKE, last=False),
        ReturnResult(component_ids=b"\1", last=False),
        Reject(component_ids=b"", problem=0x0101),
        ReturnError(component_ids=b"\2", error=ErrorCode(Tag.NATIONAL_ERROR, b"\1")),
        INVOKE,
        ReturnResult(component_ids=b"\3"),
    )
    octets = replace(QUERY, components=components).encode()
    assert [each.tag for each in elements(octets[10:])] == [0xED, 0xEE, 0xEC, 0xEB, 0xE9, 0xEA]
    assert decode(octets) == replace(QUERY, components=components)


@pytest.mark.parametrize(
    "component",
    [
        replace(INVOKE, operation=OperationCode(Tag.PRIVATE_OPERATION, b"")),
        replace(INVOKE, operation=OperationCode(Tag.PRIVATE_OPERATION, b"\1\2\3\4\5")),
        replace(INVOKE, operation=OperationCode(Tag.PRIVATE_ERROR, b"\1")),
        replace(INVOKE, parameters=ParameterSet(0xF1, b"")),
        ReturnError(component_ids=None, error=ErrorCode(Tag.PRIVATE_OPERATION, b"\1")),
        ReturnError(component_ids=None, error=ErrorCode(Tag.PRIVATE_ERROR, b"")),
        Reject(component_ids=None, problem=0x10000),
        Reject(component_ids=None, problem=-1),
    ],
)
def test_a_component_that_cannot_be_is_the_callers_fault(component: Component) -> None:
    with pytest.raises(EncodeError):
        response(1, component).encode()


@pytest.mark.parametrize("transaction_id", [-1, 2**32])
def test_a_transaction_id_of_more_than_four_octets_is_the_callers_fault(
    transaction_id: int,
) -> None:
    with pytest.raises(EncodeError):
        replace(QUERY, originating_id=transaction_id).encode()


@given(packages())
def test_a_package_is_written_as_the_tables_say_and_read_back(package: Package) -> None:
    octets = package.encode()
    assert octets == package_octets(package)
    assert decode(octets) == package


@given(ABORTS)
def test_an_abort_is_read_back(abort: Abort) -> None:
    assert decode(abort.encode()) == abort


@given(packages(dialogue_portions=st.none()), st.data())
def test_a_package_is_read_whatever_the_form_of_its_lengths(
    package: Package, data: st.DataObject
) -> None:
    emptied = tuple(
        replace(each, parameters=each.parameters and EMPTY_SET) for each in package.components or ()
    )
    package = replace(package, components=emptied)
    assert decode(package_octets(package, lambda: data.draw(ALL_FORMS))) == package
    assert decode(package_octets(package, lambda: INDEFINITE)) == package


def test_parameters_of_indefinite_length_are_kept_without_their_end() -> None:
    octets = package_octets(QUERY, lambda: INDEFINITE)
    assert octets[:2] == bytes.fromhex("E2 80")
    assert octets[-8:] == bytes(8)
    assert decode(octets) == QUERY
    for cut in range(len(octets)):
        assert type(fault_of(decode, octets[:cut])) is Truncated


@given(st.binary(max_size=64))
def test_any_octets_are_a_package_or_refused(octets: bytes) -> None:
    if fault_of(decode, octets) is None:
        package = decode(octets)
        assert decode(package.encode()) == package


@given(st.sampled_from(sorted(VECTORS.values())), st.data())
def test_any_fault_in_a_vector_is_told_or_read_and_written(
    octets: bytes, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(octets) - 1))
    faulty = octets[:at] + data.draw(st.binary(max_size=3)) + octets[at + 1 :]
    error = fault_of(decode, faulty)
    if error:
        assert 0 <= error.offset <= len(faulty)
    else:
        package = decode(faulty)
        assert decode(package.encode()) == package


@pytest.mark.parametrize(
    "octets", ["E506 C70400000001", "E208 C70400000001 E801", "E20A C70400000001 E802 E901"]
)
def test_a_field_cut_short_inside_a_whole_package_is_malformed_not_truncated(octets: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(bytes.fromhex(octets))
    assert caught.value.counted_as == "tcap_malformed"
