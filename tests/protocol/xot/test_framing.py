"""RFC 1613: the kernels tell XOT packets and the layer in them as the grammars do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numba import types

from is41.kernel import OCTETS, kernel
from is41.reading import layer_of
from is41.xot.framing import DATA, MORE_DATA, QUALIFIED, data_of, layer_at, message_length

if TYPE_CHECKING:
    from numpy.typing import NDArray


@kernel(types.UniTuple(types.int64, 4)(OCTETS))
def view(octets: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    meaning, start = data_of(octets, 4, octets.size)
    length = message_length(octets, 0, octets.size, aligned=True)
    strict = message_length(octets, 0, octets.size, aligned=False)
    return meaning, start, length, strict


@kernel(types.int64(OCTETS))
def layer(octets: NDArray[np.uint8]) -> int:
    return layer_at(octets, 0, octets.size)


def viewed(text: str) -> tuple[int, int, int, int]:
    return view(np.frombuffer(bytes.fromhex(text), np.uint8))


def test_data_are_told_in_both_modulos() -> None:
    assert viewed("0000 0005 1001 00 E200") == (DATA, 7, 9, 9)
    assert viewed("0000 0005 1001 10 E200") == (MORE_DATA, 7, 9, 9)
    assert viewed("0000 0006 2001 0201 E200") == (MORE_DATA, 8, 10, 10)
    assert viewed("0000 0006 2001 0200 E200") == (DATA, 8, 10, 10)
    assert viewed("0000 0005 9001 00 E200")[0] == QUALIFIED


def test_where_no_header_is_known_to_stand_a_packet_must_look_like_one() -> None:
    assert viewed("0000 0003 1001 21")[2:] == (7, 7)  # RR
    assert viewed("0000 0003 3001 21")[2:] == (7, -1)  # no such modulo
    assert viewed("0000 0003 1001 2F")[2:] == (7, -1)  # no such type
    assert viewed("0001 0003 1001 21")[2:] == (-1, -1)


@given(st.binary(max_size=12))
def test_the_layer_is_that_of_layer_of(octets: bytes) -> None:
    expected = layer_of(octets)
    assert layer(np.frombuffer(octets, np.uint8)) == (-1 if expected is None else expected)
