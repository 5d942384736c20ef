"""Numbers in octets, the high octet first, as parts of kernels.

Without a loop: one of a length that is told would be compiled as if the length could be any. And
without signs in the indices, which would each be tried for counting from the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .kernel import part

if TYPE_CHECKING:
    from numpy.typing import NDArray


@part
def octet(octets: NDArray[np.uint8], at: int) -> int:
    """Read the octet *at* as a number of 64 bits, signed: wide enough to shift."""
    return int(np.int64(octets[np.uint64(at)]))


@part
def half_word(octets: NDArray[np.uint8], at: int) -> int:
    """Read two octets."""
    return octet(octets, at) << 8 | octet(octets, at + 1)


@part
def word(octets: NDArray[np.uint8], at: int) -> int:
    """Read four octets."""
    return half_word(octets, at) << 16 | half_word(octets, at + 2)


@part
def copy(source: NDArray[np.uint8], at: int, end: int, target: NDArray[np.uint8], to: int) -> None:
    """Copy octets *at* to *end*, the first one first."""
    for step in range(end - at):
        target[np.uint64(to + step)] = source[np.uint64(at + step)]
