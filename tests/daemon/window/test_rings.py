"""The buddy system that rings come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clonewatch.window import layout
from clonewatch.window.rings import NO_RING, free, reserve
from clonewatch.window.tables import Limits, empty_tables
from fig4 import MSCID_OF, TRAVEL_MS

if TYPE_CHECKING:
    from clonewatch.window.layout import Tables

ORDER_MAX = 3
LARGEST = 5  # rings of the largest size that fit


def tables() -> Tables:
    return empty_tables(
        TRAVEL_MS.astype(np.int32),
        MSCID_OF,
        limits=Limits(
            subscribers_max=7,
            registrations_per_msid_max=layout.RING_PLACES_MIN << ORDER_MAX,
            overflow_octets_max=layout.RING_OCTETS_MIN * LARGEST << ORDER_MAX,
            segments=1,
            segment_slots=8,
        ),
        window_ms=1,
        lateness_ms=0,
        seed=1,
    )


def all_of(of: Tables, order: int) -> list[int]:
    words = list(iter(lambda: int(reserve(of, order)), NO_RING))
    octets = layout.RING_OCTETS_MIN << order
    assert sorted(words) == list(
        range(min(words), min(words) + len(words) * octets // 8, octets // 8)
    )
    return words


def test_memory_can_be_cut_into_rings_of_any_size_again_and_again() -> None:
    of = tables()
    for order in (0, ORDER_MAX, 1, 2, 0, ORDER_MAX):
        words = all_of(of, order)
        assert len(words) == LARGEST << ORDER_MAX - order
        assert min(words) == of.state[layout.RINGS_START]
        for word in words[::2] + words[1::2]:
            free(of, word, order)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.integers(0, ORDER_MAX), st.integers(-50, -1)), max_size=60))
def test_no_two_rings_share_memory_and_none_is_lost(steps: list[int]) -> None:
    of = tables()
    held: list[tuple[int, int]] = []
    for step in steps:
        if step >= 0:
            word = int(reserve(of, step))
            if word != NO_RING:
                held.append((word, step))
                size = layout.RING_WORDS_MIN << step
                of.memory[word : word + size] = word  # a ring's words are its owner's
        elif held:
            word, order = held.pop(step % len(held))
            assert (of.memory[word : word + (layout.RING_WORDS_MIN << order)] == word).all()
            free(of, word, order)
    for word, order in held:
        free(of, word, order)
    assert len(all_of(of, ORDER_MAX)) == LARGEST
