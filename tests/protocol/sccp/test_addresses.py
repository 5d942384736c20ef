"""T1.112.3 chapter 3, and Q.713 §3.4 for international addresses."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.errors import DecodeError, EncodeError, Truncated
from is41.mtp.pointcode import PointCode
from is41.sccp.addresses import Address, GlobalTitle
from is41.sccp.messages import Unitdata
from map_values import samples
from messages import DIGITS, OCTETS, U8, bcd, fault_of
from tshark import SCCP, dissect

POINT_CODES: Final = st.builds(PointCode, U8, U8, U8)
_COMMON: Final = {
    "route_on_subsystem": st.booleans(),
    "subsystem": st.none() | U8,
    "global_title_format": st.integers(0, 15),
    "global_title": OCTETS,
}
ADDRESSES: Final = st.builds(
    Address, national=st.just(value=True), point_code=st.none() | POINT_CODES, **_COMMON
) | st.builds(
    Address,
    national=st.just(value=False),
    point_code=st.none() | st.integers(0, 0x3FFF),
    **_COMMON,
)
DECIMAL: Final = st.text(DIGITS, min_size=1, max_size=15)
PACKAGE: Final = bytes.fromhex("E2 06 C7 04 00000001")
MSC: Final = PointCode(10, 20, 30)


@pytest.mark.parametrize(
    ("octets", "address"),
    [
        # T1.112.3: subsystem, point code, global title.
        ("C3 08 1E 14 0A", Address(subsystem=8, point_code=MSC)),
        ("C1 06", Address(subsystem=6)),
        ("C2 1E 14 0A", Address(point_code=MSC)),
        ("C0", Address()),
        (
            "89 06 0E 21 43 65 87 09",
            Address(
                route_on_subsystem=False,
                subsystem=6,
                global_title_format=2,
                global_title=bytes.fromhex("0E 21 43 65 87 09"),
            ),
        ),
        (
            "8B 06 1E 14 0A 03 55 15",
            Address(
                route_on_subsystem=False,
                subsystem=6,
                point_code=MSC,
                global_title_format=2,
                global_title=bytes.fromhex("03 55 15"),
            ),
        ),
        # Q.713: point code first, its low octet first, and the two bits exchanged.
        ("43 01 20 06", Address(national=False, point_code=0x2001, subsystem=6)),
        ("41 01 20", Address(national=False, point_code=0x2001)),
        ("42 06", Address(national=False, subsystem=6)),
    ],
)
def test_the_national_bit_tells_the_layout(octets: str, address: Address) -> None:
    assert Address.decode(bytes.fromhex(octets)) == address
    assert address.encode() == bytes.fromhex(octets)


@given(ADDRESSES)
def test_an_address_is_read_back(address: Address) -> None:
    assert Address.decode(address.encode()) == address


@pytest.mark.parametrize("octets", ["C3 08 1E 14 0A", "43 01 20 06"])
def test_an_address_cut_short_is_truncated(octets: str) -> None:
    whole = bytes.fromhex(octets)
    for cut in range(len(whole)):
        error = fault_of(Address.decode, whole[:cut])
        assert type(error) is Truncated
        assert (error.counted_as, error.offset) == ("sccp_address_truncated", cut)


@given(st.binary(max_size=20))
def test_any_octets_are_an_address_or_refused(octets: bytes) -> None:
    if fault_of(Address.decode, octets) is None:
        address = Address.decode(octets)
        assert Address.decode(address.encode()) == address
        if address.national or address.point_code is None:  # else there are spare bits
            assert address.encode() == octets


def test_the_spare_bits_of_an_international_point_code_are_passed_over() -> None:
    address = Address.decode(bytes.fromhex("43 01 E0 06"))
    assert address.point_code == 0x2001
    assert address.encode() == bytes.fromhex("43 01 20 06")


@pytest.mark.parametrize(
    "address",
    [
        Address(point_code=0x2001),  # not ANSI's
        Address(national=False, point_code=MSC),
        Address(point_code=PointCode(1, 2, 256)),
        Address(national=False, point_code=-1),
        Address(national=False, point_code=0x4000),
        Address(subsystem=256),
        Address(subsystem=-1),
        Address(global_title_format=16),
    ],
)
def test_an_address_that_cannot_be_is_the_callers_fault(address: Address) -> None:
    with pytest.raises(EncodeError):
        address.encode()


# T1.112.3 chapter 3, global titles.
@pytest.mark.parametrize(
    ("octets", "title"),
    [
        # Format 1: translation type, numbering plan and encoding; 1 is an odd count, 2 an even.
        (
            "85 06 03 12 55 15 32 54 76",
            GlobalTitle(translation_type=3, numbering_plan=1, encoding=2, digits="5551234567"),
        ),
        (
            "85 06 03 71 13 00 55 05",
            GlobalTitle(translation_type=3, numbering_plan=7, encoding=1, digits="3100555"),
        ),
        ("85 06 03 11", GlobalTitle(translation_type=3, numbering_plan=1, encoding=1, digits="")),
        # Format 2: translation type alone.
        ("89 06 0E 55 15 32 54 76", GlobalTitle(translation_type=14, digits="5551234567")),
        ("89 06 0E BA", GlobalTitle(translation_type=14, digits="ab")),
    ],
)
def test_a_global_title_is_read_in_ansis_formats(octets: str, title: GlobalTitle) -> None:
    assert Address.decode(bytes.fromhex(octets)).title() == title


@pytest.mark.parametrize(
    "octets",
    [
        "C1 06",  # none
        "85 06",  # format 1 without octets
        "85 06 03",
        "89 06",  # format 2 without octets
        "8D 06 03 12 55",  # format 3: not ANSI's
        "12 06 00 11 04 55",  # Q.713's
    ],
)
def test_no_global_title_is_read_where_none_of_ansis_stands(octets: str) -> None:
    assert Address.decode(bytes.fromhex(octets)).title() is None


@given(ADDRESSES)
def test_any_global_title_is_read_or_none(address: Address) -> None:
    title = address.title()
    if title is not None:
        assert address.national
        assert title.translation_type == address.global_title[0]
        assert len(title.digits) <= 2 * len(address.global_title)


def test_a_fault_of_an_address_is_counted_as_one() -> None:
    error = fault_of(Address.decode, b"")
    assert isinstance(error, DecodeError)
    assert error.clause == "T1.112.3 chapter 3"


# What tshark reads.
TITLES: Final = (
    st.just((0, b""))
    | st.builds(lambda tt, digits: (2, bytes([tt]) + bcd(digits, "0")), U8, DECIMAL)
    | st.builds(
        lambda tt, plan, digits: (
            1,
            bytes([tt, plan << 4 | 2 - len(digits) % 2]) + bcd(digits, "0"),
        ),
        U8,
        st.integers(0, 15),
        DECIMAL,
    )
)
NATIONAL: Final = st.builds(
    lambda title, **rest: Address(global_title_format=title[0], global_title=title[1], **rest),
    TITLES,
    route_on_subsystem=st.booleans(),
    subsystem=st.none() | st.integers(2, 254),
    point_code=st.none() | POINT_CODES,
)
INTERNATIONAL: Final = st.builds(
    Address,
    national=st.just(value=False),
    route_on_subsystem=st.booleans(),
    subsystem=st.none() | st.integers(2, 254),
    point_code=st.none() | st.integers(0, 0x3FFF),
)


@pytest.mark.tshark
def test_tshark_reads_the_same_in_addresses() -> None:
    addresses = samples(NATIONAL, 60) + samples(INTERNATIONAL, 20)
    packets = [
        Unitdata(called=each.encode(), calling=b"\xc1\x08", data=PACKAGE).encode()
        for each in addresses
    ]
    for address, read in zip(addresses, dissect(packets, SCCP), strict=True):
        field = "sccp.called.ansi_pc" if address.national else "sccp.called.pc"
        seen = {
            "national": read["sccp.called.ni"] == ["0x01"],
            "route_on_subsystem": read["sccp.called.ri"] == ["0x01"],
            "subsystem": read.get("sccp.called.ssn"),
            "point_code": read.get(field, [None])[0],
            "format": int(read["sccp.called.gti"][0], 0),
            "translation_type": read.get("sccp.called.tt"),
            "plan": read.get("sccp.called.np"),
            "digits": read.get("sccp.called.digits"),
        }
        title = address.title()
        ours = {
            "national": address.national,
            "route_on_subsystem": address.route_on_subsystem,
            "subsystem": None if address.subsystem is None else [str(address.subsystem)],
            "point_code": None if address.point_code is None else str(address.point_code),
            "format": address.global_title_format,
            "translation_type": title and [f"0x{title.translation_type:02x}"],
            "plan": None
            if title is None or title.numbering_plan is None
            else [f"0x{title.numbering_plan:02x}"],
            "digits": title and [title.digits],
        }
        assert seen == ours, address


@given(
    title=st.builds(
        GlobalTitle,
        translation_type=st.integers(0, 255),
        numbering_plan=st.just(None),
        encoding=st.just(None),
        digits=st.text("0123456789abcdef", min_size=2, max_size=20).map(
            lambda digits: digits[: len(digits) // 2 * 2]
        ),
    )
    | st.builds(
        lambda digits, plan, translation_type: GlobalTitle(
            translation_type=translation_type,
            numbering_plan=plan,
            encoding=1 if len(digits) % 2 else 2,
            digits=digits,
        ),
        st.text("0123456789", min_size=1, max_size=20),
        st.integers(0, 15),
        st.integers(0, 255),
    )
)
def test_a_global_title_written_is_read_again(title: GlobalTitle) -> None:
    form, octets = title.encode()
    assert Address(global_title_format=form, global_title=octets).title() == title


@pytest.mark.parametrize("digits", ["", "61455x", "A"])
def test_what_are_no_digits_is_not_written(digits: str) -> None:
    with pytest.raises(EncodeError, match="no digits"):
        GlobalTitle(translation_type=3, digits=digits).encode()
