"""Packets of a capture: the numbers that file formats are made of."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.sources.captures.packets import Packets, half_word, word


@given(st.binary(min_size=6, max_size=6), st.integers(0, 2), st.booleans())
def test_numbers_are_read_in_either_octet_order(octets: bytes, at: int, big: bool) -> None:  # noqa: FBT001
    block = np.frombuffer(bytearray(octets), np.uint8)
    order: Literal["little", "big"] = "big" if big else "little"
    assert word(block, at, big) == int.from_bytes(octets[at : at + 4], order)
    assert half_word(block, at, big) == int.from_bytes(octets[at : at + 2], order)


@pytest.mark.parametrize("length", [0, 7])
def test_there_is_room_for_as_many_packets_as_were_asked_for(length: int) -> None:
    assert {len(column) for column in Packets.empty(length)} == {length}
