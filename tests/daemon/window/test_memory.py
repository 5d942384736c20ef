"""Memory that is reserved whole."""

from __future__ import annotations

import numpy as np

from bench.window import resident_octets
from clonewatch.window.memory import reserve


def test_what_is_reserved_is_zero_and_can_be_written() -> None:
    words = reserve(1000, np.int64, huge_octets=8000)
    assert not words.any()
    words[999] = -1
    assert (len(words), words.sum()) == (1000, -1)
    assert words.dtype == np.int64


def test_what_is_not_touched_is_not_resident() -> None:
    before = resident_octets()
    words = reserve(1 << 30, np.int64)
    words[1 << 29] = 1
    assert resident_octets() - before < 1 << 22


def test_nothing_can_be_reserved_too() -> None:
    assert len(reserve(0, np.uint8)) == 1
