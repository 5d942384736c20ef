"""X.690 §8.1, the basic encoding rules: tags, lengths, contents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from construct import GreedyBytes, Int8ub, Int16ub, Struct
from hypothesis import given
from hypothesis import strategies as st

from is41.ber import (
    DEPTH_MAX,
    Choice,
    Element,
    Run,
    Tagged,
    elements,
    read_element,
    read_tag,
    write_element,
    write_tag,
)
from is41.bounds import LENGTH_OCTETS_MAX, TAG_OCTETS_MAX
from is41.errors import DecodeError, EncodeError, Truncated
from is41.grammar import build, parse
from messages import ALL_FORMS, DEFINITE_FORMS, INDEFINITE, OCTETS, element, fault_of

if TYPE_CHECKING:
    from construct import Construct

PRIMITIVES: Final = st.sampled_from([0x02, 0x80, 0x9E, 0xC7, 0x9F1F, 0x9F8172, 0x9FFFFF7F])
CONSTRUCTED: Final = st.sampled_from([0x30, 0xA9, 0xE2, 0xBF8218])


@st.composite
def trees(draw: st.DrawFn, forms: st.SearchStrategy[int]) -> tuple[int, bytes, bytes]:
    """An element, its contents apart: elements in elements, lengths in any of *forms*."""
    if draw(st.booleans()):
        tag, contents = draw(PRIMITIVES), draw(OCTETS)
    else:
        inner = draw(st.lists(trees(forms), max_size=3))
        tag, contents = draw(CONSTRUCTED), b"".join(octets for _, _, octets in inner)
    return tag, contents, element(tag, contents, draw(forms))


def read(octets: bytes) -> Element:
    return read_element(octets, 0, len(octets))


def run_of(octets: bytes) -> list[tuple[int, bytes]]:
    return [(tag, octets[start:end]) for tag, start, end, _ in elements(octets)]


def fault(octets: bytes) -> DecodeError:
    error = fault_of(read, octets)
    assert error is not None
    return error


# X.690 §8.1.2, identifier octets.
@pytest.mark.parametrize(
    ("octets", "tag"),
    [
        ("88", 0x88),
        ("9E", 0x9E),
        ("9F 1F", 0x9F1F),
        ("9F 81 72", 0x9F8172),
        ("BF 82 18", 0xBF8218),
        ("00", 0x00),
    ],
)
def test_a_tag_is_its_octets_as_one_number(octets: str, tag: int) -> None:
    octets_ = bytes.fromhex(octets)
    assert read_tag(octets_ + b"\0", 0, len(octets_) + 1) == (tag, len(octets_))
    assert write_tag(tag) == octets_


@pytest.mark.parametrize("tag", [-1, 0x9F, 0x9F81, 0x8801, 0x9F8080, 0x9F80808001, 0x1_00])
def test_a_number_that_no_tag_has_is_the_callers_fault(tag: int) -> None:
    with pytest.raises(EncodeError):
        write_tag(tag)


def test_a_tag_may_be_as_long_as_the_limit_and_no_longer() -> None:
    longest = b"\x9f" + b"\x81" * (TAG_OCTETS_MAX - 2) + b"\x01"
    assert read(longest + b"\0").start == TAG_OCTETS_MAX + 1
    error = fault(b"\x9f" + b"\x81" * (TAG_OCTETS_MAX - 1) + b"\x01\0")
    assert (type(error), error.field, error.offset) == (DecodeError, "tag", 0)


# X.690 §8.1.3, length octets.
@pytest.mark.parametrize(
    ("octets", "start", "end", "after"),
    [
        ("88 02 AABB", 2, 4, 4),  # short
        ("88 81 02 AABB", 3, 5, 5),  # long, not minimal
        ("88 84 00000002 AABB", 6, 8, 8),
        ("A8 80 88 01 AA 0000", 2, 5, 7),  # indefinite
        ("A8 80 0000", 2, 2, 4),
        ("A8 80 A9 80 88 00 0000 0000", 2, 8, 10),
        ("A8 02 0000", 2, 4, 4),
    ],
)
def test_a_length_may_have_any_form(octets: str, start: int, end: int, after: int) -> None:
    message = bytes.fromhex(octets)
    assert read(message + b"\xee") == Element(message[0], start, end, after)


@pytest.mark.parametrize(
    ("length", "octets"), [(0, "00"), (127, "7F"), (128, "8180"), (255, "81FF"), (256, "820100")]
)
def test_a_length_is_written_in_the_shortest_form(length: int, octets: str) -> None:
    written = write_element(0x88, bytes(length))
    assert written == b"\x88" + bytes.fromhex(octets) + bytes(length)
    assert read(written) == Element(0x88, len(written) - length, len(written), len(written))


def test_a_length_may_be_as_long_as_the_limit_and_no_longer() -> None:
    assert read(element(0x88, b"A", form=LENGTH_OCTETS_MAX)).end == LENGTH_OCTETS_MAX + 3
    error = fault(element(0x88, b"A", form=LENGTH_OCTETS_MAX + 1))
    assert (type(error), error.field, error.offset) == (DecodeError, "length", 1)


def test_only_constructed_elements_have_an_indefinite_length() -> None:
    error = fault(bytes.fromhex("88 80 0000"))
    assert (type(error), error.field, error.offset) == (DecodeError, "length", 1)


def test_indefinite_elements_may_lie_as_deep_as_the_limit_and_no_deeper() -> None:
    def nested(depth: int) -> bytes:
        return b"\x30\x80" * depth + b"\0\0" * depth

    assert read(nested(DEPTH_MAX)).after == 4 * DEPTH_MAX
    error = fault(nested(DEPTH_MAX + 1))
    assert (type(error), error.field, error.offset) == (DecodeError, "length", 2 * DEPTH_MAX + 2)
    assert fault(b"\x30\x80" * 10_000).field == "length"


# X.690 §8.1.1, elements: whatever form they have, the same is read.
@given(trees(ALL_FORMS))
def test_contents_are_found_in_every_form(tree: tuple[int, bytes, bytes]) -> None:
    tag, contents, octets = tree
    found = read(octets + b"\xff")
    assert (found.tag, octets[found.start : found.end]) == (tag, contents)
    assert found.after == len(octets)


@given(st.lists(trees(ALL_FORMS), max_size=4))
def test_a_run_is_taken_apart_where_it_was_put_together(
    run: list[tuple[int, bytes, bytes]],
) -> None:
    octets = b"".join(each for _, _, each in run)
    assert run_of(octets) == [(tag, contents) for tag, contents, _ in run]


@given(trees(DEFINITE_FORMS))
def test_written_again_an_element_has_the_shortest_form(tree: tuple[int, bytes, bytes]) -> None:
    tag, contents, octets = tree
    assert write_element(tag, contents) == element(tag, contents)
    assert len(write_element(tag, contents)) <= len(octets)


@given(trees(ALL_FORMS), st.data())
def test_an_element_that_stops_too_soon_is_truncated(
    tree: tuple[int, bytes, bytes], data: st.DataObject
) -> None:
    octets = tree[2]
    cut = data.draw(st.integers(0, len(octets) - 1))
    error = fault(octets[:cut])
    assert type(error) is Truncated
    assert error.offset <= cut


@given(st.binary(max_size=64))
def test_any_octets_are_a_run_or_say_where_they_are_none(octets: bytes) -> None:
    error = fault_of(run_of, octets)
    if error:
        assert 0 <= error.offset <= len(octets)
    else:
        run = run_of(octets)
        assert run_of(b"".join(write_element(*each) for each in run)) == run


def test_an_element_does_not_reach_beyond_the_end_it_is_given() -> None:
    octets = bytes.fromhex("88 02 AABB")
    with pytest.raises(Truncated):
        read_element(octets, 0, 3)
    with pytest.raises(Truncated):  # though the end of contents goes on behind
        read_element(bytes.fromhex("30 80 00 00"), 0, 3)
    assert read_element(b"\xff" + octets, 1, 5) == Element(0x88, 3, 5, 5)


# The constructs, for a grammar of each.
CHOICE: Final = Choice({0x80: Int8ub, 0x81: Int16ub})
OPTIONAL: Final = Struct("first" / Tagged(0x80, Int8ub, optional=True), "rest" / GreedyBytes)
RUN: Final = Tagged(0xA0, Run(CHOICE))


def parsed(grammar: Construct[Any, Any], octets: str) -> Any:
    return parse(grammar, bytes.fromhex(octets), what="test", clause="none")


def refused(grammar: Construct[Any, Any], octets: str) -> DecodeError:
    with pytest.raises(DecodeError) as caught:
        parsed(grammar, octets)
    return caught.value


def test_a_choice_is_told_by_its_tag() -> None:
    assert parsed(CHOICE, "80 01 07") == (0x80, 7)
    assert parsed(CHOICE, "81 02 0107") == (0x81, 0x0107)
    assert build(CHOICE, (0x81, 0x0107)) == bytes.fromhex("81 02 0107")


def test_what_is_no_choice_is_refused_where_it_stands() -> None:
    error = refused(Tagged(0xA0, Struct("kind" / CHOICE)), "A0 03 82 01 07")
    assert (error.what, error.field, error.offset) == ("test", "kind", 2)
    assert error.counted_as == "test_malformed"
    assert error.reason == "82 where 80/81 is expected"
    with pytest.raises(EncodeError, match="kind: 82 has no place here"):
        build(Struct("kind" / CHOICE), {"kind": (0x82, 7)})


@pytest.mark.parametrize(
    ("octets", "first", "rest"),
    [("80 01 07 81", 7, b"\x81"), ("81 01", None, b"\x81\x01"), ("", None, b"")],
)
def test_an_optional_element_may_be_absent(octets: str, first: int | None, rest: bytes) -> None:
    values = parsed(OPTIONAL, octets)
    assert (values.first, values.rest) == (first, rest)
    assert build(OPTIONAL, {"first": first, "rest": rest}) == bytes.fromhex(octets)


def test_an_optional_element_is_not_mistaken_for_one_whose_tag_begins_alike() -> None:
    grammar = Struct("first" / Tagged(0x9F21, Int8ub, optional=True), "rest" / GreedyBytes)
    assert parsed(grammar, "9F21 01 07").first == 7
    assert parsed(grammar, "9F22 01 07").first is None
    assert parsed(grammar, "9F22 01 07").rest == bytes.fromhex("9F22 01 07")


@pytest.mark.parametrize("length", ["06", "81 06", "83 000006"])
def test_a_run_goes_on_to_the_end_of_the_contents(length: str) -> None:
    values = ((0x80, 7), (0x80, 8))
    assert parsed(RUN, f"A0 {length} 80 01 07 80 01 08") == values
    assert build(RUN, values) == bytes.fromhex("A0 06 80 01 07 80 01 08")
    assert parsed(RUN, "A0 00") == ()


def test_a_run_may_be_of_indefinite_length() -> None:
    assert parsed(RUN, "A0 80 80 01 07 0000") == ((0x80, 7),)
    assert element(0xA0, bytes.fromhex("80 01 07"), INDEFINITE) == bytes.fromhex(
        "A0 80 80 01 07 0000"
    )


def test_faults_in_contents_are_placed_from_the_first_octet() -> None:
    few = refused(RUN, "A0 06 80 01 07 81 01 01")
    assert few.offset == 8
    many = refused(RUN, "A0 07 80 01 07 80 02 0102")
    assert (type(many), many.offset, many.counted_as) == (DecodeError, 8, "test_malformed")
    assert many.reason == "1 octets too many in 80"


def test_a_value_that_the_contents_cannot_hold_is_the_callers_fault() -> None:
    with pytest.raises(EncodeError):
        build(CHOICE, (0x80, 256))
