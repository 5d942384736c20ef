"""The last ESN of each MSID."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.evidence.usedesns import BUCKETS_LOG2_MIN, CHUNK, SEGMENTS_LOG2, WAYS, UsedEsns

TEN_S = 1_795_341_600
PLACES = WAYS << SEGMENTS_LOG2 + BUCKETS_LOG2_MIN  # of the smallest


def put(
    used: UsedEsns, msids: list[int], esns: list[int], at_s: int = TEN_S
) -> list[tuple[int, int]]:
    """Who of *msids* had another ESN before, and which."""
    times = np.full(len(msids), at_s * 1000, np.int64)
    rows, before = used.put(times, np.array(msids, np.uint64), np.array(esns, np.uint32))
    return [(msids[row], esn) for row, esn in zip(rows, before, strict=True)]


def share_known(used: UsedEsns, msids: list[int], at_s: int) -> float:
    """Share of MSIDs whose ESN is their last digits, and is still known."""
    changed = put(used, msids, [1] * len(msids), at_s)
    assert all(esn == msid & 0xFFFF_FFFF for msid, esn in changed)
    return len(changed) / len(msids)


def test_another_esn_is_told_with_the_one_before() -> None:
    used = UsedEsns(1000)
    assert put(used, [5, 6, 5], [1, 2, 1]) == []
    assert put(used, [6, 7, 5], [9, 9, 1], TEN_S + 60) == [(6, 2)]
    assert put(used, [6, 6, 5], [8, 9, 0xFFFF_FFFF], TEN_S + 60) == [(6, 9), (6, 8), (5, 1)]
    assert put(used, [5], [2], TEN_S + 60) == [(5, 0xFFFF_FFFF)]


def test_what_is_older_changes_nothing() -> None:
    used = UsedEsns(1000)
    put(used, [5], [1])
    assert put(used, [5], [2], TEN_S - 10) == []
    assert put(used, [5], [1]) == []


def test_msid_0_and_the_greatest_are_msids_like_others() -> None:
    used = UsedEsns(1000)
    greatest = 15 * 10**16 + 999_999_999_999_999
    put(used, [0, greatest], [1, 2])
    assert put(used, [0, greatest, 1], [3, 3, 3]) == [(0, 1), (greatest, 2)]


def test_it_grows_and_forgets_hardly_anybody() -> None:
    used = UsedEsns(4 * PLACES)
    msids = [2_005_550_000 + at for at in range(3 * PLACES)]
    put(used, msids, [msid & 0xFFFF_FFFF for msid in msids])
    assert len(msids) > 20 * CHUNK
    assert share_known(used, msids, TEN_S + 1) > 0.95


def test_where_it_may_grow_no_more_the_oldest_make_room() -> None:
    used = UsedEsns(1)
    for turn in range(8):
        msids = [2_005_550_000 + turn * PLACES + at for at in range(PLACES)]
        put(used, msids, [msid & 0xFFFF_FFFF for msid in msids], TEN_S + turn * 60)
    first = [2_005_550_000 + at for at in range(PLACES)]
    assert share_known(used, msids, TEN_S + 9_000) > 0.35
    assert share_known(used, first, TEN_S + 9_001) < 0.02


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3)), max_size=60))
def test_it_is_a_dictionary(said: list[tuple[int, int]]) -> None:
    used, model = UsedEsns(1000), dict[int, int]()
    for msid, esn in said:
        changed = model.get(msid, esn) != esn
        assert put(used, [msid], [esn]) == ([(msid, model[msid])] if changed else [])
        model[msid] = esn
