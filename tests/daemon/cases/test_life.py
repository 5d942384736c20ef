"""The table of a case's life, and its twin in the documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from clonewatch.cases.life import (
    ALARMED,
    TRANSITIONS,
    Act,
    Input,
    MoveRefusedError,
    State,
    moved,
    table_text,
)

DOCS: Final = Path(__file__).parents[3] / "docs" / "cases.md"


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("what", Input)
def test_every_input_moves_by_the_table_or_is_refused(state: State, what: Input) -> None:
    if (state, what) in TRANSITIONS:
        assert moved(state, what) == TRANSITIONS[state, what]
    else:
        with pytest.raises(MoveRefusedError, match=f"a case that is {state} takes no {what}"):
            moved(state, what)


@pytest.mark.parametrize(("at", "goes"), TRANSITIONS.items())
def test_the_alarm_follows_the_state(at: tuple[State, Input], goes: tuple[State, Act]) -> None:
    (before, _), (after, act) = at, goes
    expected = {
        (False, True): Act.RAISE,
        (True, False): Act.CLEAR,
        (True, True): Act.UPDATE,
        (False, False): Act.NOTHING,
    }[before in ALARMED, after in ALARMED]
    assert act is expected or (act is Act.NEW_CASE and before is after)


@pytest.mark.parametrize("state", [state for state in State if state is not State.NONE])
def test_what_the_detector_finds_is_never_refused(state: State) -> None:
    for what in (Input.CONFLICT, Input.SIGHTING, Input.TWINS, Input.REPORT, Input.ACQUITTED):
        moved(state, what)


def test_a_refusal_says_what_a_person_can_do() -> None:
    with pytest.raises(MoveRefusedError, match=r"it takes: close --reissued, restore$"):
        moved(State.SUSPENDED, Input.CLOSE)


def test_the_documentation_has_the_same_table() -> None:
    assert f"<!-- life -->\n{table_text()}\n<!-- end -->" in DOCS.read_text("utf-8")
