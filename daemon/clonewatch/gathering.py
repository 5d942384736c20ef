"""Messages copied out of where they were read, so that they outlive it.

All that comes goes through this where messages are kept: no Python object is made for any of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clonewatch.messages import LENGTH_MAX, Messages
from is41.kernel import OCTETS, Array, kernel
from is41.octets import copy

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PLACES = Array(np.int64)


def gathered(messages: Messages) -> Messages:
    """Give the same messages in octets of their own, one behind another, each once.

    One longer than LENGTH_MAX is left empty: no registration comes in such.
    """
    rows = messages.which
    begins = np.empty(len(rows), np.bool_)  # rows that stood in another message than the one before
    begins[:1] = True
    np.not_equal(rows[1:], rows[:-1], out=begins[1:])
    used = rows[begins]
    start, length = messages.start[used], messages.end[used] - messages.start[used]
    length[length > LENGTH_MAX] = 0
    end = np.cumsum(length)
    octets = np.empty(int(end[-1]) if len(end) else 0, np.uint8)
    copy_all(messages.octets, start, length, octets)
    return Messages(
        octets=octets,
        start=end - length,
        end=end,
        layer=messages.layer[used],
        which=np.cumsum(begins) - 1,
    )


@kernel(None, OCTETS, _PLACES, _PLACES, Array(np.uint8))
def copy_all(
    source: NDArray[np.uint8],
    start: NDArray[np.int64],
    length: NDArray[np.int64],
    target: NDArray[np.uint8],
) -> None:
    """Copy stretches of *source* behind one another."""
    to = 0
    for at in range(len(start)):
        copy(source, start[at], start[at] + length[at], target, to)
        to += length[at]
