"""Arguments as words, and words as results."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from is41.kernel.signature import OCTETS, WORD, Array, Columns, Signature, columns

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Pair(NamedTuple):
    first: NDArray[np.uint8]
    second: NDArray[np.int32]


class Other(NamedTuple):
    first: NDArray[np.uint8]
    second: NDArray[np.int32]


PAIR: Final = columns(Pair, {"second": Array(np.int32, 2), "first": np.uint8})


def test_columns_stand_in_the_order_of_their_tuple() -> None:
    assert Columns(Pair, (Array(np.uint8), Array(np.int32, 2))) == PAIR


@given(
    arrays.arrays(np.uint8, st.integers(0, 9)),
    arrays.arrays(np.int32, arrays.array_shapes(min_dims=2, max_dims=2, min_side=0)),
    st.integers(-(2**63), 2**63 - 1),
    st.booleans(),
)
def test_arguments_are_addresses_lengths_and_numbers(
    first: NDArray[np.uint8],
    second: NDArray[np.int32],
    number: int,
    truth: bool,  # noqa: FBT001
) -> None:
    pack = Signature(None, (PAIR, int, bool)).packer()
    words = pack([Pair(first, second), number, truth]).tolist()
    assert words == [
        *(first.ctypes.data, len(first)),
        *(second.ctypes.data, *second.shape),
        *(number, int(truth)),
    ]


def test_octets_may_be_ones_that_cannot_be_written_to() -> None:
    octets = np.frombuffer(b"octets", np.uint8)
    assert Signature(None, (OCTETS,)).packer()([octets]).tolist() == [octets.ctypes.data, 6]
    with pytest.raises(TypeError, match="WRITEABLE : False"):
        Signature(None, (Array(np.uint8),)).packer()([octets])


@pytest.mark.parametrize(
    ("argument", "given"),
    [
        (Array(np.int64), np.zeros(3, np.int32)),
        (Array(np.int64), np.zeros(3, np.dtype(np.int64).newbyteorder())),
        (Array(np.int64), np.zeros((3, 1), np.int64)),
        (Array(np.int64), np.zeros(6, np.int64)[::2]),
        (Array(np.int64), np.zeros(17, np.uint8)[1:].view(np.int64)),
        (Array(np.int64), [1, 2]),
        (Array(np.int64, 2), np.zeros((2, 3), np.int64).T),
        (OCTETS, b"octets"),
        (PAIR, Other(np.zeros(1, np.uint8), np.zeros((1, 1), np.int32))),
        (PAIR, Pair(np.zeros(1, np.uint8), np.zeros(1, np.int32))),
        (int, 1.0),
        (int, None),
    ],
)
def test_what_is_of_another_type_is_refused(argument: Any, given: Any) -> None:
    with pytest.raises(TypeError):
        Signature(None, (argument,)).packer()([given])


def test_numbers_beyond_64_bits_and_other_counts_of_arguments_are_refused() -> None:
    pack = Signature(int, (int,)).packer()
    with pytest.raises(OverflowError):
        pack([2**63])
    for arguments in ([], [1, 2]):
        with pytest.raises(TypeError, match="instead of 1"):
            pack(arguments)


@pytest.mark.parametrize(
    ("result", "told"),
    [(None, None), (int, 7), (bool, True), ((int,), (7,)), ((int, bool, int), (7, False, -1))],
)
def test_results_stand_in_the_first_words(result: Any, told: object) -> None:
    unpack = Signature(result, (int, int)).unpacker()
    given = unpack(array(WORD, [7, 0, -1]))
    assert given == told
    assert type(given) is type(told)


def test_there_is_room_for_results_where_arguments_are_fewer() -> None:
    assert Signature((int, int, int), (int,)).packer()([5]).tolist() == [5, 0, 0]
