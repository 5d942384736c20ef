"""T1.111.3: the kernel finds MSUs where the grammar of signal units does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.errors import Is41Error
from is41.kernel import OCTETS, kernel
from is41.mtp import mtp2
from is41.mtp.framing import BASIC, EXTENDED, MALFORMED, NOT_MSU, UNTOLD, message_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


@kernel((int, int), OCTETS, int)
def found(octets: NDArray[np.uint8], form: int) -> tuple[int, int]:
    return message_of(octets, 0, octets.size, form)


def message(octets: bytes, form: int) -> bytes | int:
    start, end = found(np.frombuffer(octets, np.uint8), form)
    return octets[start:end] if start >= 0 else int(start)


UDT = bytes.fromhex("83 28140A 1E140A 05 09 0003080D")


@pytest.mark.parametrize("length", [0, 30, 49, 50, 51, 52, 60, 100, 270])
def test_an_msu_is_found_in_either_form(length: int) -> None:
    msu = UDT + bytes(length)
    basic = bytes((0x81, 0x82, min(len(msu), 63))) + msu
    extended = bytes((1, 0x80, 2, 0x80)) + len(msu).to_bytes(2, "little") + msu
    assert message(basic, UNTOLD) == message(basic, BASIC) == msu
    assert message(extended, UNTOLD) == message(extended, EXTENDED) == msu


def test_fill_in_and_link_status_units_are_none() -> None:
    assert message(bytes.fromhex("818200"), UNTOLD) == NOT_MSU
    assert message(bytes.fromhex("818201 03"), UNTOLD) == NOT_MSU
    assert message(bytes.fromhex("8182"), UNTOLD) == MALFORMED
    assert message(bytes.fromhex("818220 83"), UNTOLD) == MALFORMED


@given(st.binary(max_size=80), st.booleans())
def test_what_the_grammar_reads_the_kernel_reads_alike(octets: bytes, extended: bool) -> None:  # noqa: FBT001
    try:
        unit = mtp2.decode(octets, extended=extended)
    except Is41Error:
        return
    read = message(octets, EXTENDED if extended else BASIC)
    if unit.kind is mtp2.Kind.MSU:
        assert isinstance(read, bytes)
        assert read.startswith(unit.field)
    else:
        assert read == NOT_MSU


@given(st.binary(max_size=80), st.sampled_from([BASIC, EXTENDED, UNTOLD]))
def test_any_octets_lie_within_or_are_none(octets: bytes, form: int) -> None:
    start, end = found(np.frombuffer(octets, np.uint8), form)
    assert start < 0 or start <= end <= len(octets)
