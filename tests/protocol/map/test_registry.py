"""TIA-41.5 §6.5.2: every registered parameter through its layout."""

from __future__ import annotations

from typing import Any

import pytest
from construct import SizeofError
from hypothesis import given, settings
from hypothesis import strategies as st

from is41.errors import DecodeError, EncodeError
from is41.map.codes import AuthorizationDenied
from is41.map.parameters import Parameters
from is41.map.registry import REGISTRY, decode_value, encode_value
from is41.map.tags import ParameterTag as Tag
from map_values import values_of

EXAMPLES = 25  # for each of more than a hundred parameters


def length_of(tag: int) -> int | None:
    """Octets of a parameter whose length is fixed."""
    try:
        return REGISTRY[tag].grammar.sizeof()
    except SizeofError:
        return None


def assert_says_where(error: DecodeError, tag: int) -> None:
    name = Tag(tag).standard_name
    assert (error.what, error.field) == ("parameter", name)
    assert error.clause == f"X.S0004, {name}"


@pytest.mark.parametrize("tag", REGISTRY)
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_every_value_round_trips(tag: int, data: st.DataObject) -> None:
    value = data.draw(values_of(tag))
    octets = encode_value(tag, value)
    assert decode_value(tag, octets) == value
    assert encode_value(tag, decode_value(tag, octets)) == octets


@pytest.mark.parametrize("tag", [tag for tag in REGISTRY if length_of(tag) is not None])
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_another_length_than_the_fixed_one_is_refused(tag: int, data: st.DataObject) -> None:
    octets = data.draw(st.binary(max_size=12).filter(lambda drawn: len(drawn) != length_of(tag)))
    with pytest.raises(DecodeError) as caught:
        decode_value(tag, octets)
    assert_says_where(caught.value, tag)


def test_lengths_that_are_not_fixed() -> None:
    kinds = {REGISTRY[tag].kind for tag in REGISTRY if length_of(tag) is None}
    names = {getattr(kind, "__name__", str(kind).rpartition(".")[2]) for kind in kinds}
    assert names == {
        "CallingFeaturesIndicator",
        "Digits",
        "OriginationTriggers",
        "Parameters",
        "TransactionCapability",
        "str",  # IMSI
        "Mscid | None",
        "CdmaNetworkIdentification | bytes",  # from memory, like the rest
        "SystemAccessData | bytes",
        "ParameterTag | int | bytes",
        "int | bytes",
        "str | bytes",
    }


@pytest.mark.parametrize("tag", REGISTRY)
@settings(max_examples=EXAMPLES, deadline=None)
@given(octets=st.binary(max_size=16))
def test_any_octets_decode_or_say_why(tag: int, octets: bytes) -> None:
    try:
        value = decode_value(tag, octets)
    except DecodeError as error:
        assert_says_where(error, tag)
        return
    assert decode_value(tag, encode_value(tag, value)) == value


def test_what_is_not_registered_stays_octets() -> None:
    assert decode_value(Tag.BILLING_ID, b"\1\2") == b"\1\2"
    assert decode_value(0x9F8400, b"") == b""
    assert encode_value(0x9F8400, b"\1") == b"\1"
    with pytest.raises(EncodeError, match="BillingID"):
        encode_value(Tag.BILLING_ID, "5555")


def test_a_code_no_table_has_stays_a_number() -> None:
    assert decode_value(Tag.AUTHORIZATION_DENIED, b"\4") is AuthorizationDenied.DUPLICATE_UNIT
    assert decode_value(Tag.AUTHORIZATION_DENIED, b"\xfe") == 0xFE
    assert encode_value(Tag.AUTHORIZATION_DENIED, 0xFE) == b"\xfe"


def test_parameters_made_of_parameters_are_told_by_their_tag() -> None:
    nested = {tag for tag in REGISTRY if REGISTRY[tag].kind is Parameters}
    assert nested == {tag for tag in Tag if f"{tag:X}".startswith("BF")}


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (Tag.MOBILE_IDENTIFICATION_NUMBER, "555"),
        (Tag.MOBILE_IDENTIFICATION_NUMBER, None),
        (Tag.ELECTRONIC_SERIAL_NUMBER, 0x82123456),
        (Tag.MSCID, 0x123401),
        (Tag.SYSTEM_MY_TYPE_CODE, 256),
        (Tag.SYSTEM_MY_TYPE_CODE, "x"),
        (Tag.MEID_VALIDATED, False),
        (Tag.WIN_CAPABILITY, b""),
        (Tag.DIGITS, "5551234567"),
        (Tag.FAULTY_PARAMETER, 0x9F),
    ],
)
def test_other_values_cannot_be_sent(tag: Tag, value: Any) -> None:
    with pytest.raises(EncodeError, match=tag.standard_name):
        encode_value(tag, value)
