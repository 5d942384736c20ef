"""Hosts and ports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.addresses import Address


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (Address("a.example", 9000), "a.example:9000"),
        (Address("2001:db8::1", 9), "[2001:db8::1]:9"),
    ],
)
def test_an_address_reads_as_in_a_url(address: Address, text: str) -> None:
    assert str(address) == text


@given(st.sampled_from(["rvcd.example", "192.0.2.1", "2001:db8::7", "::"]), st.integers(0, 65535))
def test_an_address_reads_what_it_prints(host: str, port: int) -> None:
    assert Address.of(str(Address(host, port))) == Address(host, port)


@pytest.mark.parametrize(
    "text",
    [
        *("", "1998", ":1998", "::1:1998", "[127.0.0.1]:5", "[::1]", "[]:1", "host:65536"),
        *("host:-1", "host:٣", "host:", "a b:1", "http://a:1", "a@b:1", "a\n:1"),
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"should be HOST:PORT|above 65535"):
        Address.of(text)


@pytest.mark.parametrize("host", ["rvcd..example", "a" * 64 + ".example"])
def test_what_nobody_can_look_up_is_no_host(host: str) -> None:
    """A connector that finds out later has nobody left to tell."""
    with pytest.raises(ValueError, match="is no name of a host"):
        Address.of(f"{host}:1998")


@given(st.text(max_size=12))
def test_any_text_is_an_address_or_is_refused(text: str) -> None:
    try:
        address = Address.of(text)
    except ValueError:
        return
    assert Address.of(str(address)) == address
