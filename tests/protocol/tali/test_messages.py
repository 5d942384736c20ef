"""RFC 3094 §3, TALI messages: sync, opcode, length, payload."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.errors import DecodeError, EncodeError, Truncated
from is41.tali.codes import HEADER_LENGTH, LENGTHS, SYNC, Opcode
from is41.tali.messages import Message, payload_length
from messages import TALI_MESSAGES, fault_of, vectors

VECTORS: Final = vectors("tali")
UDT: Final = vectors("sccp_udt_regnot_inv_min")["sccp_udt_regnot_inv_min"]
MSU: Final = vectors("mtp3_regnot_inv_full")["mtp3_regnot_inv_full"]


def fault(octets: bytes) -> DecodeError:
    error = fault_of(Message.decode, octets)
    assert error is not None
    return error


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tali_test", Message(Opcode.TEST)),
        ("tali_allo", Message(Opcode.ALLO)),
        ("tali_proa", Message(Opcode.PROA)),
        ("tali_sccp_regnot", Message(Opcode.SCCP, UDT)),
        ("tali_mtp3_regnot", Message(Opcode.MTP3, MSU)),
    ],
)
def test_a_vector_is_read_and_written(name: str, message: Message) -> None:
    assert Message.decode(VECTORS[name]) == message
    assert message.encode() == VECTORS[name]


def test_the_length_is_the_payloads_and_its_low_octet_goes_first() -> None:
    octets = Message(Opcode.MTP3, bytes(0x0102)).encode()
    assert octets[:HEADER_LENGTH] == bytes.fromhex("54414C49 6D747033 0201")
    assert len(octets) == HEADER_LENGTH + 0x0102


@given(TALI_MESSAGES)
def test_a_message_is_read_back(message: Message) -> None:
    assert Message.decode(message.encode()) == message


@pytest.mark.parametrize("name", sorted(VECTORS))
def test_every_truncation_of_a_vector_is_told(name: str) -> None:
    octets = VECTORS[name]
    for cut in range(len(octets)):
        error = fault(octets[:cut])
        assert type(error) is Truncated
        assert (error.counted_as, error.clause) == ("tali_truncated", "RFC 3094 §3")
        assert error.offset == cut


# RFC 3094 §3, least and most octets of payload.
@pytest.mark.parametrize("opcode", Opcode)
def test_a_payload_has_the_length_its_opcode_allows(opcode: Opcode) -> None:
    least, most = LENGTHS[opcode]
    for length in (least, most):
        message = Message(opcode, bytes(length))
        assert Message.decode(message.encode()) == message
    for length in {least - 1, most + 1} - {-1}:
        with pytest.raises(EncodeError, match=f"{opcode.name} carries {least} to {most} octets"):
            Message(opcode, bytes(length)).encode()
        error = fault(SYNC + opcode.value + length.to_bytes(2, "little") + bytes(length))
        assert type(error) is DecodeError
        assert (error.field, error.offset) == ("length", 8)


def test_octets_behind_the_payload_are_told() -> None:
    message = VECTORS["tali_sccp_regnot"]
    error = fault(message + b"\0")
    assert (type(error), error.field, error.offset) == (DecodeError, "payload", len(message))


@pytest.mark.parametrize("opcode", [b"TEST", b"Sccp", b"mtp4", b"scls", b"rpcs", b"mtpp"])
def test_an_opcode_is_known_and_in_lower_case(opcode: bytes) -> None:
    error = fault(SYNC + opcode + bytes(2))
    assert (type(error), error.field, error.offset) == (DecodeError, "opcode", 4)
    assert error.counted_as == "tali_malformed"


@pytest.mark.parametrize("sync", [b"tali", b"TALJ", b"\0\0\0\0"])
def test_a_message_begins_with_the_sync(sync: bytes) -> None:
    error = fault(sync + b"test" + bytes(2))
    assert (type(error), error.field) == (DecodeError, "sync")


def test_a_header_alone_says_how_long_the_payload_is() -> None:
    octets = VECTORS["tali_sccp_regnot"]
    assert payload_length(octets[:HEADER_LENGTH]) == len(octets) - HEADER_LENGTH
    with pytest.raises(Truncated):
        payload_length(octets[: HEADER_LENGTH - 1])


@pytest.mark.parametrize("octets", [b"\0", b"TB", b"TALJ", b"GET / HTTP/1.1"])
def test_a_wrong_sync_is_told_at_its_first_octets(octets: bytes) -> None:
    error = fault(octets)
    assert (type(error), error.field, error.offset) == (DecodeError, "sync", 0)


@given(st.binary(max_size=40), st.booleans())
def test_any_octets_are_a_message_or_refused(octets: bytes, synced: bool) -> None:  # noqa: FBT001
    octets = SYNC + octets if synced else octets
    error = fault_of(Message.decode, octets)
    if error:
        assert 0 <= error.offset <= len(octets)
    else:
        assert Message.decode(octets).encode() == octets
