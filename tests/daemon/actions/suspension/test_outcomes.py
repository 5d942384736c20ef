"""What follows from each answer."""

from __future__ import annotations

from pathlib import Path
from typing import Final, get_args

import pytest

from clonewatch.actions.suspension.items import RESTORATION
from clonewatch.actions.suspension.outcomes import STEPS, Step, step, table_text, words
from clonewatch.store.outbox import SUSPENSION
from is41.map.operations import ErrorCode, error_code
from is41.tcap.dialogues import (
    Aborted,
    Failed,
    Outcome,
    Rejected,
    Returned,
    Succeeded,
    TimedOut,
    Unanswered,
)

DOCUMENT: Final = Path(__file__).parents[4] / "docs" / "suspension.md"
EACH: Final[dict[Outcome, str]] = {
    Succeeded(None): "return result",
    Failed(error_code(ErrorCode.UNRECOGNIZED_MIN), None): "return error: unrecognized min",
    Rejected(0x0202): "reject: problem 0202",
    Aborted(3, None): "abort: cause 3",
    Aborted(None, b""): "abort by the user",
    Returned(1): "it came back undelivered: return cause 1",
    TimedOut(): "nothing in time",
    Unanswered(None): "an answer that answers nothing",
}


def test_every_outcome_has_its_step() -> None:
    kinds = {(kind, of) for kind in (SUSPENSION, RESTORATION) for of in get_args(Outcome)}
    assert set(STEPS) == kinds
    assert {type(outcome) for outcome in EACH} == set(get_args(Outcome))


@pytest.mark.parametrize("outcome", EACH)
def test_each_is_said_in_words(outcome: Outcome) -> None:
    assert words(outcome) == EACH[outcome]


def test_who_is_out_of_service_is_not_left_there_for_any_answer() -> None:
    assert step(SUSPENSION, Returned(1)) is Step.REFUSED
    assert step(RESTORATION, Returned(1)) is Step.AGAIN
    assert Step.REFUSED not in {step(RESTORATION, outcome) for outcome in EACH}


def test_the_documentation_has_the_table() -> None:
    assert f"<!-- answers -->\n{table_text()}\n<!-- end -->" in DOCUMENT.read_text()
