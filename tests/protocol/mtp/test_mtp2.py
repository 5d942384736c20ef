"""T1.111.3, signal units: FISU, LSSU and MSU, the basic form and the extended one."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.utils import RawPcapReader

from is41.errors import DecodeError, EncodeError, Truncated
from is41.mtp.msu import Msu
from is41.mtp.mtp2 import (
    FIELD_LENGTH_MAX,
    AnnexA,
    Kind,
    PseudoHeader,
    SignalUnit,
    check_bits,
    decode,
    decode_behind_pseudo_header,
)
from is41.mtp.pointcode import PointCode
from messages import TESTS, fault_of, vectors
from tshark import dissect

MTP2_WITH_PSEUDO_HEADER: Final = 139  # link types
MTP2: Final = 140
MSU: Final = vectors("mtp3_regnot_inv_min")["mtp3_regnot_inv_min"]
REGNOT: Final = SignalUnit(bsn=1, fsn=2, field=MSU)
FIELDS: Final = st.binary(max_size=70) | st.binary(
    min_size=FIELD_LENGTH_MAX - 2, max_size=FIELD_LENGTH_MAX
)
BASIC_UNITS: Final = st.builds(
    SignalUnit,
    bsn=st.integers(0, 0x7F),
    bib=st.booleans(),
    fsn=st.integers(0, 0x7F),
    fib=st.booleans(),
    field=FIELDS,
)
EXTENDED_UNITS: Final = st.builds(
    SignalUnit,
    extended=st.just(True),
    bsn=st.integers(0, 0xFFF),
    bib=st.booleans(),
    fsn=st.integers(0, 0xFFF),
    fib=st.booleans(),
    field=FIELDS,
)
UNITS: Final = BASIC_UNITS | EXTENDED_UNITS


@pytest.mark.parametrize(
    ("octets", "unit", "kind"),
    [
        ("81 82 00", SignalUnit(bsn=1, fsn=2), Kind.FISU),
        ("01 FF 01 03", SignalUnit(bsn=1, bib=False, fsn=127, field=b"\3"), Kind.LSSU),
        ("FF 7F 02 0300", SignalUnit(bsn=127, fsn=127, fib=False, field=b"\3\0"), Kind.LSSU),
        ("81 82 03 830102", SignalUnit(bsn=1, fsn=2, field=b"\x83\1\2"), Kind.MSU),
        ("0180 0200 0000", SignalUnit(extended=True, bsn=1, fsn=2, fib=False), Kind.FISU),
        (
            "FF8F FE8F 0300 830102",
            SignalUnit(extended=True, bsn=0xFFF, fsn=0xFFE, field=b"\x83\1\2"),
            Kind.MSU,
        ),
    ],
)
def test_a_signal_unit_is_read_and_written(octets: str, unit: SignalUnit, kind: Kind) -> None:
    assert decode(bytes.fromhex(octets), extended=unit.extended) == unit
    assert unit.encode() == bytes.fromhex(octets)
    assert unit.kind is kind


@pytest.mark.parametrize(("length", "indicator"), [(62, 62), (63, 63), (64, 63), (273, 63)])
def test_the_length_indicator_stops_at_63(length: int, indicator: int) -> None:
    octets = replace(REGNOT, field=b"\x83" * length).encode()
    assert octets[2] == indicator
    assert len(decode(octets).field) == length


def test_the_extended_form_counts_all() -> None:
    octets = replace(REGNOT, extended=True, field=bytes(FIELD_LENGTH_MAX)).encode()
    assert octets[4:6] == FIELD_LENGTH_MAX.to_bytes(2, "little")


def test_a_capture_holds_the_vectors() -> None:
    with RawPcapReader(str(TESTS / "captures" / "mtp2_ansi_dlt140.pcap")) as reader:
        packets = [packet for packet, _ in reader]
    assert decode(packets[0]) == REGNOT
    for packet in packets:
        unit = decode(packet)
        assert unit.encode() == packet
        assert Msu.decode(unit.field).opc in {PointCode(10, 20, 30), PointCode(10, 20, 40)}


@given(UNITS)
def test_a_signal_unit_is_read_back(unit: SignalUnit) -> None:
    assert decode(unit.encode(), extended=unit.extended) == unit


@given(UNITS)
def test_check_bits_may_follow(unit: SignalUnit) -> None:
    octets = unit.encode()
    assert decode(octets + check_bits(octets), extended=unit.extended) == unit


def test_the_check_bits_are_those_of_the_usual_test() -> None:
    assert check_bits(b"123456789") == bytes.fromhex("6E90")  # CRC-16/X-25


@given(UNITS)
def test_a_signal_unit_cut_short_is_truncated_where_its_length_is_known(unit: SignalUnit) -> None:
    octets = unit.encode()
    known = min(len(unit.field), 63) if not unit.extended else len(unit.field)
    for cut in range(len(octets) - len(unit.field) + known):
        error = fault_of(lambda each: decode(each, extended=unit.extended), octets[:cut])
        assert type(error) is Truncated
        assert error.counted_as == "mtp2_truncated"


@pytest.mark.parametrize(
    ("octets", "extended"),
    [
        ("81 82 00 00", False),  # one octet is no check bits
        ("81 82 00 000000", False),
        ("81 82 3F" + "00" * 276, False),
        ("0180 0280 0300 83010203", True),
        ("0180 0280 FF01" + "00" * 511, True),
    ],
)
def test_more_octets_than_there_can_be_are_malformed(octets: str, extended: bool) -> None:  # noqa: FBT001
    error = fault_of(lambda each: decode(each, extended=extended), bytes.fromhex(octets))
    assert type(error) is DecodeError
    assert (error.field, error.offset) == ("indicator", 6 if extended else 3)


@given(st.binary(max_size=12), st.booleans())
def test_any_octets_are_a_signal_unit_or_refused(octets: bytes, extended: bool) -> None:  # noqa: FBT001
    error = fault_of(lambda each: decode(each, extended=extended), octets)
    if error is None:
        unit = decode(octets, extended=extended)
        assert decode(unit.encode(), extended=extended) == unit


def test_spare_bits_may_hold_anything_and_are_written_as_zero() -> None:
    assert decode(bytes.fromhex("81 82 C0")).encode() == bytes.fromhex("81 82 00")
    odd = decode(bytes.fromhex("01F0 0270 00FE"), extended=True)
    assert odd.encode() == bytes.fromhex("0180 0200 0000")


@pytest.mark.parametrize(
    ("annex_a", "unit"),
    [
        (AnnexA.NOT_USED, REGNOT),
        (AnnexA.USED, replace(REGNOT, extended=True, bsn=0x801)),
        (AnnexA.UNKNOWN, REGNOT),
        (7, REGNOT),
    ],
)
def test_the_pseudo_header_tells_the_form(annex_a: int, unit: SignalUnit) -> None:
    octets = bytes([1, annex_a, 0x12, 0x34]) + unit.encode()
    expected = PseudoHeader(sent=True, annex_a=annex_a, link=0x1234)
    assert decode_behind_pseudo_header(octets) == (expected, unit)
    for cut in range(10):
        error = fault_of(decode_behind_pseudo_header, octets[:cut])
        assert type(error) is Truncated
        assert error.offset <= cut


@pytest.mark.parametrize(
    "unit",
    [
        replace(REGNOT, bsn=0x80),
        replace(REGNOT, fsn=-1),
        replace(REGNOT, extended=True, fsn=0x1000),
        replace(REGNOT, field=bytes(FIELD_LENGTH_MAX + 1)),
    ],
)
def test_a_signal_unit_that_cannot_be_is_the_callers_fault(unit: SignalUnit) -> None:
    with pytest.raises(EncodeError):
        unit.encode()


# What tshark reads.
STATUS: Final = SignalUnit(bsn=127, bib=False, fsn=100, field=b"\3")
FILL_IN: Final = SignalUnit(bsn=5, fsn=6, fib=False)


@pytest.mark.tshark
@pytest.mark.parametrize("extended", [False, True])
def test_tshark_finds_the_same_fields(extended: bool) -> None:  # noqa: FBT001
    """One fault of tshark 4.0.17.

    1. Of an extended LSSU it takes the low octet of the FSN for the length indicator when it
       decides whether the status has a second octet, and so leaves that out.
    """
    status = replace(STATUS, field=STATUS.field + b"\1")
    units = [replace(each, extended=extended) for each in (REGNOT, STATUS, status, FILL_IN)]
    packets = [bytes([0, extended, 0, 1]) + unit.encode() for unit in units]
    for unit, read in zip(units, dissect(packets, MTP2_WITH_PSEUDO_HEADER), strict=True):
        for name in ("bsn", "fsn", "bib", "fib"):
            assert read[f"mtp2.{name}"] == [str(int(getattr(unit, name)))]
        assert [int(each) for each in read["mtp2.li"]] == [min(len(unit.field), 63 << 3 * extended)]
        if unit.kind is Kind.LSSU:
            assert [int(each) for each in read["mtp2.sf"]] == [3]
        second = len(unit.field) == 2 and not extended  # fault 1
        assert ("mtp2.sf_extra" in read) is second
        assert ("mtp3.opc" in read) is (unit.kind is Kind.MSU)


@pytest.mark.tshark
def test_tshark_takes_a_basic_one_without_pseudo_header() -> None:
    (read,) = dissect([REGNOT.encode()], MTP2)
    assert read["mtp3.opc"] == [str(0x0A141E)]
    assert read["ansi_tcap.identifier"] == ["00:00:00:01"]
