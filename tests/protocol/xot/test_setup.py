"""X.25 §6.12 and §7, RFC 1613 §6.1 and §6.5: how both ends agree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.x25.codes import Diagnostic, FacilityCode, PacketType
from is41.x25.facilities import Facility
from is41.x25.faults import Fault
from is41.x25.flow import Terms
from is41.x25.packets import CallSetup, decode
from is41.xot.codes import PvcStatus
from is41.xot.pvc import PvcSetup
from is41.xot.settings import PACKET_LENGTHS, Pvc, Settings
from is41.xot.setup import accepted, answer, call, check_pvc, pvc_answer, pvc_request, pvc_terms

PVC = Settings(
    pvc=Pvc(initiator="Serial0", initiator_lcn=3, responder="clone", responder_lcn=4), window=3
)


def settings_of(modulo: int) -> st.SearchStrategy[Settings]:
    return st.builds(
        Settings,
        modulo=st.just(modulo),
        window=st.integers(1, modulo - 1),
        packet_length=st.sampled_from(PACKET_LENGTHS),
    )


def refused(of: Any, *arguments: Any) -> Diagnostic:
    with pytest.raises(Fault) as caught:
        of(*arguments)
    return caught.value.diagnostic


def test_a_call_names_packet_length_and_window() -> None:
    settings = Settings(
        window=4, packet_length=256, user_data=b"\xc0", called="3110", calling="22", lcn=9
    )
    assert call(settings).encode() == bytes.fromhex("10090B 24 311022 06 420808 430404 C0")


@given(st.data(), st.sampled_from([8, 128]))
def test_what_one_end_answers_the_other_end_agrees_to(data: st.DataObject, modulo: int) -> None:
    caller, called = (data.draw(settings_of(modulo)) for _ in range(2))
    request = decode(call(caller).encode())
    assert isinstance(request, CallSetup)
    sent, theirs = answer(request, called)
    reply = decode(sent.encode())
    assert isinstance(reply, CallSetup)
    ours = accepted(reply, caller)
    assert ours == Terms(
        modulo, theirs.window_out, theirs.window_in, theirs.length_out, theirs.length_in
    )
    assert ours.window_in <= max(2, caller.window)
    assert ours.window_in <= max(2, called.window)
    assert ours.length_in <= max(128, called.packet_length)


def test_a_call_that_leaves_sizes_out_is_told_them() -> None:
    sent, terms = answer(replace(call(Settings()), facilities=()), Settings(window=7))
    assert terms == Terms(8, 2, 2, 128, 128)
    assert sent.facilities == (
        Facility(FacilityCode.PACKET_SIZE, b"\x07\x07"),
        Facility(FacilityCode.WINDOW_SIZE, b"\x02\x02"),
    )


def test_each_direction_has_its_own_sizes() -> None:
    facilities = (
        Facility(FacilityCode.PACKET_SIZE, b"\x06\x0a"),
        Facility(FacilityCode.WINDOW_SIZE, b"\x01\x05"),
    )
    request = replace(call(Settings()), facilities=facilities)
    _, terms = answer(request, Settings(window=7, packet_length=4096))
    assert terms == Terms(8, window_in=5, window_out=1, length_in=1024, length_out=64)


def test_call_user_data_must_be_those_configured() -> None:
    request = call(Settings(user_data=b"\xc1"))
    answer(request, Settings())
    answer(request, Settings(user_data=b"\xc1"))
    assert refused(answer, request, Settings(user_data=b"\xc2")) == Diagnostic.UNKNOWN_PROTOCOL


@pytest.mark.parametrize(
    ("code", "parameter"),
    [
        (FacilityCode.PACKET_SIZE, b"\x03\x07"),
        (FacilityCode.PACKET_SIZE, b"\x0d\x07"),
        (FacilityCode.WINDOW_SIZE, b"\x00\x02"),
        (FacilityCode.WINDOW_SIZE, b"\x08\x02"),
    ],
)
def test_sizes_that_cannot_be_are_refused(code: FacilityCode, parameter: bytes) -> None:
    request = replace(call(Settings()), facilities=(Facility(code, parameter),))
    assert refused(answer, request, Settings()) == Diagnostic.FACILITY_PARAMETER


def test_an_answer_beyond_what_was_proposed_is_refused() -> None:
    reply, _ = answer(call(Settings(window=4)), Settings(window=4))
    assert accepted(reply, Settings(window=5)).window_in == 4
    assert refused(accepted, reply, Settings(window=3)) == Diagnostic.FACILITY_PARAMETER
    other = replace(reply, modulo=128)
    assert refused(accepted, other, Settings(window=4)) == Diagnostic.INVALID_FORMAT


def test_an_answer_without_facilities_means_what_was_proposed() -> None:
    reply = CallSetup(packet_type=PacketType.CALL_ACCEPTED, lcn=1)
    assert accepted(reply, Settings(window=6, packet_length=512)) == Terms(8, 6, 6, 512, 512)


def test_a_responder_agrees_to_what_it_is_configured_with() -> None:
    request = PvcSetup.decode(pvc_request(PVC).encode())
    reply = pvc_answer(replace(request, responder=b"CLONE", lcn=77), PVC)
    assert (reply.status, reply.lcn) == (PvcStatus.WAITING_TO_CONNECT, 77)
    check_pvc(reply)
    assert pvc_terms(PVC) == Terms(8, 3, 3, 128, 128)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"status": 0x10}, PvcStatus.PROTOCOL_ERROR),
        ({"responder": b"other"}, PvcStatus.NO_SUCH_DESTINATION_INTERFACE),
        ({"responder_lcn": 5}, PvcStatus.NO_SUCH_DESTINATION_PVC),
        ({"initiator": b"other"}, PvcStatus.PVC_CONFIGURATION_MISMATCH),
        ({"initiator_lcn": 5}, PvcStatus.PVC_CONFIGURATION_MISMATCH),
        ({"modulo": 128}, PvcStatus.FLOW_CONTROL_MISMATCH),
        ({"incoming_window": 2}, PvcStatus.FLOW_CONTROL_MISMATCH),
        ({"outgoing_packet_size": 8}, PvcStatus.FLOW_CONTROL_MISMATCH),
    ],
)
def test_a_responder_says_what_does_not_fit(change: dict[str, Any], status: PvcStatus) -> None:
    reply = pvc_answer(replace(pvc_request(PVC), **change), PVC)
    assert reply.status == status
    with pytest.raises(Fault, match=status.name):
        check_pvc(reply)


def test_a_status_that_has_no_name_is_a_number() -> None:
    with pytest.raises(Fault, match="status 0x55"):
        check_pvc(replace(pvc_request(PVC), status=0x55))
