"""T1.111.4, point codes: network-cluster-member, on the wire the other way round."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.errors import EncodeError, Truncated
from is41.grammar import build, parse
from is41.mtp.grammar import POINT_CODE
from is41.mtp.pointcode import PointCode
from messages import U8, fault_of

POINT_CODES = st.builds(PointCode, U8, U8, U8)


def decode(octets: bytes) -> PointCode:
    point_code = parse(POINT_CODE, octets, what="point_code", clause="T1.111.4")
    assert isinstance(point_code, PointCode)
    return point_code


def test_the_member_goes_first() -> None:
    octets = bytes.fromhex("1E 14 0A")
    assert decode(octets) == PointCode(network=10, cluster=20, member=30)
    assert build(POINT_CODE, PointCode(10, 20, 30)) == octets


def test_a_point_code_is_printed_and_read_network_first() -> None:
    assert str(PointCode(10, 20, 30)) == "10-20-30"
    assert PointCode.of("10-20-30") == PointCode(10, 20, 30)
    assert PointCode.of("0-255-007") == PointCode(0, 255, 7)


def test_a_point_code_is_a_number_of_24_bits() -> None:
    assert int(PointCode(10, 20, 30)) == 0x0A141E
    assert int(PointCode(255, 255, 255)) == 0xFFFFFF


@given(POINT_CODES)
def test_a_point_code_is_read_back(point_code: PointCode) -> None:
    assert decode(build(POINT_CODE, point_code)) == point_code
    assert PointCode.of(str(point_code)) == point_code
    assert int(point_code).to_bytes(3)[::-1] == build(POINT_CODE, point_code)


@pytest.mark.parametrize(
    "text", ["", "10", "10-20", "10-20-30-40", "10-20-256", "10-20-", "10--20", "a-b-c", "1-2-٣", "+1-2-3"]
)  # fmt: skip
def test_other_text_is_no_point_code(text: str) -> None:
    with pytest.raises(ValueError, match="is not network-cluster-member"):
        PointCode.of(text)


@pytest.mark.parametrize("length", [0, 1, 2])
def test_a_point_code_cut_short_is_truncated(length: int) -> None:
    error = fault_of(decode, bytes(length))
    assert type(error) is Truncated
    assert error.offset == length


@pytest.mark.parametrize(
    "point_code", [PointCode(256, 0, 0), PointCode(0, -1, 0), PointCode(0, 0, 256)]
)
def test_a_point_code_beyond_24_bits_is_the_callers_fault(point_code: PointCode) -> None:
    with pytest.raises(EncodeError):
        build(POINT_CODE, point_code)
