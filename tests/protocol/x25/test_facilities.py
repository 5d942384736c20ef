"""X.25 §7, facilities."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.errors import DecodeError, EncodeError, Truncated
from is41.x25.codes import FacilityCode
from is41.x25.facilities import Facility, Sizes, decode, encode, packet_sizes, window_sizes
from messages import fault_of

PACKET_SIZE: Final = Facility(FacilityCode.PACKET_SIZE, b"\7\x08")
WINDOW_SIZE: Final = Facility(FacilityCode.WINDOW_SIZE, b"\2\3")


@st.composite
def _facilities(draw: st.DrawFn) -> Facility:
    code = draw(st.integers(0, 255))
    length = draw(st.integers(0, 9)) if code >= 0xC0 else (code >> 6) + 1
    return Facility(code, draw(st.binary(min_size=length, max_size=length)))


FACILITIES: Final = st.lists(_facilities(), max_size=5).map(tuple)


@pytest.mark.parametrize(
    ("octets", "facilities"),
    [
        ("00", ()),
        ("06 42 0708 43 0203", (PACKET_SIZE, WINDOW_SIZE)),
        ("06 43 0203 42 0708", (WINDOW_SIZE, PACKET_SIZE)),
        (
            "0A 0180 000F 80010203 C900",
            (
                Facility(FacilityCode.REVERSE_CHARGING_AND_FAST_SELECT, b"\x80"),
                Facility(FacilityCode.MARKER, b"\x0f"),
                Facility(0x80, b"\1\2\3"),
                Facility(FacilityCode.CALLED_ADDRESS_EXTENSION, b""),
            ),
        ),
        ("02 C9 00", (Facility(FacilityCode.CALLED_ADDRESS_EXTENSION, b""),)),
        ("05 C9 03 010203", (Facility(FacilityCode.CALLED_ADDRESS_EXTENSION, b"\1\2\3"),)),
    ],
)
def test_facilities_are_read_and_written_in_order(
    octets: str, facilities: tuple[Facility, ...]
) -> None:
    assert decode(bytes.fromhex(octets) + b"\xee") == (facilities, b"\xee")
    assert encode(facilities) == bytes.fromhex(octets)


@given(FACILITIES, st.binary(max_size=3))
def test_facilities_are_read_back(facilities: tuple[Facility, ...], rest: bytes) -> None:
    assert decode(encode(facilities) + rest) == (facilities, rest)


@given(FACILITIES)
def test_facilities_cut_short_are_truncated(facilities: tuple[Facility, ...]) -> None:
    octets = encode(facilities)
    for cut in range(len(octets)):
        assert type(fault_of(decode, octets[:cut])) is Truncated


@pytest.mark.parametrize(
    ("octets", "offset"),
    [("01 42", 1), ("02 42 07", 1), ("05 42 0707 43 02", 4), ("01 C9", 1), ("03 C9 02 00", 1)],
)
def test_a_facility_beyond_the_end_of_all_is_malformed(octets: str, offset: int) -> None:
    error = fault_of(decode, bytes.fromhex(octets))
    assert type(error) is DecodeError
    assert (error.field, error.offset) == ("facilities", offset)


def test_sizes_are_given_for_each_direction() -> None:
    assert packet_sizes((WINDOW_SIZE, PACKET_SIZE)) == Sizes(from_called=128, from_calling=256)
    assert window_sizes((WINDOW_SIZE, PACKET_SIZE)) == Sizes(from_called=2, from_calling=3)
    assert packet_sizes((WINDOW_SIZE,)) is None
    assert window_sizes(()) is None


@pytest.mark.parametrize(
    "facility",
    [
        Facility(FacilityCode.PACKET_SIZE, b"\7"),
        Facility(0x01, b""),
        Facility(0xC9, bytes(256)),
        Facility(0xC9, bytes(255)),  # no room for it behind one octet of length
        Facility(256, b"\0"),
        Facility(-1, b"\0"),
    ],
)
def test_a_facility_that_cannot_be_is_the_callers_fault(facility: Facility) -> None:
    with pytest.raises(EncodeError):
        encode((facility,))
