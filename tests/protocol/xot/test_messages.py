"""RFC 1613 §4.1, the XOT header."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.errors import DecodeError, EncodeError, Truncated
from is41.xot.messages import PACKET_LENGTH_MAX, Message, packet_length
from messages import fault_of, vectors

VECTORS: Final = vectors("xot")


@pytest.mark.parametrize("name", sorted(VECTORS))
def test_a_vector_is_written_again_octet_for_octet(name: str) -> None:
    message = Message.decode(VECTORS[name])
    assert message.packet == VECTORS[name][4:]
    assert message.encode() == VECTORS[name]


@given(st.binary(min_size=3, max_size=40))
def test_a_message_is_read_back(packet: bytes) -> None:
    octets = Message(packet).encode()
    assert Message.decode(octets) == Message(packet)
    assert packet_length(octets) == len(packet)
    for cut in range(len(octets)):
        error = fault_of(Message.decode, octets[:cut])
        assert type(error) is Truncated
        assert error.offset <= cut


@pytest.mark.parametrize(
    ("octets", "field", "offset"),
    [
        ("0001 0003 100101", "version", 0),
        ("0000 0002 1001", "length", 2),
        ("0000 1005 1001", "length", 2),
        ("0000 0003 100101 00", "length", 2),
    ],
)
def test_a_header_that_cannot_be_is_malformed(octets: str, field: str, offset: int) -> None:
    error = fault_of(Message.decode, bytes.fromhex(octets))
    assert type(error) is DecodeError
    assert (error.field, error.offset, error.clause) == (field, offset, "RFC 1613 §4.1")


@given(st.binary(max_size=10))
def test_any_octets_are_a_message_or_refused(octets: bytes) -> None:
    if fault_of(Message.decode, octets) is None:
        assert Message.decode(octets).encode() == octets


@pytest.mark.parametrize("length", [0, 2, PACKET_LENGTH_MAX + 1])
def test_a_packet_of_another_length_is_the_callers_fault(length: int) -> None:
    with pytest.raises(EncodeError):
        Message(bytes(length)).encode()
