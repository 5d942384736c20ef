"""RFC 3868 §3, messages: CLDT and CLDR in SCCP's terms."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carriers import RAW_IP, SUA, in_sctp
from is41.adaptation.messages import Parameter
from is41.errors import DecodeError, EncodeError, Truncated
from is41.mtp.pointcode import PointCode
from is41.sccp.codes import ReturnCause
from is41.sua.addresses import Address, GlobalTitle
from is41.sua.codes import Connectionless, MessageClass, ParameterTag, RoutingIndicator
from is41.sua.messages import Message, Segmentation, Unitdata
from messages import U8, fault_of, vectors
from tshark import dissect

PACKAGE: Final = vectors("tcap_regnot_inv_min")["tcap_regnot_inv_min"]
CONTEXT: Final = Parameter.of(ParameterTag.ROUTING_CONTEXT, 1)
BOTH: Final = frozenset({ParameterTag.POINT_CODE, ParameterTag.SUBSYSTEM_NUMBER})
MSC: Final = Address(included=BOTH, point_code=PointCode(10, 20, 30), subsystem=8)
HLR: Final = Address(
    routing_indicator=RoutingIndicator.GLOBAL_TITLE,
    included=BOTH | {ParameterTag.GLOBAL_TITLE},
    global_title=GlobalTitle(indicator=2, translation_type=14, digits="5551234567"),
    point_code=PointCode(10, 20, 40),
    subsystem=6,
)
REGNOT: Final = Unitdata(
    source=MSC.encode(), destination=HLR.encode(), data=PACKAGE, return_on_error=True
)
RETURNED: Final = Unitdata(
    source=HLR.encode(),
    destination=MSC.encode(),
    data=PACKAGE,
    return_cause=ReturnCause.UNEQUIPPED_USER,
)
SEGMENTATIONS: Final = st.builds(
    Segmentation, st.booleans(), st.integers(0, 127), st.integers(0, 0xFFFFFF)
)


def test_cldt_is_read_and_written() -> None:
    octets = bytes.fromhex(
        "01 00 07 01 00000048"
        "0006 0008 00000001"
        "0115 0008 00000081"
        "0102 0010 0002 0001 8003 0008 00000008"
        "0103 0010 0002 0001 8003 0008 00000006"
        "0116 0008 00000000"
        "010B 0005 E2 000000"
    )
    subsystem = frozenset({ParameterTag.SUBSYSTEM_NUMBER})
    unitdata = Unitdata(
        source=Address(included=subsystem, subsystem=8).encode(),
        destination=Address(included=subsystem, subsystem=6).encode(),
        data=b"\xe2",
        protocol_class=1,
        return_on_error=True,
    )
    assert Unitdata.of(Message.decode(octets)) == unitdata
    assert unitdata.message(CONTEXT).encode() == octets


def test_cldr_tells_why_it_came_back() -> None:
    message = RETURNED.message(CONTEXT)
    assert message.kind == (MessageClass.CONNECTIONLESS, Connectionless.CLDR)
    assert message.value(ParameterTag.SCCP_CAUSE) == bytes.fromhex("00000104")
    assert Unitdata.of(message) == RETURNED


def test_cldr_may_bring_nothing_back() -> None:
    message = RETURNED.message()
    without = replace(message, parameters=message.parameters[:-1])
    assert Unitdata.of(without) == replace(RETURNED, data=b"")


def test_other_messages_are_no_unitdata() -> None:
    assert Unitdata.of(Message(MessageClass.ASPSM, 1)) is None
    assert Unitdata.of(Message(MessageClass.CONNECTIONLESS, 3)) is None


@given(
    st.builds(
        Unitdata,
        source=st.binary(max_size=9),
        destination=st.binary(max_size=9),
        data=st.binary(max_size=40),
        protocol_class=st.integers(0, 3),
        return_on_error=st.booleans(),
        segmentation=st.none() | SEGMENTATIONS,
    )
    | st.builds(
        Unitdata,
        source=st.binary(max_size=9),
        destination=st.binary(max_size=9),
        data=st.binary(max_size=40),
        segmentation=st.none() | SEGMENTATIONS,
        return_cause=U8,
    )
)
def test_a_message_is_read_back(unitdata: Unitdata) -> None:
    message = Message.decode(unitdata.message(CONTEXT).encode())
    assert Unitdata.of(message) == unitdata


@pytest.mark.parametrize(
    "tag", [ParameterTag.SOURCE_ADDRESS, ParameterTag.DESTINATION_ADDRESS, ParameterTag.DATA]
)
def test_a_message_without_what_it_needs_is_malformed(tag: ParameterTag) -> None:
    message = REGNOT.message()
    left = tuple(each for each in message.parameters if each.tag != tag)
    with pytest.raises(DecodeError) as caught:
        Unitdata.of(replace(message, parameters=left))
    assert caught.value.field == tag.name.lower()


def test_every_truncation_is_told() -> None:
    octets = REGNOT.message(CONTEXT).encode()
    for cut in range(len(octets)):
        assert type(fault_of(Message.decode, octets[:cut])) is Truncated


@given(st.lists(st.tuples(st.sampled_from(ParameterTag), st.binary(max_size=5)), max_size=8))
def test_any_parameters_are_unitdata_or_refused(values: list[tuple[int, bytes]]) -> None:
    parameters = tuple(Parameter(*each) for each in values)
    for kind in Connectionless:
        message = Message(MessageClass.CONNECTIONLESS, kind, parameters)
        error = fault_of(lambda octets: Unitdata.of(Message.decode(octets)), message.encode())
        assert error is None or error.what == "sua"


@pytest.mark.parametrize(
    "unitdata",
    [
        replace(REGNOT, protocol_class=4),
        replace(REGNOT, segmentation=Segmentation(True, 128, 0)),
        replace(RETURNED, return_cause=256),
    ],
)
def test_unitdata_that_cannot_be_is_the_callers_fault(unitdata: Unitdata) -> None:
    with pytest.raises(EncodeError):
        unitdata.message()


# What tshark reads.
@pytest.mark.tshark
def test_tshark_finds_the_same_fields() -> None:
    segment = replace(REGNOT, segmentation=Segmentation(True, 3, 0x010203))
    units = [REGNOT, segment, RETURNED]
    packets = [in_sctp(unit.message(CONTEXT).encode(), SUA) for unit in units]
    for unit, read in zip(units, dissect(packets, RAW_IP), strict=True):
        for side, octets in (("source", unit.source), ("destination", unit.destination)):
            address = Address.decode(octets)
            assert read[f"sua.{side}.routing_indicator"] == [str(int(address.routing_indicator))]
            assert read[f"sua.{side}.ssn"] == [str(address.subsystem)]
            assert address.point_code is not None
            assert [int(each) for each in read[f"sua.{side}.point_code"]] == [
                int(address.point_code)
            ]
            if address.global_title is not None:
                assert read[f"sua.{side}.global_title_digits"] == [address.global_title.digits]
        if unit.return_cause is None:
            assert read["sua.protocol_class_class"] == [str(unit.protocol_class)]
            assert read["sua.protocol_class_return_on_error_bit"] == [
                str(int(unit.return_on_error))
            ]
        else:
            assert [int(each, 0) for each in read["sua.sccp_cause_value"]] == [unit.return_cause]
        if unit.segmentation is not None:
            assert read["sua.segmentation_number_of_remaining_segments"] == ["3"]
            assert [int(each, 0) for each in read["sua.segmentation_reference"]] == [0x010203]
        assert read["ansi_tcap.identifier"] == ["00:00:00:01"]
        assert "_ws.malformed" not in read
