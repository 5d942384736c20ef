"""The order of a sealed group."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.recordfile.room import Room
from clonewatch.recordfile.sorting import DIGIT_BITS, sealed_order
from is41.msid import IMSI_LENGTH_FACTOR

ROOM = Room()  # one for all: what stood in it is not to matter
MSIDS = st.one_of(
    st.integers(0, 5),
    st.integers(0, 10**10 - 1),
    st.integers(0, 15 * IMSI_LENGTH_FACTOR + 10**15 - 1),
    st.builds(lambda digit, at: digit << at * DIGIT_BITS, st.integers(0, 5), st.integers(0, 4)),
)


@given(st.lists(st.tuples(MSIDS, st.integers(0, 9))))
def test_by_msid_then_time_then_arrival(rows: list[tuple[int, int]]) -> None:
    msid = np.array([msid for msid, _ in rows], np.uint64)
    time = np.array([time for _, time in rows], np.int64)
    order = sealed_order(msid, time, ROOM)
    assert order.tolist() == sorted(range(len(rows)), key=rows.__getitem__)
