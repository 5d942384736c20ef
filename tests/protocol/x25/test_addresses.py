"""X.25 §5.2, the address block."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.errors import EncodeError, Truncated
from is41.x25.addresses import Addresses
from messages import fault_of

DIGITS: Final = "0123456789abcdef"
ADDRESSES: Final = st.builds(
    Addresses, called=st.text(DIGITS, max_size=15), calling=st.text(DIGITS, max_size=15)
) | st.builds(
    Addresses,
    typed=st.just(True),
    called=st.text(DIGITS, max_size=255),
    calling=st.text(DIGITS, max_size=255),
)


@pytest.mark.parametrize(
    ("octets", "addresses"),
    [
        ("00", Addresses()),
        ("88 31102345 31106789", Addresses(called="31102345", calling="31106789")),
        ("21 1230", Addresses(called="1", calling="23")),  # they share an octet
        ("03 1230", Addresses(called="123")),
        ("03 04 12 31 22 30", Addresses(typed=True, called="123", calling="1223")),
    ],
)
def test_addresses_are_read_and_written(octets: str, addresses: Addresses) -> None:
    whole = bytes.fromhex(octets)
    assert Addresses.decode(whole + b"\xee", typed=addresses.typed) == (addresses, b"\xee")
    assert addresses.encode() == whole


@given(ADDRESSES, st.binary(max_size=3))
def test_addresses_are_read_back(addresses: Addresses, rest: bytes) -> None:
    octets = addresses.encode() + rest
    assert Addresses.decode(octets, typed=addresses.typed) == (addresses, rest)


@given(ADDRESSES)
def test_addresses_cut_short_are_truncated(addresses: Addresses) -> None:
    octets = addresses.encode()
    for cut in range(len(octets)):
        error = fault_of(lambda each: Addresses.decode(each, typed=addresses.typed), octets[:cut])
        assert type(error) is Truncated


@pytest.mark.parametrize(
    "addresses",
    [
        Addresses(called="1" * 16),
        Addresses(typed=True, calling="1" * 256),
        Addresses(called="12x"),
        Addresses(called="1 2"),
    ],
)
def test_addresses_that_cannot_be_are_the_callers_fault(addresses: Addresses) -> None:
    with pytest.raises(EncodeError):
        addresses.encode()
