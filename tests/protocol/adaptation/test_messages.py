"""RFC 4666 §3.1 and §3.2, the common header and its parameters."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.adaptation.messages import (
    HEADER_LENGTH,
    MESSAGE_LENGTH_MAX,
    Header,
    Layer,
    Parameter,
    decode_parameters,
    encode_parameters,
    join,
    read_header,
    split,
)
from is41.adaptation.messages import Message as CommonMessage
from is41.errors import DecodeError, EncodeError, Truncated
from messages import U8, U16, fault_of


class Class(IntEnum):
    """Message classes of a layer made for these tests."""

    FIRST = 3


class Type(IntEnum):
    """Its message types."""

    ONE = 1


class Tag(IntEnum):
    """Its parameters."""

    KNOWN = 0x0004


LAYER: Final = Layer("layer", "§1", {Class.FIRST: Type}, Tag)


class Message(CommonMessage):
    """Its messages."""

    __slots__ = ()
    LAYER: ClassVar[Layer] = LAYER


PARAMETERS: Final = st.lists(
    st.builds(Parameter, st.sampled_from(Tag) | U16, st.binary(max_size=9)), max_size=4
).map(tuple)
MESSAGES: Final = st.builds(Message, st.sampled_from(Class) | U8, U8, PARAMETERS)


def header_of(octets: bytes) -> Header:
    return read_header(octets, "layer", "§1")


def test_a_message_is_read_and_written() -> None:
    octets = bytes.fromhex("01 00 03 01 00000014  0004 0006 4142 0000  FFFF 0004")
    message = Message(Class.FIRST, Type.ONE, (Parameter(Tag.KNOWN, b"AB"), Parameter(0xFFFF, b"")))
    assert Message.decode(octets) == message
    assert message.encode() == octets


def test_known_codes_are_named_and_others_stay_numbers() -> None:
    known = Message.decode(bytes.fromhex("01 00 03 01 00000010  0004 0008 00000001"))
    assert [type(code) for code in known.kind] == [Class, Type]
    assert type(known.parameters[0].tag) is Tag
    other = Message.decode(bytes.fromhex("01 00 77 01 00000010  7777 0008 00000001"))
    assert [type(code) for code in other.kind] == [int, int]
    assert type(other.parameters[0].tag) is int


def test_a_value_is_the_first_of_its_tag() -> None:
    message = Message(3, 1, (Parameter(5, b"A"), Parameter(Tag.KNOWN, b"B"), Parameter(4, b"C")))
    assert message.value(Tag.KNOWN) == b"B"
    assert message.value(6) is None


def test_all_parameters_of_a_tag_are_given_in_order() -> None:
    message = Message(3, 1, (Parameter(5, b"A"), Parameter(4, b"B"), Parameter(5, b"C")))
    assert message.only(5) == (Parameter(5, b"A"), Parameter(5, b"C"))
    assert message.only(6) == ()


def test_a_value_may_be_one_integer() -> None:
    assert Parameter.of(Tag.KNOWN, 7) == (Tag.KNOWN, bytes.fromhex("00000007"))
    assert Parameter.of(Tag.KNOWN, 7).number() == 7
    assert type(fault_of(lambda each: Parameter(4, each).number(), b"\0\0\0")) is Truncated
    assert type(fault_of(lambda each: Parameter(4, each).number(), bytes(5))) is DecodeError


@given(MESSAGES)
def test_a_message_is_read_back(message: Message) -> None:
    assert Message.decode(message.encode()) == message


@given(MESSAGES)
def test_every_truncation_of_a_message_is_told(message: Message) -> None:
    octets = message.encode()
    for cut in range(len(octets)):
        error = fault_of(Message.decode, octets[:cut])
        assert type(error) is Truncated
        assert error.counted_as == "layer_truncated"
        assert error.offset <= cut


@given(PARAMETERS)
def test_the_last_padding_may_be_missing(parameters: tuple[Parameter, ...]) -> None:
    octets = encode_parameters((*parameters, Parameter(9, b"A")))
    assert decode_parameters(octets[:-3], LAYER) == (*parameters, Parameter(9, b"A"))


def test_padding_and_reserved_may_hold_anything_and_are_written_as_zero() -> None:
    odd = bytes.fromhex("01 EE 03 01 00000010  0004 0005 41 EEEEEE")
    even = bytes.fromhex("01 00 03 01 00000010  0004 0005 41 000000")
    assert Message.decode(odd).encode() == even


@pytest.mark.parametrize(
    ("octets", "field", "offset"),
    [
        ("02 00 03 01 00000008", "version", 0),
        ("01 00 03 01 00000007", "length", 4),
        ("01 00 03 01 00002001", "length", 4),
        ("01 00 03 01 00000008 00", "length", 4),  # and yet something follows
        ("01 00 03 01 0000000C 0004 0003", "parameter", 8),  # shorter than its own header
        ("01 00 03 01 0000000C 0004 0005", "parameter", 8),  # longer than the message
        ("01 00 03 01 00000012 0004 0008 00000000 0004", "parameter", 16),
    ],
)
def test_what_more_octets_cannot_mend_is_malformed(octets: str, field: str, offset: int) -> None:
    error = fault_of(Message.decode, bytes.fromhex(octets))
    assert type(error) is DecodeError
    assert (error.what, error.field, error.offset, error.clause) == ("layer", field, offset, "§1")


def test_a_header_is_enough_to_know_how_long_a_message_is() -> None:
    assert header_of(bytes.fromhex("01 00 03 01 00000010 00")) == Header(3, 1, 16)
    for cut in range(HEADER_LENGTH):
        assert type(fault_of(header_of, bytes.fromhex("01 00 03 01 00000010")[:cut])) is Truncated


@given(st.binary(max_size=40))
def test_any_octets_are_a_message_or_refused(octets: bytes) -> None:
    if fault_of(Message.decode, octets) is None:
        message = Message.decode(octets)
        assert Message.decode(message.encode()) == message


@given(U8, U8, st.binary(max_size=40))
def test_any_body_is_parameters_or_refused(kind: int, number: int, body: bytes) -> None:
    octets = join(kind, number, body)
    assert split(octets, "layer", "§1")[1] == body
    error = fault_of(Message.decode, octets)
    assert error is None or HEADER_LENGTH <= error.offset <= len(octets)


@pytest.mark.parametrize(
    "message",
    [
        Message(256, 1),
        Message(3, -1),
        Message(3, 1, (Parameter(0x10000, b""),)),
        Message(3, 1, (Parameter(4, bytes(MESSAGE_LENGTH_MAX)),)),
        Message(3, 1, (Parameter(4, bytes(0x10000)),)),
    ],
)
def test_a_message_that_cannot_be_is_the_callers_fault(message: Message) -> None:
    with pytest.raises(EncodeError):
        message.encode()


def test_a_number_of_more_than_32_bits_is_the_callers_fault() -> None:
    with pytest.raises(EncodeError):
        Parameter.of(Tag.KNOWN, 1 << 32)
