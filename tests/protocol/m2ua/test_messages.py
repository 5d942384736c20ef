"""RFC 3331 §3, messages: DATA and the MSU within it."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carriers import M2UA, RAW_IP, in_sctp
from is41.adaptation.messages import Parameter
from is41.errors import DecodeError, Truncated
from is41.m2ua.codes import Maup, MessageClass, ParameterTag
from is41.m2ua.messages import Message
from messages import fault_of, vectors
from tshark import dissect

MSU: Final = vectors("mtp3_regnot_inv_min")["mtp3_regnot_inv_min"]
INTERFACE: Final = Parameter.of(ParameterTag.INTERFACE_IDENTIFIER_INTEGER, 7)


def data(*parameters: Parameter, kind: int = Maup.DATA) -> Message:
    return Message(MessageClass.MAUP, kind, (INTERFACE, *parameters))


def test_data_is_read_and_written() -> None:
    octets = bytes.fromhex("01 00 06 01 0000001C  0001 0008 00000007  0300 0009 8301020304 000000")
    message = data(Parameter(ParameterTag.PROTOCOL_DATA_1, bytes.fromhex("8301020304")))
    assert Message.decode(octets) == message
    assert message.encode() == octets
    assert message.msu() == bytes.fromhex("8301020304")


@pytest.mark.parametrize(
    "kind", [Maup.DATA, Maup.DATA_RETRIEVAL_INDICATION, Maup.DATA_RETRIEVAL_COMPLETE_INDICATION]
)
def test_an_msu_comes_as_data_or_is_retrieved(kind: Maup) -> None:
    assert data(Parameter(ParameterTag.PROTOCOL_DATA_1, MSU), kind=kind).msu() == MSU


def test_protocol_data_2_has_a_length_before_the_msu() -> None:
    assert data(Parameter(ParameterTag.PROTOCOL_DATA_2, b"\x3f" + MSU)).msu() == MSU


def test_other_messages_carry_no_msu() -> None:
    assert data(Parameter(ParameterTag.PROTOCOL_DATA_1, MSU), kind=Maup.STATE_REQUEST).msu() is None
    assert data(kind=Maup.DATA_RETRIEVAL_COMPLETE_INDICATION).msu() is None


def test_data_without_an_msu_is_malformed() -> None:
    with pytest.raises(DecodeError) as caught:
        data().msu()
    assert (caught.value.field, caught.value.counted_as) == ("protocol_data", "m2ua_malformed")


def test_every_truncation_is_told() -> None:
    octets = data(Parameter(ParameterTag.PROTOCOL_DATA_1, MSU)).encode()
    for cut in range(len(octets)):
        assert type(fault_of(Message.decode, octets[:cut])) is Truncated


@given(st.binary(max_size=40))
def test_any_octets_are_a_message_or_refused(octets: bytes) -> None:
    error = fault_of(Message.decode, octets)
    assert error is None or error.clause == "RFC 3331 §3.1"


# What tshark reads.
@pytest.mark.tshark
def test_tshark_finds_the_same_msu() -> None:
    message = data(Parameter(ParameterTag.PROTOCOL_DATA_1, MSU))
    (read,) = dissect([in_sctp(message.encode(), M2UA)], RAW_IP)
    assert read["m2ua.message_class"] == [str(int(MessageClass.MAUP))]
    assert read["m2ua.interface_identifier_int"] == ["7"]
    assert [int(each, 0) for each in read["m2ua.parameter_tag"]] == [0x0001, 0x0300]
    assert read["mtp3.opc"] == [str(0x0A141E)]
    assert read["ansi_tcap.identifier"] == ["00:00:00:01"]
    assert "_ws.malformed" not in read
