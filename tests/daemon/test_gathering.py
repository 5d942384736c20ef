"""Messages copied out of where they were read."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.gathering import gathered
from clonewatch.messages import LENGTH_MAX, Messages
from is41.layers import Layer


@st.composite
def lent(draw: st.DrawFn) -> Messages:
    """Messages anywhere in octets, in any order, and rows of some of them."""
    octets = draw(st.binary(min_size=1, max_size=300))
    ends = st.integers(0, len(octets))
    spans = draw(st.lists(st.tuples(ends, ends).map(sorted), min_size=1, max_size=8))
    return Messages(
        octets=np.frombuffer(octets, np.uint8),
        start=np.array([start for start, _ in spans], np.int64),
        end=np.array([end for _, end in spans], np.int64),
        layer=np.array([draw(st.sampled_from(Layer)) for _ in spans], np.uint8),
        which=np.array(draw(st.lists(st.integers(0, len(spans) - 1), max_size=20)), np.int64),
    )


@given(lent())
def test_what_is_gathered_is_what_was_lent(messages: Messages) -> None:
    own = gathered(messages)
    assert len(own) == len(messages)
    assert [own.of(row) for row in range(len(own))] == [messages.of(row) for row in range(len(own))]
    assert not np.shares_memory(own.octets, messages.octets)


@given(lent())
def test_messages_lie_behind_one_another_and_those_of_rows_together_once(
    messages: Messages,
) -> None:
    own = gathered(messages)
    assert own.start.tolist() == [0, *own.end[:-1]][: len(own.start)]
    assert len(own.octets) == (own.end[-1] if len(own.end) else 0)
    changes = int(np.count_nonzero(np.diff(messages.which))) + 1 if len(messages) else 0
    assert len(own.start) == changes


def test_one_that_is_absurdly_long_is_left_empty() -> None:
    octets = np.zeros(LENGTH_MAX + 10, np.uint8)
    own = gathered(
        Messages(
            octets=octets,
            start=np.array([0, 5]),
            end=np.array([LENGTH_MAX + 1, 9]),
            layer=np.zeros(2, np.uint8),
            which=np.arange(2),
        )
    )
    assert [len(own.of(row).octets) for row in range(2)] == [0, 4]
