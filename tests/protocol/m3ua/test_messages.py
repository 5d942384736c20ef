"""RFC 4666 §3, messages: DATA and what else an association needs."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import TCP
from scapy.utils import rdpcap

from carriers import M3UA, RAW_IP, in_sctp
from is41.adaptation.messages import Parameter, read_header
from is41.errors import DecodeError, EncodeError, Truncated
from is41.m3ua.codes import (
    Aspsm,
    Asptm,
    AsState,
    MessageClass,
    Mgmt,
    ParameterTag,
    StatusType,
    TrafficMode,
    Transfer,
)
from is41.m3ua.messages import Message, ProtocolData, Status
from is41.mtp.codes import NetworkIndicator, ServiceIndicator
from is41.mtp.msu import Msu
from is41.mtp.pointcode import PointCode
from messages import TESTS, U8, U16, U32, fault_of, vectors
from tshark import dissect

VECTORS: Final = vectors("m3ua")
CONTEXT: Final = Parameter.of(ParameterTag.ROUTING_CONTEXT, 1)
LOADSHARE: Final = Parameter.of(ParameterTag.TRAFFIC_MODE_TYPE, TrafficMode.LOADSHARE)
BEAT: Final = Parameter(ParameterTag.HEARTBEAT_DATA, b"beat")
UDT: Final = vectors("sccp_udt_regnot_inv_full")["sccp_udt_regnot_inv_full"]
REGNOT: Final = ProtocolData(opc=0x0A141E, dpc=0x0A1428, sls=5, data=UDT)

point_codes = st.builds(PointCode, U8, U8, U8)


def status(state: AsState) -> Parameter:
    return Parameter(ParameterTag.STATUS, Status(StatusType.AS_STATE_CHANGE, state).encode())


def data(protocol_data: ProtocolData) -> Message:
    parameters = (
        Parameter.of(ParameterTag.NETWORK_APPEARANCE, 1),
        CONTEXT,
        Parameter(ParameterTag.PROTOCOL_DATA, protocol_data.encode()),
    )
    return Message(MessageClass.TRANSFER, Transfer.DATA, parameters)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("m3ua_00", Message(MessageClass.ASPSM, Aspsm.UP)),
        ("m3ua_01", Message(MessageClass.ASPSM, Aspsm.UP_ACK)),
        ("m3ua_02", Message(MessageClass.MGMT, Mgmt.NTFY, (status(AsState.AS_INACTIVE),))),
        ("m3ua_03", Message(MessageClass.ASPTM, Asptm.ACTIVE, (LOADSHARE, CONTEXT))),
        ("m3ua_04", Message(MessageClass.ASPTM, Asptm.ACTIVE_ACK, (LOADSHARE, CONTEXT))),
        ("m3ua_05", Message(MessageClass.MGMT, Mgmt.NTFY, (status(AsState.AS_ACTIVE), CONTEXT))),
        ("m3ua_08", Message(MessageClass.ASPSM, Aspsm.BEAT, (BEAT,))),
        ("m3ua_09", Message(MessageClass.ASPSM, Aspsm.BEAT_ACK, (BEAT,))),
    ],
)
def test_a_vector_is_read_and_written(name: str, message: Message) -> None:
    assert Message.decode(VECTORS[name]) == message
    assert message.encode() == VECTORS[name]


@pytest.mark.parametrize("name", sorted(VECTORS))
def test_a_vector_is_written_again_octet_for_octet(name: str) -> None:
    assert Message.decode(VECTORS[name]).encode() == VECTORS[name]


def test_data_holds_the_message_and_both_point_codes() -> None:
    message = Message.decode(VECTORS["m3ua_06"])
    assert message.protocol_data() == REGNOT
    assert data(REGNOT).protocol_data() == REGNOT
    assert REGNOT.msu() == Msu(
        dpc=PointCode(10, 20, 40), opc=PointCode(10, 20, 30), sls=5, payload=UDT
    )


def test_other_messages_hold_no_data() -> None:
    assert Message.decode(VECTORS["m3ua_00"]).protocol_data() is None
    odd = Message(MessageClass.MGMT, 1, data(REGNOT).parameters)
    assert odd.protocol_data() is None


def test_data_without_protocol_data_is_malformed() -> None:
    with pytest.raises(DecodeError) as caught:
        Message(MessageClass.TRANSFER, Transfer.DATA, (CONTEXT,)).protocol_data()
    assert caught.value.field == "protocol_data"


def test_a_capture_of_tcp_holds_the_vectors_one_after_the_other() -> None:
    packets = rdpcap(str(TESTS / "captures" / "m3ua_tcp.pcap"))
    found = []
    for packet in packets:
        octets = bytes(packet[TCP].payload) if TCP in packet else b""
        while len(octets) >= 8 and octets[0] == 1:
            length = read_header(octets, "m3ua", "RFC 4666 §3.1").length
            found.append(Message.decode(octets[:length]))
            octets = octets[length:]
    assert [each.encode() for each in found] == list(VECTORS.values())


PROTOCOL_DATA: Final = st.builds(
    ProtocolData, opc=U32, dpc=U32, si=U8, ni=U8, mp=U8, sls=U8, data=st.binary(max_size=40)
)


@given(PROTOCOL_DATA)
def test_protocol_data_is_read_back(protocol_data: ProtocolData) -> None:
    octets = data(protocol_data).encode()
    assert Message.decode(octets).protocol_data() == protocol_data


@given(U16, U16)
def test_a_status_is_read_back(status_type: int, information: int) -> None:
    octets = Status(status_type, information).encode()
    assert Status.decode(octets) == Status(status_type, information)
    assert type(fault_of(Status.decode, octets[:3])) is Truncated


@pytest.mark.parametrize("length", range(12))
def test_protocol_data_cut_short_is_truncated(length: int) -> None:
    error = fault_of(ProtocolData.decode, bytes(length))
    assert type(error) is Truncated
    assert (error.counted_as, error.clause) == ("m3ua_truncated", "RFC 4666 §3.3.1")


def test_indicators_are_named_where_the_table_has_them() -> None:
    octets = bytes.fromhex("000A141E 000A1428 03 02 00 05")
    assert type(ProtocolData.decode(octets).si) is ServiceIndicator
    assert type(ProtocolData.decode(octets).ni) is NetworkIndicator
    assert ProtocolData.decode(octets[:8] + b"\x77\x77\0\0").si == 0x77


@pytest.mark.parametrize(
    ("field", "value"), [("si", 16), ("ni", 4), ("mp", 4), ("opc", 1 << 24), ("dpc", 1 << 24)]
)
def test_what_has_no_room_in_a_message_signal_unit_is_told(field: str, value: int) -> None:
    protocol_data = replace(REGNOT, **{field: value})  # type: ignore[arg-type]
    assert ProtocolData.decode(protocol_data.encode()) == protocol_data
    with pytest.raises(DecodeError):
        protocol_data.msu()


def test_protocol_data_that_cannot_be_is_the_callers_fault() -> None:
    with pytest.raises(EncodeError):
        replace(REGNOT, sls=256).encode()


# What tshark reads.
@pytest.mark.tshark
def test_tshark_finds_the_same_messages() -> None:
    messages = [Message.decode(octets) for octets in VECTORS.values()]
    packets = [in_sctp(message.encode(), M3UA) for message in messages]
    for message, read in zip(messages, dissect(packets, RAW_IP), strict=True):
        assert read["m3ua.message_class"] == [str(int(message.message_class))]
        assert read["m3ua.message_type"] == [str(int(message.message_type))]
        tags = [int(each) for each in read.get("m3ua.parameter_tag", [])]
        assert tags == [tag for tag, _ in message.parameters]
        assert "_ws.malformed" not in read


@pytest.mark.tshark
def test_tshark_finds_the_same_protocol_data() -> None:
    units = [replace(REGNOT, mp=mp, sls=sls) for mp, sls in ((0, 0), (1, 5), (3, 255))]
    packets = [in_sctp(data(unit).encode(), M3UA) for unit in units]
    for unit, read in zip(units, dissect(packets, RAW_IP), strict=True):
        for name in ("opc", "dpc", "si", "ni", "mp", "sls"):
            assert read[f"m3ua.protocol_data_{name}"] == [str(int(getattr(unit, name)))]
        assert read["mtp3.opc"] == [str(unit.opc)]
        assert read["sccp.called.ssn"] == ["6"]
        assert read["ansi_tcap.identifier"] == ["00:00:00:02"]


@given(st.builds(ProtocolData, opc=U32, dpc=U32, si=U8, ni=U8, mp=U8, sls=U8, data=st.binary()))
def test_an_msu_becomes_protocol_data_again(protocol_data: ProtocolData) -> None:
    try:
        msu = protocol_data.msu()
    except DecodeError:
        return
    assert ProtocolData.of(msu) == protocol_data


@given(st.builds(Msu, opc=point_codes, dpc=point_codes, payload=st.binary(max_size=20)))
def test_protocol_data_says_what_an_msu_says(msu: Msu) -> None:
    assert ProtocolData.of(msu).msu() == msu
