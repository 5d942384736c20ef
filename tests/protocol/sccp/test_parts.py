"""T1.112.3 chapter 1: pointers and the fields they point at, the optional part."""

from __future__ import annotations

from typing import Any, Final

import pytest
from construct import Construct, GreedyBytes, Int8ub, Int16ul, Prefixed, SizeofError
from hypothesis import given
from hypothesis import strategies as st

from is41.errors import DecodeError, EncodeError, Truncated
from is41.grammar import build, parse
from is41.sccp.codes import OptionalName
from is41.sccp.parts import OptionalParameter, OptionalPart, Pointed
from messages import OCTETS, OPTIONALS, arranged, fault_of, prefixed

FIELD: Final = Prefixed(Int8ub, GreedyBytes)
WIDTHS: Final = {1: Int8ub, 2: Int16ul}
GRAMMARS: Final = {
    width: Pointed(pointer, first=FIELD, second=FIELD, optional=OptionalPart())
    for width, pointer in WIDTHS.items()
}
SEGMENTED: Final = OptionalParameter(OptionalName.SEGMENTATION, bytes.fromhex("80 000001"))


def parsed(grammar: Construct[Any, Any], octets: bytes) -> Any:
    return parse(grammar, octets, what="sccp", clause="T1.112.3")


def fault(grammar: Construct[Any, Any], octets: str) -> DecodeError:
    error = fault_of(lambda each: parsed(grammar, each), bytes.fromhex(octets))
    assert error is not None
    return error


# T1.112.3, optional part.
@pytest.mark.parametrize(
    ("octets", "parameters"),
    [
        ("00", ()),
        ("10 04 80000001 00", (SEGMENTED,)),
        ("12 01 03 10 04 80000001 00", (OptionalParameter(0x12, b"\3"), SEGMENTED)),
        ("12 00 00", (OptionalParameter(0x12, b""),)),
        ("F3 02 0000 F3 00 00", (OptionalParameter(0xF3, b"\0\0"), OptionalParameter(0xF3, b""))),
    ],
)
def test_optional_parameters_go_on_to_a_name_of_0(
    octets: str, parameters: tuple[OptionalParameter, ...]
) -> None:
    assert parsed(OptionalPart(), bytes.fromhex(octets)) == parameters
    assert build(OptionalPart(), parameters) == bytes.fromhex(octets)


@given(OPTIONALS)
def test_optional_parameters_cut_short_are_truncated(
    parameters: tuple[OptionalParameter, ...],
) -> None:
    octets = build(OptionalPart(), parameters)
    for cut in range(len(octets)):
        assert type(fault_of(lambda each: parsed(OptionalPart(), each), octets[:cut])) is Truncated


@pytest.mark.parametrize(
    "parameter",
    [
        OptionalParameter(OptionalName.END, b"\1"),  # it would end the part
        OptionalParameter(256, b""),
        OptionalParameter(-1, b""),
        OptionalParameter(0x12, bytes(256)),
    ],
)
def test_an_optional_parameter_that_cannot_be_is_the_callers_fault(
    parameter: OptionalParameter,
) -> None:
    with pytest.raises(EncodeError):
        build(OptionalPart(), (parameter,))


# T1.112.3, pointers.
@pytest.mark.parametrize(
    ("width", "octets"),
    [
        (1, "03 04 06  01 AA  02 BBCC  12 01 03 00"),
        (2, "0500 0500 0600  01 AA  02 BBCC  12 01 03 00"),
    ],
)
def test_a_pointer_counts_from_its_last_octet(width: int, octets: str) -> None:
    values = {
        "first": b"\xaa",
        "second": b"\xbb\xcc",
        "optional": (OptionalParameter(0x12, b"\3"),),
    }
    assert parsed(GRAMMARS[width], bytes.fromhex(octets)) == values
    assert build(GRAMMARS[width], values) == bytes.fromhex(octets)


@pytest.mark.parametrize(
    ("width", "octets"), [(1, "03 04 00  01 AA  02 BBCC"), (2, "0500 0500 0000  01 AA  02 BBCC")]
)
def test_a_pointer_of_0_is_an_optional_part_that_is_not_there(width: int, octets: str) -> None:
    values = {"first": b"\xaa", "second": b"\xbb\xcc", "optional": None}
    assert parsed(GRAMMARS[width], bytes.fromhex(octets)) == values
    assert build(GRAMMARS[width], values) == bytes.fromhex(octets)


def test_a_pointer_of_0_to_another_field_points_at_itself() -> None:
    assert parsed(GRAMMARS[1], bytes.fromhex("00 02 00 01 AA"))["first"] == b""


def test_two_pointers_may_point_at_one_field() -> None:
    values = parsed(GRAMMARS[1], bytes.fromhex("03 02 00 01 AA"))
    assert values == {"first": b"\xaa", "second": b"\xaa", "optional": None}


@given(
    st.sampled_from(sorted(WIDTHS)),
    st.fixed_dictionaries({"first": OCTETS, "second": OCTETS, "optional": st.none() | OPTIONALS}),
    st.permutations(range(3)),
    st.lists(OCTETS, min_size=4, max_size=4),
)
def test_fields_may_stand_in_any_arrangement(
    width: int, values: dict[str, Any], order: list[int], gaps: list[bytes]
) -> None:
    optional = values["optional"]
    part = None if optional is None else build(OptionalPart(), optional)
    fields = [prefixed(values["first"]), prefixed(values["second"]), part]
    octets = arranged(fields, order, gaps, width) + gaps[3]
    assert parsed(GRAMMARS[width], octets) == values
    assert parsed(GRAMMARS[width], build(GRAMMARS[width], values)) == values


@pytest.mark.parametrize(
    ("octets", "kind", "field"),
    [
        ("", Truncated, "first"),
        ("03", Truncated, "first"),
        ("03 04", Truncated, "first"),
        ("03 04 00 01", Truncated, "first"),
        ("03 FF 00 01 AA 00", Truncated, "second"),
        ("03 04 00 01 AA 02 BB", Truncated, "second"),
        ("03 04 09 01 AA 00", Truncated, "optional"),
    ],
)
def test_a_pointer_beyond_the_end_is_told_with_its_field(
    octets: str, kind: type[DecodeError], field: str
) -> None:
    error = fault(GRAMMARS[1], octets)
    assert (type(error), error.field) == (kind, field)
    assert error.offset <= len(bytes.fromhex(octets))


def test_a_field_too_far_for_its_pointer_is_the_callers_fault() -> None:
    values = {"first": bytes(254), "second": b"", "optional": None}
    with pytest.raises(EncodeError):
        build(GRAMMARS[1], values)
    assert parsed(GRAMMARS[2], build(GRAMMARS[2], values)) == values


@given(st.sampled_from(sorted(WIDTHS)), st.binary(max_size=40))
def test_any_octets_are_fields_or_refused(width: int, octets: bytes) -> None:
    grammar = GRAMMARS[width]
    if fault_of(lambda each: parsed(grammar, each), octets) is None:
        values = parsed(grammar, octets)
        try:
            again = build(grammar, values)
        except EncodeError:
            assert width == 1  # what lies apart in any arrangement may be too far in ours
            assert sum(map(len, (values["first"], values["second"]))) > 200
        else:
            assert parsed(grammar, again) == values


@pytest.mark.parametrize("grammar", [OptionalPart(), GRAMMARS[1]])
def test_the_parts_have_no_size_of_their_own(grammar: Construct[Any, Any]) -> None:
    with pytest.raises(SizeofError):
        grammar.sizeof()
