"""What follows from each answer of the HLR, as one table."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from clonewatch.store.outbox import SUSPENSION
from is41.map.operations import ErrorCode, error_of
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
from is41.tcap.messages import ReturnError

from .items import RESTORATION

if TYPE_CHECKING:
    from collections.abc import Mapping


class Step(StrEnum):
    """What is done."""

    DONE = "done"
    REFUSED = "refused"  # for good: it shows on the case
    AGAIN = "again"  # under a new transaction ID
    LATER = "again, after longer"  # it was refused, and somebody may have to mend that


# Design 6: a refusal ends the item. Not so a restoration, which nothing but a yes ends: the
# subscriber is out of service meanwhile, and a clone left on would be the lesser evil.
# fmt: off
STEPS: Final[Mapping[tuple[str, type[Outcome]], Step]] = {
    (SUSPENSION,  Succeeded):  Step.DONE,
    (SUSPENSION,  Failed):     Step.REFUSED,
    (SUSPENSION,  Rejected):   Step.REFUSED,
    (SUSPENSION,  Returned):   Step.REFUSED,
    (SUSPENSION,  Aborted):    Step.AGAIN,
    (SUSPENSION,  TimedOut):   Step.AGAIN,
    (SUSPENSION,  Unanswered): Step.AGAIN,
    (RESTORATION, Succeeded):  Step.DONE,
    (RESTORATION, Failed):     Step.LATER,
    (RESTORATION, Rejected):   Step.LATER,
    (RESTORATION, Returned):   Step.AGAIN,
    (RESTORATION, Aborted):    Step.AGAIN,
    (RESTORATION, TimedOut):   Step.AGAIN,
    (RESTORATION, Unanswered): Step.AGAIN,
}
# fmt: on
_ANSWERS: Final[Mapping[type[Outcome], str]] = {
    Succeeded: "return result",
    Failed: "return error",
    Rejected: "reject",
    Returned: "unitdata service (UDTS): it never arrived",
    Aborted: "abort",
    TimedOut: "nothing in time",
    Unanswered: "an answer that answers nothing",
}


def step(kind: str, outcome: Outcome) -> Step:
    """What an outcome calls for."""
    return STEPS[kind, type(outcome)]


def words(outcome: Outcome) -> str:
    """An outcome for people."""
    match outcome:
        case Failed(error, parameters):
            code = error_of(ReturnError(component_ids=None, error=error, parameters=parameters))
            name = code.name.lower().replace("_", " ") if isinstance(code, ErrorCode) else None
            return f"return error: {name or error.octets.hex()}"
        case Rejected(problem):
            return f"reject: problem {problem:04X}"
        case Returned(cause):
            return f"it came back undelivered: return cause {cause}"
        case Aborted(None, _):
            return "abort by the user"
        case Aborted(cause, _):
            return f"abort: cause {cause}"
        case _:
            return _ANSWERS[type(outcome)]


def table_text() -> str:
    """The table as Markdown, for the documentation."""
    lines = ["| the HLR's answer | to a suspension | to a restoration |", "| --- | --- | --- |"]
    lines += [
        f"| {answer} | {STEPS[SUSPENSION, kind]} | {STEPS[RESTORATION, kind]} |"
        for kind, answer in _ANSWERS.items()
    ]
    return "\n".join(lines)
