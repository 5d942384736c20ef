"""T1.112.3 chapter 4: unitdata, extended and long unitdata, and what comes back of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.errors import EncodeError, Truncated, Unsupported
from is41.sccp.codes import MessageType, OptionalName, ReturnCause
from is41.sccp.messages import Unitdata, UnitdataService, data_offset, decode, is_segment
from is41.sccp.parts import OptionalParameter
from messages import (
    SCCP_MESSAGES,
    arranged,
    fault_of,
    prefixed,
    vectors,
)
from tshark import SCCP, dissect

VECTORS: Final = vectors("sccp")
CALLED: Final = bytes.fromhex("C3 06 28 14 0A")
CALLING: Final = bytes.fromhex("C3 08 1E 14 0A")
PACKAGE: Final = vectors("tcap_regnot_inv_min")["tcap_regnot_inv_min"]
UDT: Final = Unitdata(called=CALLED, calling=CALLING, data=PACKAGE)
XUDT: Final = replace(UDT, message_type=MessageType.XUDT, hop_counter=15)
LUDT: Final = replace(XUDT, message_type=MessageType.LUDT)
UDTS: Final = UnitdataService(
    return_cause=ReturnCause.UNEQUIPPED_USER, called=CALLED, calling=CALLING, data=PACKAGE
)
XUDTS: Final = replace(UDTS, message_type=MessageType.XUDTS, hop_counter=15)
LUDTS: Final = replace(XUDTS, message_type=MessageType.LUDTS)
SEGMENTATION: Final = OptionalParameter(OptionalName.SEGMENTATION, bytes.fromhex("C1 000001"))
IMPORTANCE: Final = OptionalParameter(OptionalName.IMPORTANCE, b"\3")


@pytest.mark.parametrize(
    ("name", "message"), [("sccp_udt_regnot_inv_min", UDT), ("sccp_xudt_single_regnot", XUDT)]
)
def test_a_vector_is_read_and_written(name: str, message: Unitdata) -> None:
    assert decode(VECTORS[name]) == message
    assert message.encode() == VECTORS[name]


@pytest.mark.parametrize("name", sorted(VECTORS))
def test_a_vector_is_written_again_octet_for_octet(name: str) -> None:
    assert decode(VECTORS[name]).encode() == VECTORS[name]


FIELDS: Final = "02 C106  02 C108  01 E2"


@pytest.mark.parametrize(
    ("octets", "message"),
    [
        ("09 81 03 05 07" + FIELDS, replace(UDT, message_handling=8, protocol_class=1)),
        ("0A 04 03 05 07" + FIELDS, UDTS),
        ("11 00 0F 04 06 08 00" + FIELDS, XUDT),
        (
            "11 00 0F 04 06 08 09" + FIELDS + "10 04 C1000001 12 01 03 00",
            replace(XUDT, optional=(SEGMENTATION, IMPORTANCE)),
        ),
        ("12 04 0F 04 06 08 00" + FIELDS, XUDTS),
        ("12 04 0F 04 06 08 09" + FIELDS + "00", replace(XUDTS, optional=())),
        ("13 00 0F 0700 0800 0900 0000 02 C106  02 C108  0100 E2", LUDT),
        (
            "13 00 0F 0700 0800 0900 0A00 02 C106  02 C108  0100 E2 12 01 03 00",
            replace(LUDT, optional=(IMPORTANCE,)),
        ),
        ("14 04 0F 0700 0800 0900 0000 02 C106  02 C108  0100 E2", LUDTS),
    ],
)
def test_all_six_messages_are_read_and_written(
    octets: str, message: Unitdata | UnitdataService
) -> None:
    expected = replace(message, called=b"\xc1\6", calling=b"\xc1\x08", data=b"\xe2")
    whole = bytes.fromhex(octets)
    assert decode(whole) == expected
    assert expected.encode() == whole
    assert whole[data_offset(whole) :][:1] == b"\xe2"


@given(SCCP_MESSAGES)
def test_a_message_is_read_back(message: Unitdata | UnitdataService) -> None:
    octets = message.encode()
    assert decode(octets) == message
    assert octets[data_offset(octets) :][: len(message.data)] == message.data


@given(
    st.sampled_from([UDT, UDTS, XUDT, XUDTS, LUDT, LUDTS]),
    st.permutations(range(3)),
    st.lists(st.binary(max_size=5), min_size=3, max_size=3),
    st.binary(max_size=5),
)
def test_fields_may_stand_in_any_arrangement(
    message: Unitdata | UnitdataService, order: list[int], gaps: list[bytes], tail: bytes
) -> None:
    octets = message.encode()
    width = 2 if message.message_type in {MessageType.LUDT, MessageType.LUDTS} else 1
    fields = [prefixed(CALLED), prefixed(CALLING), prefixed(PACKAGE, width)]
    head = octets[: 2 if message.hop_counter is None else 3]
    none: list[None] = [] if message.hop_counter is None else [None]
    moved = head + arranged([*fields, *none], order, gaps, width) + tail
    assert decode(moved) == message
    assert moved[data_offset(moved) :].startswith(PACKAGE)


@pytest.mark.parametrize("message", [UDT, UDTS, XUDT, XUDTS, LUDT, LUDTS])
def test_every_truncation_of_a_message_is_told(message: Unitdata | UnitdataService) -> None:
    octets = message.encode()
    for cut in range(len(octets)):
        error = fault_of(decode, octets[:cut])
        assert type(error) is Truncated
        assert error.counted_as == "sccp_truncated"
        assert error.offset <= cut


def test_a_missing_optional_part_is_told() -> None:
    octets = replace(XUDT, optional=(SEGMENTATION,)).encode()
    for cut in range(octets.index(PACKAGE) + len(PACKAGE), len(octets)):
        error = fault_of(decode, octets[:cut])
        assert type(error) is Truncated
        assert error.field == "optional"


@pytest.mark.parametrize("message_type", [0x00, 0x01, 0x06, 0x0B, 0x15, 0xFF])
def test_other_message_types_are_not_read(message_type: int) -> None:
    error = fault_of(decode, bytes([message_type]) + UDT.encode()[1:])
    assert type(error) is Unsupported
    assert (error.counted_as, error.field) == ("sccp_unsupported", "message_type")
    assert (error.clause, error.offset) == ("T1.112.3", 0)


def test_no_octets_at_all_are_truncated_at_their_beginning() -> None:
    error = fault_of(decode, b"")
    assert type(error) is Truncated
    assert (error.field, error.offset) == ("message_type", 0)


def test_a_fault_is_placed_from_the_message_type() -> None:
    error = fault_of(decode, bytes.fromhex("09 00 03 05"))
    assert error is not None
    assert (error.field, error.offset) == ("called", 4)


def test_a_return_cause_the_table_lacks_stays_a_number() -> None:
    message = decode(replace(UDTS, return_cause=0x77).encode())
    assert isinstance(message, UnitdataService)
    assert (message.return_cause, type(message.return_cause)) == (0x77, int)


@pytest.mark.parametrize(
    "message",
    [
        replace(UDT, hop_counter=1),  # which it has not
        replace(UDT, optional=(IMPORTANCE,)),
        replace(XUDT, hop_counter=None),
        replace(LUDTS, hop_counter=None),
        replace(UDT, message_type=MessageType.UDTS),  # another class's
        replace(XUDT, message_type=MessageType.XUDTS),
        replace(UDTS, message_type=MessageType.UDT),
        replace(UDT, data=bytes(256)),  # too long
        replace(UDT, called=bytes(256)),
        replace(UDT, called=bytes(200), calling=bytes(60)),  # beyond a pointer's reach
        replace(LUDT, data=bytes(0x10000)),
        replace(UDT, protocol_class=16),
        replace(UDT, message_handling=-1),
        replace(XUDT, hop_counter=256),
        replace(UDTS, return_cause=256),
    ],
)
def test_a_message_that_cannot_be_is_the_callers_fault(
    message: Unitdata | UnitdataService,
) -> None:
    with pytest.raises(EncodeError):
        message.encode()


@given(st.sampled_from(MessageType), st.binary(max_size=60))
def test_any_octets_are_a_message_or_refused(message_type: MessageType, rest: bytes) -> None:
    octets = bytes([message_type]) + rest
    error = fault_of(decode, octets)
    if error:
        assert 0 <= error.offset <= len(octets)
        return
    message = decode(octets)
    assert octets[data_offset(octets) :][: len(message.data)] == message.data
    if len(message.called) + len(message.calling) < 200:  # ours puts the data behind them
        assert decode(message.encode()) == message


# T1.112.3, segmentation: first segment, in sequence, and how many remain.
@pytest.mark.parametrize(
    ("octets", "segment"),
    [
        ("80 000001", False),
        ("C0 000001", False),
        ("81 000001", True),
        ("00 000001", True),
        ("40 000001", True),
        ("CF 000001", True),
        ("", False),
    ],
)
def test_a_segment_is_a_piece_of_longer_data(octets: str, segment: bool) -> None:  # noqa: FBT001
    part = OptionalParameter(OptionalName.SEGMENTATION, bytes.fromhex(octets))
    assert is_segment(replace(XUDT, optional=(IMPORTANCE, part))) is segment
    assert is_segment(replace(LUDTS, optional=(part,))) is segment


def test_a_message_without_segmentation_is_whole() -> None:
    assert not is_segment(UDT)
    assert not is_segment(replace(XUDT, optional=(IMPORTANCE,)))


# What tshark reads.
TYPES: Final[dict[MessageType, Unitdata | UnitdataService]] = {
    MessageType.UDT: UDT,
    MessageType.UDTS: UDTS,
    MessageType.XUDT: XUDT,
    MessageType.XUDTS: XUDTS,
    MessageType.LUDT: LUDT,
    MessageType.LUDTS: LUDTS,
}


@pytest.mark.tshark
@pytest.mark.parametrize("message_type", TYPES)
def test_tshark_finds_the_same_fields_in_any_arrangement(message_type: MessageType) -> None:
    message = TYPES[message_type]
    width = 2 if message_type in {MessageType.LUDT, MessageType.LUDTS} else 1
    fields: list[bytes | None] = [prefixed(CALLED), prefixed(CALLING), prefixed(PACKAGE, width)]
    head = message.encode()[:2]
    if message.hop_counter is not None:
        fields.append(bytes.fromhex("12 01 03 00"))
        head += bytes([message.hop_counter])
        message = replace(message, optional=(IMPORTANCE,))
    gaps = [b"\xee", b"", b"\xee\xee", b"\xee"]
    orders = ([0, 1, 2, 3], [2, 3, 1, 0], [3, 1, 0, 2])
    packets = [message.encode()] + [
        head + arranged(fields, [each for each in order if each < len(fields)], gaps, width)
        for order in orders
    ]
    for packet, read in zip(packets, dissect(packets, SCCP), strict=True):
        assert decode(packet) == message
        assert [int(each, 0) for each in read["sccp.message_type"]] == [message_type]
        assert read["sccp.called.ssn"] == ["6"]
        assert read["sccp.calling.ssn"] == ["8"]
        assert read["ansi_tcap.identifier"] == ["00:00:00:01"]
        # In ANSI's SCCP tshark does not know what importance is, but finds it.
        assert read.get("sccp.unknown_parameter") == (["03"] if message.optional else None)
        assert "_ws.malformed" not in read
