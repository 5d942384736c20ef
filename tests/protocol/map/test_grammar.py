"""TIA-41.5 §6.5.2, constructs that the layouts share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from typing import TYPE_CHECKING, Any

import pytest
from construct import BitsInteger, BitStruct, Default, Flag, Int8ub, Int16ub, Struct
from hypothesis import given
from hypothesis import strategies as st

from is41.errors import DecodeError, EncodeError, Truncated
from is41.grammar import build, parse
from is41.map.grammar import (
    BCD_DIGITS,
    CountedDigits,
    Flags,
    HexDigits,
    Identifier,
    ImsiDigits,
    MinDigits,
    Nested,
    OrNone,
    OrOctets,
    Present,
    Rows,
    read_bcd,
    write_bcd,
)
from is41.map.parameters import Parameter, Parameters
from is41.map.tags import ParameterTag

if TYPE_CHECKING:
    from construct import Construct


def read(grammar: Construct[Any, Any], octets: str) -> Any:
    return parse(grammar, bytes.fromhex(octets), what="test", clause="test")


def write(grammar: Construct[Any, Any], value: object) -> str:
    return build(grammar, value).hex().upper()


def test_bcd_has_its_first_digit_in_the_low_nibble() -> None:
    assert read_bcd(bytes.fromhex("5515325476")) == "5551234567"
    assert write_bcd("5551234567") == bytes.fromhex("5515325476")


def test_bcd_digits_above_nine() -> None:
    assert read_bcd(bytes.fromhex("BADCFE")) == "ABC*#F"
    assert write_bcd("ABC*#F") == bytes.fromhex("BADCFE")


def test_bcd_of_an_odd_number_is_filled() -> None:
    assert write_bcd("555") == bytes.fromhex("5505")
    assert write_bcd("555", filler="F") == bytes.fromhex("55F5")


@given(st.text(BCD_DIGITS, max_size=20).filter(lambda digits: len(digits) % 2 == 0))
def test_bcd_round_trip(digits: str) -> None:
    assert read_bcd(write_bcd(digits)) == digits


@pytest.mark.parametrize("digits", ["a", "5?", "٣"])
def test_other_digits_are_no_bcd(digits: str) -> None:
    with pytest.raises(ValueError, match="other digits"):
        write_bcd(digits)


def test_min() -> None:
    assert read(MinDigits(), "1619320400") == "6191234000"
    assert write(MinDigits(), "6191234000") == "1619320400"


@pytest.mark.parametrize("octets", ["16193204", "161932040000", "", "A619320400", "16193204F0"])
def test_what_is_not_ten_digits_is_no_min(octets: str) -> None:
    with pytest.raises(DecodeError):
        read(MinDigits(), octets)


@pytest.mark.parametrize("digits", ["619123400", "61912340001", "619123400*", "", "٣" * 10])
def test_what_is_not_ten_digits_cannot_be_sent(digits: str) -> None:
    with pytest.raises(EncodeError):
        build(MinDigits(), digits)


@pytest.mark.parametrize(
    ("octets", "digits"),
    [
        ("13 10 05 21 43 65 87 F9", "310150123456789"),
        ("13 10 05 21 43 65 F7", "3101501234567"),
        ("13 10 05 21 43 65 87", "31015012345678"),
        ("13 10 05 21 43 65 00", "31015012345600"),
        ("F3", "3"),
    ],
)
def test_imsi(octets: str, digits: str) -> None:
    assert read(ImsiDigits(), octets) == digits
    assert write(ImsiDigits(), digits) == octets.replace(" ", "")


def test_a_sixteenth_digit_of_zero_fills_an_imsi() -> None:
    assert read(ImsiDigits(), "13 10 05 21 43 65 87 09") == "310150123456789"


@pytest.mark.parametrize(
    "octets",
    [
        "",
        "13 10 05 21 43 65 87 19",  # sixteen digits
        "13 10 05 21 43 65 87 09 00",
        "1F 10 05",
        "13 A0",
        "13 FF",
        "FF",
    ],
)
def test_what_is_no_imsi(octets: str) -> None:
    with pytest.raises(DecodeError):
        read(ImsiDigits(), octets)


@pytest.mark.parametrize("digits", ["", "3" * 16, "31015F"])
def test_what_is_no_imsi_cannot_be_sent(digits: str) -> None:
    with pytest.raises(EncodeError):
        build(ImsiDigits(), digits)


@pytest.mark.parametrize(
    ("octets", "digits"),
    [
        ("06 36 54 10", "634501"),
        ("03 55 05", "555"),
        ("00", ""),
        ("06 21 CB ED", "12BC*#"),
    ],
)
def test_counted_digits(octets: str, digits: str) -> None:
    assert read(CountedDigits(), octets) == digits
    assert write(CountedDigits(), digits) == octets.replace(" ", "")


def test_the_filler_of_counted_digits_may_be_any() -> None:
    assert read(CountedDigits(), "03 55 F5") == "555"


def test_more_octets_than_the_count_asks_for_are_refused() -> None:
    with pytest.raises(DecodeError):
        read(CountedDigits(), "03 55 05 55")


def test_fewer_octets_than_the_count_asks_for_are_refused() -> None:
    with pytest.raises(Truncated):
        read(CountedDigits(), "05 55 05")


def test_more_digits_than_the_count_can_say_cannot_be_sent() -> None:
    with pytest.raises(EncodeError):
        build(CountedDigits(), "5" * 256)


def test_hex_digits() -> None:
    assert read(HexDigits(2), "A1B2") == "A1B2"
    assert write(HexDigits(2), "A1B2") == "A1B2"
    with pytest.raises(DecodeError):
        read(HexDigits(2), "A1")
    with pytest.raises(EncodeError):
        build(HexDigits(2), "A1")


class Mask(IntFlag):
    ONE = 1


def test_flags_keep_spare_bits() -> None:
    assert read(Flags(Int8ub, Mask), "81") == Mask.ONE | Mask(0x80)
    assert write(Flags(Int8ub, Mask), Mask.ONE | Mask(0x80)) == "81"


def test_presence_is_true_and_nothing_else() -> None:
    assert read(Present(), "") is True
    assert write(Present(), value=True) == ""
    with pytest.raises(DecodeError):
        read(Present(), "00")
    with pytest.raises(EncodeError):
        build(Present(), value=False)


def test_nested_parameters() -> None:
    assert read(Nested(), "95 00") == Parameters([Parameter(ParameterTag.MSCID, b"")])
    with pytest.raises(DecodeError):
        read(Nested(), "95 01")


def test_identifiers() -> None:
    assert read(Identifier(), "9F3A") is ParameterTag.BORDER_CELL_ACCESS
    assert read(Identifier(), "9F8400") == 0x9F8400
    assert write(Identifier(), ParameterTag.BORDER_CELL_ACCESS) == "9F3A"
    for octets in ("", "9F", "9F3A00"):
        with pytest.raises(DecodeError):
            read(Identifier(), octets)


def test_none_where_no_octet_is_left() -> None:
    assert read(OrNone(Int16ub), "") is None
    assert read(OrNone(Int16ub), "0102") == 0x102
    assert write(OrNone(Int16ub), None) == ""
    with pytest.raises(Truncated):
        read(OrNone(Int16ub), "01")


def test_octets_where_the_layout_does_not_fit() -> None:
    grammar = OrOctets(Int16ub)
    assert read(grammar, "0102") == 0x102
    for octets in ("", "01", "010203"):
        assert read(grammar, octets) == bytes.fromhex(octets)
        assert write(grammar, bytes.fromhex(octets)) == octets


@dataclass(frozen=True, kw_only=True)
class Two:
    number: int
    low: bool
    high: int | None = None
    higher: int | None = None
    last: bool | None = None


# fmt: off
TWO = Rows(Struct(
    "number"  / Int8ub,
    "octet_2" / BitStruct(
        "reserved" / Default(BitsInteger(7), 0),
        "low"      / Flag,
    ),
    "octet_3" / OrNone(BitStruct(
        "high"     / BitsInteger(4),
        "higher"   / BitsInteger(4),
    )),
    "octet_4" / OrNone(BitStruct(
        "reserved" / Default(BitsInteger(7), 0),
        "last"     / Flag,
    )),
), Two)
# fmt: on


@pytest.mark.parametrize(
    ("octets", "value"),
    [
        ("0501", Two(number=5, low=True)),
        ("050012", Two(number=5, low=False, high=1, higher=2)),
        ("05001201", Two(number=5, low=False, high=1, higher=2, last=True)),
    ],
)
def test_rows(octets: str, value: Two) -> None:
    assert read(TWO, octets) == value
    assert write(TWO, value) == octets


def test_spare_bits_of_rows_are_written_as_zero() -> None:
    assert write(TWO, read(TWO, "05FF12FF")) == "05011201"


@pytest.mark.parametrize("octets", ["", "05", "0501120100"])
def test_rows_that_do_not_fit(octets: str) -> None:
    with pytest.raises(DecodeError):
        read(TWO, octets)


@pytest.mark.parametrize(
    "value",
    [
        Two(number=5, low=True, high=1),
        Two(number=5, low=True, last=True),
        Two(number=5, low=True, high=1, higher=16),
        Two(number=256, low=True),
    ],
)
def test_rows_that_cannot_be_sent(value: Two) -> None:
    with pytest.raises(EncodeError):
        build(TWO, value)
