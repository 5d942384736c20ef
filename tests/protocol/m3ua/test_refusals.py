"""RFC 4666 §3.8.1: what is wrong with a message, and which ERR says so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from associations import MSU, data
from is41.adaptation.messages import Parameter
from is41.m3ua.codes import Asptm, ErrorCode, MessageClass, Mgmt, ParameterTag
from is41.m3ua.messages import Message
from is41.m3ua.refusals import (
    Refusal,
    blocked,
    check_appearance,
    check_mode,
    check_routing,
    msu_of,
    name_of,
    read,
    routing_contexts,
    unexpected,
)
from is41.m3ua.settings import Settings

CONTEXT = Parameter.of(ParameterTag.ROUTING_CONTEXT, 7)
TWO_CONTEXTS = Parameter(ParameterTag.ROUTING_CONTEXT, bytes.fromhex("00000008 00000007"))


def active(*parameters: Parameter) -> Message:
    return Message(MessageClass.ASPTM, Asptm.ACTIVE, parameters)


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        ("0100 0C01 00000008", ErrorCode.UNSUPPORTED_MESSAGE_CLASS),
        ("0100 0901 00000008", ErrorCode.UNSUPPORTED_MESSAGE_CLASS),  # routing key management
        ("0100 0309 00000008", ErrorCode.UNSUPPORTED_MESSAGE_TYPE),
        ("0100 0301 0000000C 00040009", ErrorCode.PROTOCOL_ERROR),
    ],
)
def test_what_cannot_be_read_is_refused(octets: str, code: ErrorCode) -> None:
    with pytest.raises(Refusal) as caught:
        read(bytes.fromhex(octets))
    assert caught.value.code == code


def test_err_shows_the_message_it_is_about() -> None:
    octets = data(CONTEXT).encode()
    answer = unexpected(data(CONTEXT), "ASP_DOWN").answer(octets)
    assert answer.kind == (MessageClass.MGMT, Mgmt.ERR)
    assert answer.parameters == (
        Parameter.of(ParameterTag.ERROR_CODE, ErrorCode.UNEXPECTED_MESSAGE),
        CONTEXT,
        Parameter(ParameterTag.DIAGNOSTIC_INFORMATION, octets[:40]),
    )


def test_routing_contexts_are_all_read() -> None:
    assert routing_contexts(active(CONTEXT, TWO_CONTEXTS)) == [7, 8, 7]
    for value in (b"", b"\0\0\0\7\0"):
        with pytest.raises(Refusal) as caught:
            routing_contexts(active(Parameter(ParameterTag.ROUTING_CONTEXT, value)))
        assert caught.value.code == ErrorCode.PARAMETER_FIELD_ERROR


@pytest.mark.parametrize("ours", [None, 7])
def test_our_routing_context_none_at_all_or_any_is_taken(ours: int | None) -> None:
    settings = Settings(routing_context=ours)
    for parameters in ((), (CONTEXT,), (TWO_CONTEXTS,)):
        check_routing(active(*parameters), settings)


def test_other_routing_contexts_are_refused_by_number() -> None:
    with pytest.raises(Refusal) as caught:
        check_routing(active(TWO_CONTEXTS), Settings(routing_context=9))
    assert caught.value.code == ErrorCode.INVALID_ROUTING_CONTEXT
    assert "8, 7, not 9" in caught.value.error.reason
    assert caught.value.parameters == (TWO_CONTEXTS,)


def test_another_network_appearance_is_refused() -> None:
    message = data(Parameter.of(ParameterTag.NETWORK_APPEARANCE, 5))
    check_appearance(message, Settings())
    check_appearance(message, Settings(network_appearance=5))
    with pytest.raises(Refusal) as caught:
        check_appearance(message, Settings(network_appearance=6))
    assert caught.value.code == ErrorCode.INVALID_NETWORK_APPEARANCE


def test_a_traffic_mode_that_does_not_exist_is_refused() -> None:
    check_mode(active())
    check_mode(active(Parameter.of(ParameterTag.TRAFFIC_MODE_TYPE, 3)))
    with pytest.raises(Refusal) as caught:
        check_mode(active(Parameter.of(ParameterTag.TRAFFIC_MODE_TYPE, 4)))
    assert caught.value.code == ErrorCode.UNSUPPORTED_TRAFFIC_MODE_TYPE


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (Message(MessageClass.TRANSFER, 1), ErrorCode.MISSING_PARAMETER),
        (data(*data().parameters), ErrorCode.UNEXPECTED_PARAMETER),
        (data(CONTEXT), ErrorCode.INVALID_ROUTING_CONTEXT),
        (
            Message(MessageClass.TRANSFER, 1, (Parameter(ParameterTag.PROTOCOL_DATA, bytes(9)),)),
            ErrorCode.PARAMETER_FIELD_ERROR,
        ),
        (
            Message(MessageClass.TRANSFER, 1, (Parameter(ParameterTag.PROTOCOL_DATA, b"\1" * 20),)),
            ErrorCode.PARAMETER_FIELD_ERROR,
        ),
    ],
)
def test_data_that_carries_no_msu_of_ours_is_refused(message: Message, code: ErrorCode) -> None:
    with pytest.raises(Refusal) as caught:
        msu_of(message, Settings(routing_context=8))
    assert caught.value.code == code


def test_data_carries_an_msu() -> None:
    assert msu_of(data(CONTEXT), Settings(routing_context=7)) == MSU


def test_blocking_names_the_routing_context() -> None:
    refusal = blocked(active(CONTEXT))
    assert (refusal.code, refusal.parameters) == (
        ErrorCode.REFUSED_MANAGEMENT_BLOCKING,
        (CONTEXT,),
    )


def test_messages_are_called_by_their_types() -> None:
    assert name_of(active()) == "ACTIVE"
    assert name_of(Message(200, 7)) == "7"


@given(st.binary(max_size=80))
def test_any_octets_are_read_or_refused(octets: bytes) -> None:
    whole = octets[:4] + (8 + len(octets[4:])).to_bytes(4) + octets[4:]
    answer: Message | None = None
    try:
        read(whole)
    except Refusal as refusal:
        answer = refusal.answer(whole)
    assert answer is None or Message.decode(answer.encode()) == answer
