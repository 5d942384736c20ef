"""X.25 annexes B and C: the table of transitions."""

from __future__ import annotations

import itertools

import pytest

from is41.xot.states import ALWAYS, MISPLACED, TRANSITIONS, Act, Input, State

LIVE = [state for state in State if state is not State.FINISHED]
OF_PVC = {State.PVC_DUE, State.PVC_READY, State.PVC_REQUESTED, State.PVC_WAITING}
OF_BOTH = {State.FLOW_CONTROL_READY, State.RESET_REQUESTED}


def leaving(state: State) -> set[Input]:
    """How our own side may end the circuit in a state."""
    if state in OF_BOTH:
        return {Input.CLOSE, Input.DISCONNECT}
    return {Input.DISCONNECT} if state in OF_PVC else {Input.CLOSE}


@pytest.mark.parametrize("state", LIVE)
def test_every_state_knows_what_to_do_about_faults_and_wishes(state: State) -> None:
    known = {what for each, what in TRANSITIONS if each is state}
    assert {Input.FAULT, Input.ALLOW, Input.PROHIBIT, *leaving(state)} <= known
    assert state in MISPLACED


def test_every_input_has_its_place() -> None:
    assert {what for _, what in TRANSITIONS} | set(ALWAYS) == set(Input)


def test_every_state_can_be_reached_and_every_act_is_done() -> None:
    beginnings = {State.CALL_DUE, State.READY, State.PVC_DUE, State.PVC_READY}
    assert {after for after, _ in TRANSITIONS.values()} | beginnings == set(LIVE)
    acts = itertools.chain(*ALWAYS.values(), *(acts for _, acts in TRANSITIONS.values()))
    assert set(acts) == set(Act)
