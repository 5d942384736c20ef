"""Numbers in octets, as kernels read them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from is41.octets import copy, half_word, octet, word


@given(st.binary(min_size=4, max_size=16), st.data())
def test_numbers_are_read_with_the_high_octet_first(octets: bytes, data: st.DataObject) -> None:
    array = np.frombuffer(octets, np.uint8)
    at = data.draw(st.integers(0, len(octets) - 4))
    assert octet(array, at) == octets[at]
    assert half_word(array, at) == int.from_bytes(octets[at : at + 2])
    assert word(array, at) == int.from_bytes(octets[at : at + 4])


@given(st.binary(max_size=300), st.data())
def test_octets_are_copied_and_no_others_are_written(octets: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(octets)))
    end = data.draw(st.integers(at, len(octets)))
    to = data.draw(st.integers(0, 40))
    target = np.full(400, 0xA5, np.uint8)
    copy(np.frombuffer(octets, np.uint8), at, end, target, to)
    copied = octets[at:end]
    assert target.tobytes() == b"\xa5" * to + copied + b"\xa5" * (400 - to - len(copied))


def test_octets_that_go_back_in_their_own_array_are_copied_the_first_one_first() -> None:
    array = np.arange(64, dtype=np.uint8)
    copy(array, 5, 64, array, 0)
    assert array.tolist() == [*range(5, 64), *range(59, 64)]


def test_nothing_is_copied_where_the_end_lies_before() -> None:
    target = np.zeros(4, np.uint8)
    copy(np.ones(4, np.uint8), 3, 1, target, 0)
    assert not target.any()
