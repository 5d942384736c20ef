"""TIA-41.5 MSID and ITU-T E.212: a subscriber's key keeps every digit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.msid import IMSI_LENGTH_FACTOR, msid_digits, msid_of_imsi, msid_of_min
from messages import IMSIS, MINS


@pytest.mark.parametrize(
    ("digits", "msid"),
    [("5551234567", 5_551_234_567), ("0000000000", 0), ("0000000012", 12)],
)
def test_the_key_of_a_min_is_its_number(digits: str, msid: int) -> None:
    assert msid_of_min(digits) == msid


@pytest.mark.parametrize(
    ("digits", "msid"),
    [
        ("310005551234567", 150_310_005_551_234_567),
        ("0", 10_000_000_000_000_000),
        ("001", 30_000_000_000_000_001),
    ],
)
def test_the_key_of_an_imsi_is_its_number_and_how_many_digits_it_has(
    digits: str, msid: int
) -> None:
    assert msid_of_imsi(digits) == msid


@given(MINS)
def test_a_min_is_read_back_from_its_key(digits: str) -> None:
    assert msid_digits(msid_of_min(digits)) == digits


@given(IMSIS)
def test_an_imsi_is_read_back_from_its_key(digits: str) -> None:
    assert msid_digits(msid_of_imsi(digits)) == digits


@given(MINS, IMSIS)
def test_a_min_and_an_imsi_never_meet(minimum: str, imsi: str) -> None:
    assert msid_of_min(minimum) < IMSI_LENGTH_FACTOR <= msid_of_imsi(imsi) < 2**63


@pytest.mark.parametrize(
    "digits", ["", "555123456", "55512345678", "555123456A", "-551234567", "555123456٣", "²" * 10]
)
def test_a_min_of_other_than_ten_digits_is_refused(digits: str) -> None:
    with pytest.raises(ValueError, match="ten digits"):
        msid_of_min(digits)


@pytest.mark.parametrize("digits", ["", "3" * 16, "31000F", " 310", "٣", "²"])
def test_an_imsi_of_none_or_more_than_fifteen_digits_is_refused(digits: str) -> None:
    with pytest.raises(ValueError, match="1 to 15 digits"):
        msid_of_imsi(digits)


@given(st.text(max_size=18))
def test_any_text_has_a_key_or_is_refused(text: str) -> None:
    try:
        msid = msid_of_imsi(text)
    except ValueError:
        assert not (text.isascii() and text.isdigit() and len(text) <= 15)
    else:
        assert msid_digits(msid) == text
