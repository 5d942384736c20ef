"""RFC 4165 §2, messages: user data and link status."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carriers import M2PA, RAW_IP, in_sctp
from is41.errors import DecodeError, EncodeError, Truncated, Unsupported
from is41.m2pa.codes import State
from is41.m2pa.messages import LinkStatus, UserData, decode
from messages import U32, fault_of, vectors
from tshark import dissect

MSU: Final = vectors("mtp3_regnot_inv_min")["mtp3_regnot_inv_min"]
REGNOT: Final = UserData(bsn=0xFFFFFF, fsn=1, msu=MSU)
READY: Final = LinkStatus(bsn=0xFFFFFF, fsn=0xFFFFFF, state=State.READY)
U24: Final = st.integers(0, 0xFFFFFF)


@pytest.mark.parametrize(
    ("octets", "message"),
    [
        (
            "01 00 0B 01 00000014  00 FFFFFF 00 000001  40 830102",
            UserData(bsn=0xFFFFFF, fsn=1, priority=1, msu=bytes.fromhex("830102")),
        ),
        ("01 00 0B 01 00000010  00 000002 00 000003", UserData(bsn=2, fsn=3)),
        ("01 00 0B 02 00000014  00 FFFFFF 00 FFFFFF  00000004", READY),
        (
            "01 00 0B 02 00000016  00 FFFFFF 00 FFFFFF  00000002 0000",
            replace(READY, state=State.PROVING_NORMAL, filler=b"\0\0"),
        ),
    ],
)
def test_a_message_is_read_and_written(octets: str, message: UserData | LinkStatus) -> None:
    assert decode(bytes.fromhex(octets)) == message
    assert message.encode() == bytes.fromhex(octets)


MESSAGES: Final[st.SearchStrategy[UserData | LinkStatus]] = st.one_of(
    st.builds(
        UserData,
        bsn=U24,
        fsn=U24,
        priority=st.integers(0, 3),
        msu=st.binary(min_size=1, max_size=40),
    ),
    st.builds(UserData, bsn=U24, fsn=U24),
    st.builds(LinkStatus, bsn=U24, fsn=U24, state=U32, filler=st.binary(max_size=8)),
)


@given(MESSAGES)
def test_a_message_is_read_back(message: UserData | LinkStatus) -> None:
    assert decode(message.encode()) == message


@pytest.mark.parametrize("message", [REGNOT, READY])
def test_every_truncation_is_told(message: UserData | LinkStatus) -> None:
    octets = message.encode()
    for cut in range(len(octets)):
        assert type(fault_of(decode, octets[:cut])) is Truncated


@given(st.binary(max_size=24), st.integers(0, 3))
def test_any_octets_are_a_message_or_refused(body: bytes, kind: int) -> None:
    octets = bytes([1, 0, 11, kind]) + (8 + len(body)).to_bytes(4) + body
    error = fault_of(decode, octets)
    assert error is None or error.what == "m2pa"
    assert fault_of(decode, body) is not None


def test_spare_bits_may_hold_anything_and_are_written_as_zero() -> None:
    odd = bytes.fromhex("01 EE 0B 01 00000014  EE FFFFFF EE 000001  7F 830102")
    even = bytes.fromhex("01 00 0B 01 00000014  00 FFFFFF 00 000001  40 830102")
    assert decode(odd).encode() == even


def test_another_class_is_malformed_and_another_type_not_read() -> None:
    octets = REGNOT.encode()
    error = fault_of(decode, octets[:2] + b"\6" + octets[3:])
    assert error is not None
    assert (type(error), error.field, error.offset) == (DecodeError, "message_class", 2)
    error = fault_of(decode, octets[:3] + b"\3" + octets[4:])
    assert error is not None
    assert (type(error), error.field, error.offset) == (Unsupported, "message_type", 3)


@pytest.mark.parametrize(
    "message",
    [
        replace(REGNOT, bsn=1 << 24),
        replace(REGNOT, fsn=-1),
        replace(REGNOT, priority=4),
        replace(READY, state=1 << 32),
    ],
)
def test_a_message_that_cannot_be_is_the_callers_fault(message: UserData | LinkStatus) -> None:
    with pytest.raises(EncodeError):
        message.encode()


# What tshark reads.
@pytest.mark.tshark
def test_tshark_finds_the_same_fields() -> None:
    messages: list[UserData | LinkStatus] = [replace(REGNOT, priority=2), READY]
    packets = [in_sctp(message.encode(), M2PA) for message in messages]
    for message, read in zip(messages, dissect(packets, RAW_IP), strict=True):
        assert read["m2pa.bsn"] == [str(message.bsn)]
        assert read["m2pa.fsn"] == [str(message.fsn)]
        match message:
            case UserData():
                assert read["m2pa.priority"] == [f"0x{message.priority:02x}"]
                assert read["mtp3.opc"] == [str(0x0A141E)]
                assert read["ansi_tcap.identifier"] == ["00:00:00:01"]
            case LinkStatus():
                assert read["m2pa.status"] == [str(int(message.state))]
        assert "_ws.malformed" not in read
