"""Flows: a table of bounded size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.sources.captures import flows
from clonewatch.sources.captures.flows import (
    ADDRESS,
    FLOWS_MAX,
    FLOWS_USED,
    PORTS,
    SEEN,
    TAG,
    State,
    ahead,
    find_again,
    forget_idle,
)


@given(st.integers(0, 2**32 - 1), st.integers(-(2**31), 2**31 - 1))
def test_sequence_numbers_go_round(due: int, distance: int) -> None:
    assert ahead((due + distance) & 0xFFFF_FFFF, due) == distance


@pytest.fixture
def state() -> State:
    """A table with 1000 flows, each seen later than the one before."""
    state = State.empty()
    for number in range(1, 1001):
        key = np.array([1, number, number * 7919, 0, 0, 0], np.int64)
        row = find_again(state.flows, key)
        state.flows[row, : ADDRESS + 4] = key
        state.flows[row, SEEN] = number
        state.carry[row, 0] = number % 251
    state.room[FLOWS_USED] = 1000
    return state


def test_the_idle_half_is_forgotten_and_the_rest_is_found_again(state: State) -> None:
    forget_idle(state)
    assert state.room[FLOWS_USED] == np.count_nonzero(state.flows[:, TAG]) == 500
    for number in range(501, 1001):
        key = np.array([1, number, number * 7919, 0, 0, 0], np.int64)
        row = find_again(state.flows, key)
        assert (state.flows[row, PORTS], state.carry[row, 0]) == (number, number % 251)


def test_the_table_is_large_enough_for_a_network_of_switches() -> None:
    assert FLOWS_MAX * 3 // 4 > 10_000
    assert len(State.empty().flows) == FLOWS_MAX
    assert flows.NO_PORTS == {}
