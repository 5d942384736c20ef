"""RFC 3868 §3.10.2, addresses."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.adaptation.messages import Parameter
from is41.errors import DecodeError, EncodeError, Truncated
from is41.mtp.pointcode import PointCode
from is41.sua.addresses import Address, GlobalTitle
from is41.sua.codes import ParameterTag, RoutingIndicator
from messages import U8, U16, fault_of

INCLUDABLE: Final = frozenset(
    {ParameterTag.GLOBAL_TITLE, ParameterTag.POINT_CODE, ParameterTag.SUBSYSTEM_NUMBER}
)
MSC: Final = Address(
    included=frozenset({ParameterTag.POINT_CODE, ParameterTag.SUBSYSTEM_NUMBER}),
    point_code=PointCode(10, 20, 30),
    subsystem=8,
)
TITLE: Final = GlobalTitle(indicator=2, translation_type=14, digits="5551234567")
TITLES: Final = st.builds(
    GlobalTitle,
    indicator=U8,
    translation_type=U8,
    numbering_plan=U8,
    nature_of_address=U8,
    digits=st.text("0123456789abcdef", max_size=16),
)
ADDRESSES: Final = st.builds(
    Address,
    routing_indicator=U16,
    included=st.frozensets(st.sampled_from(sorted(INCLUDABLE))),
    global_title=st.none() | TITLES,
    point_code=st.none() | st.builds(PointCode, U8, U8, U8),
    subsystem=st.none() | U8,
    others=st.lists(
        st.builds(Parameter, st.integers(0x8004, 0x8006), st.binary(max_size=6)), max_size=2
    ).map(tuple),
)


def test_point_code_and_subsystem_are_read_and_written() -> None:
    octets = bytes.fromhex("0002 0003  8002 0008 000A141E  8003 0008 00000008")
    assert Address.decode(octets) == MSC
    assert MSC.encode() == octets


def test_a_global_title_is_read_and_written() -> None:
    octets = bytes.fromhex("0001 0004  8001 0011 00000002 0A0E0000 5515325476 000000")
    address = Address(
        routing_indicator=RoutingIndicator.GLOBAL_TITLE,
        included=frozenset({ParameterTag.GLOBAL_TITLE}),
        global_title=TITLE,
    )
    assert Address.decode(octets) == address
    assert address.encode() == octets


def test_the_count_tells_an_odd_number_of_digits() -> None:
    octets = bytes.fromhex("00000002 030E0000 2103")
    assert GlobalTitle.decode(octets) == replace(TITLE, digits="123")
    assert replace(TITLE, digits="123").encode() == octets


def test_a_point_code_from_the_routing_label_stood_not_in_the_sccp_address() -> None:
    address = Address.decode(bytes.fromhex("0002 0001  8002 0008 000A141E"))
    assert address.point_code == PointCode(10, 20, 30)
    assert address.included == {ParameterTag.SUBSYSTEM_NUMBER}


def test_a_repeated_parameter_is_kept_with_the_others() -> None:
    octets = bytes.fromhex("0002 0001  8003 0008 00000008  8003 0008 00000006")
    address = Address.decode(octets)
    assert address.subsystem == 8
    assert address.others == (Parameter(ParameterTag.SUBSYSTEM_NUMBER, b"\0\0\0\6"),)
    assert address.encode() == octets


@given(ADDRESSES)
def test_an_address_is_read_back(address: Address) -> None:
    assert Address.decode(address.encode()) == address


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        ("", Truncated),
        ("0002 00", Truncated),
        ("0002 0003 8002 0008 000A14", DecodeError),  # a parameter longer than the address
        ("0002 0003 8002 0007 000A14 00", Truncated),
        ("0002 0003 8002 0008 010A141E", DecodeError),  # 25 bits
        ("0002 0003 8003 0009 00000008 00 000000", DecodeError),
        ("0001 0004 8001 000C 00000002 010E0000", DecodeError),  # a digit, and no room for it
        ("0001 0004 8001 000B 00000002 000E00 00", Truncated),
    ],
)
def test_an_odd_address_is_refused(octets: str, kind: type[DecodeError]) -> None:
    error = fault_of(Address.decode, bytes.fromhex(octets))
    assert type(error) is kind


@given(st.binary(max_size=30))
def test_any_octets_are_an_address_or_refused(octets: bytes) -> None:
    for beginning in (b"", b"\0\2\0\3\x80\1\0\x14", b"\0\2\0\3\x80\2\0\7", b"\0\2\0\3\x80\3\0\x08"):
        if fault_of(Address.decode, beginning + octets) is None:
            address = Address.decode(beginning + octets)
            assert Address.decode(address.encode()) == address


@pytest.mark.parametrize(
    "address",
    [
        replace(MSC, subsystem=256),
        replace(MSC, point_code=PointCode(256 << 8, 0, 0)),
        replace(MSC, routing_indicator=-1),
        replace(MSC, global_title=replace(TITLE, digits="12x")),
        replace(MSC, global_title=replace(TITLE, indicator=256)),
        replace(MSC, global_title=replace(TITLE, digits="1" * 256)),
    ],
)
def test_an_address_that_cannot_be_is_the_callers_fault(address: Address) -> None:
    with pytest.raises(EncodeError):
        address.encode()
