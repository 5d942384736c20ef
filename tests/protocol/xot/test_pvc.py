"""RFC 1613 §6.5, PVC setup."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carriers import RAW_IP, XOT_PORT, in_tcp
from is41.errors import DecodeError, EncodeError, Truncated
from is41.xot.codes import PvcStatus
from is41.xot.messages import Message
from is41.xot.pvc import PvcSetup
from messages import U8, U16, fault_of
from tshark import dissect

SETUP: Final = PvcSetup(
    initiator=b"Serial0",
    initiator_lcn=1,
    responder=b"Serial1/2",
    responder_lcn=0x123,
    incoming_window=2,
    outgoing_window=3,
    incoming_packet_size=7,
    outgoing_packet_size=8,
)
OCTETS: Final = bytes.fromhex(
    "1000 F5 81 00  07 0001  09 0123  02 03 07 08  53657269616C30  53657269616C312F32"
)
NAMES: Final = st.binary(max_size=12)


def test_a_setup_is_read_and_written() -> None:
    assert PvcSetup.decode(OCTETS) == SETUP
    assert SETUP.encode() == OCTETS


@given(
    st.builds(
        PvcSetup,
        lcn=st.integers(0, 0xFFF),
        modulo=st.sampled_from([8, 128]),
        status=U8,
        initiator=NAMES,
        initiator_lcn=U16,
        responder=NAMES,
        responder_lcn=U16,
        incoming_window=U8,
        outgoing_window=U8,
        incoming_packet_size=U8,
        outgoing_packet_size=U8,
    )
)
def test_a_setup_is_read_back(setup: PvcSetup) -> None:
    octets = setup.encode()
    assert PvcSetup.decode(octets) == setup
    for cut in range(len(octets)):
        assert type(fault_of(PvcSetup.decode, octets[:cut])) is Truncated


def test_a_status_is_named_where_the_table_has_it() -> None:
    answer = replace(SETUP, status=PvcStatus.NO_SUCH_DESTINATION_PVC)
    assert type(PvcSetup.decode(answer.encode()).status) is PvcStatus
    assert PvcSetup.decode(replace(SETUP, status=0x77).encode()).status == 0x77


@pytest.mark.parametrize(
    ("octets", "field"),
    [
        (b"\x10\0\xf4" + OCTETS[3:], "packet_type"),
        (b"\x10\0\xf5\x80" + OCTETS[4:], "version"),
        (OCTETS + b"\0", "end"),
    ],
)
def test_another_packet_is_malformed(octets: bytes, field: str) -> None:
    error = fault_of(PvcSetup.decode, octets)
    assert type(error) is DecodeError
    assert (error.field, error.counted_as) == (field, "xot_pvc_malformed")


@given(st.binary(max_size=30))
def test_any_octets_are_a_setup_or_refused(rest: bytes) -> None:
    octets = OCTETS[:4] + rest
    if fault_of(PvcSetup.decode, octets) is None:
        setup = PvcSetup.decode(octets)
        assert PvcSetup.decode(setup.encode()) == setup
    assert rest[2:4] == b"\xf5\x81" or fault_of(PvcSetup.decode, rest) is not None


@pytest.mark.parametrize(
    "setup",
    [
        replace(SETUP, modulo=9),
        replace(SETUP, lcn=0x1000),
        replace(SETUP, responder_lcn=0x10000),
        replace(SETUP, initiator=bytes(256)),
        replace(SETUP, incoming_window=-1),
    ],
)
def test_a_setup_that_cannot_be_is_the_callers_fault(setup: PvcSetup) -> None:
    with pytest.raises(EncodeError):
        setup.encode()


# What tshark reads.
@pytest.mark.tshark
def test_tshark_finds_the_same_fields() -> None:
    (read,) = dissect(in_tcp([Message(OCTETS).encode()], XOT_PORT), RAW_IP)
    assert [int(each, 0) for each in read["xot.pvc.status"]] == [0]
    assert read["xot.pvc.init_itf_name"] == ["Serial0"]
    assert read["xot.pvc.resp_itf_name"] == ["Serial1/2"]
    for ours, its in {
        "initiator_lcn": "init_lcn",
        "responder_lcn": "resp_lcn",
        "incoming_window": "send_inc_window",
        "outgoing_window": "send_out_window",
    }.items():
        assert [int(each, 0) for each in read[f"xot.pvc.{its}"]] == [getattr(SETUP, ours)]
    assert read["xot.pvc.send_inc_pkt_size"] == ["7"]
    assert read["xot.pvc.send_out_pkt_size"] == ["8"]
