"""Findings, from the kernel's words to columns."""

from __future__ import annotations

import numpy as np

from clonewatch.window.findings import PAIR, pairs_of
from clonewatch.window.layout import NEVER

FIRST = [5000, 0xFFFFFFFF, 0x80000001 << 32 | 0xFFFE << 16 | 0xFE << 8 | 0x90]
SECOND = [6000, 7, 0]


def words(*rows: list[int]) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    return np.array(rows, np.uint64).astype(np.int64).reshape(len(rows), 9)


def test_every_word_finds_its_column() -> None:
    (found,) = pairs_of(words([9 << 1 | 1, 15 * 10**16, *FIRST, *SECOND, 6500]))
    assert found.dtype == PAIR
    assert found["found_at"] == 6500
    assert (found["at"], found["superseded"], found["msid"]) == (9, True, 15 * 10**16)
    assert found["first"].tolist() == (5000, 0xFFFFFFFF, 0x80000001, 0xFFFE, 0xFE, 0x90)
    assert found["second"].tolist() == (6000, 7, 0, 0, 0, 0)


def test_found_before_any_time_is_found_at_0() -> None:
    (found,) = pairs_of(words([0, 7, *FIRST, *SECOND, NEVER % 2**64]))
    assert found["found_at"] == 0


def test_nothing_found_is_an_empty_array_of_pairs() -> None:
    assert pairs_of(words()).dtype == PAIR
    assert len(pairs_of(words())) == 0
