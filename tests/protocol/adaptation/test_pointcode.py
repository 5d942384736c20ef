"""RFC 4666 §3.3.1, point codes in 32 bits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.adaptation.pointcode import point_code
from is41.errors import DecodeError
from is41.mtp.pointcode import PointCode


def test_the_network_is_highest() -> None:
    assert point_code(0x000A141E) == PointCode(10, 20, 30)


@given(st.integers(0, 0xFFFFFF))
def test_a_point_code_is_read_back(number: int) -> None:
    assert int(point_code(number)) == number


@pytest.mark.parametrize("number", [-1, 1 << 24, 0xFFFFFFFF])
def test_more_than_24_bits_are_refused(number: int) -> None:
    with pytest.raises(DecodeError) as caught:
        point_code(number)
    assert caught.value.counted_as == "point_code_malformed"
