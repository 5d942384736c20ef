"""The life of a case, as one table. `docs/cases.md` shows it to operators; a test compares."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class State(StrEnum):
    """Where a case is."""

    NONE = "none"  # there is no case yet
    OPEN = "open"  # nobody has looked at it, or it came back
    CONFIRMED = "confirmed"  # a person says that it is a clone
    DISMISSED = "dismissed"  # a person says that it is not; silent for a while
    SUSPENDED = "suspended"  # the HLR has taken the MSID out of service
    RESTORED = "restored"  # and has put it back
    CLOSED = "closed"  # over


class Input(StrEnum):
    """What may happen to a case."""

    CONFLICT = "conflict"  # the detector found one
    GRAVER = "graver"  # one of a severity above that which was dismissed
    LATER = "later"  # one after the silence of a dismissed case
    SIGHTING = "sighting"  # an identity that was given up has registered
    TWINS = "twins"  # two ESNs are used to and fro
    REPORT = "report"  # an operator reports a victim
    ACQUITTED = "acquitted"  # no conflict is left that counts
    CONFIRM = "confirm"
    DISMISS = "dismiss"
    SUSPENDED = "suspended"  # the HLR has accepted a suspension
    RESTORED = "restored"  # the HLR has accepted a restoration
    CLOSE = "close"
    REISSUE = "reissue"  # closed with new identifiers issued; the old are watched


class Act(StrEnum):
    """What that does to the case's alarm, or calls for."""

    NOTHING = "-"
    RAISE = "raise"
    UPDATE = "update"  # counted; changed if the severity is another
    CLEAR = "clear"
    NEW_CASE = "new case"


# fmt: off
TRANSITIONS: Final[Mapping[tuple[State, Input], tuple[State, Act]]] = {
    (State.NONE,      Input.CONFLICT):  (State.OPEN,      Act.RAISE),
    (State.NONE,      Input.SIGHTING):  (State.OPEN,      Act.RAISE),
    (State.NONE,      Input.TWINS):     (State.OPEN,      Act.RAISE),
    (State.NONE,      Input.REPORT):    (State.OPEN,      Act.RAISE),

    (State.OPEN,      Input.CONFLICT):  (State.OPEN,      Act.UPDATE),
    (State.OPEN,      Input.SIGHTING):  (State.OPEN,      Act.UPDATE),
    (State.OPEN,      Input.TWINS):     (State.OPEN,      Act.UPDATE),
    (State.OPEN,      Input.REPORT):    (State.OPEN,      Act.UPDATE),
    (State.OPEN,      Input.ACQUITTED): (State.CLOSED,    Act.CLEAR),
    (State.OPEN,      Input.CONFIRM):   (State.CONFIRMED, Act.UPDATE),
    (State.OPEN,      Input.DISMISS):   (State.DISMISSED, Act.CLEAR),
    (State.OPEN,      Input.SUSPENDED): (State.SUSPENDED, Act.UPDATE),
    (State.OPEN,      Input.CLOSE):     (State.CLOSED,    Act.CLEAR),
    (State.OPEN,      Input.REISSUE):   (State.CLOSED,    Act.CLEAR),

    (State.CONFIRMED, Input.CONFLICT):  (State.CONFIRMED, Act.UPDATE),
    (State.CONFIRMED, Input.SIGHTING):  (State.CONFIRMED, Act.UPDATE),
    (State.CONFIRMED, Input.TWINS):     (State.CONFIRMED, Act.UPDATE),
    (State.CONFIRMED, Input.REPORT):    (State.CONFIRMED, Act.UPDATE),
    (State.CONFIRMED, Input.ACQUITTED): (State.CLOSED,    Act.CLEAR),
    (State.CONFIRMED, Input.DISMISS):   (State.DISMISSED, Act.CLEAR),
    (State.CONFIRMED, Input.SUSPENDED): (State.SUSPENDED, Act.UPDATE),
    (State.CONFIRMED, Input.CLOSE):     (State.CLOSED,    Act.CLEAR),
    (State.CONFIRMED, Input.REISSUE):   (State.CLOSED,    Act.CLEAR),

    (State.DISMISSED, Input.CONFLICT):  (State.DISMISSED, Act.NOTHING),
    (State.DISMISSED, Input.GRAVER):    (State.OPEN,      Act.RAISE),
    (State.DISMISSED, Input.LATER):     (State.DISMISSED, Act.NEW_CASE),
    (State.DISMISSED, Input.SIGHTING):  (State.OPEN,      Act.RAISE),
    (State.DISMISSED, Input.TWINS):     (State.DISMISSED, Act.NOTHING),
    (State.DISMISSED, Input.REPORT):    (State.OPEN,      Act.RAISE),
    (State.DISMISSED, Input.ACQUITTED): (State.DISMISSED, Act.NOTHING),
    (State.DISMISSED, Input.CONFIRM):   (State.CONFIRMED, Act.RAISE),
    (State.DISMISSED, Input.CLOSE):     (State.CLOSED,    Act.NOTHING),
    (State.DISMISSED, Input.REISSUE):   (State.CLOSED,    Act.NOTHING),

    (State.SUSPENDED, Input.CONFLICT):  (State.SUSPENDED, Act.UPDATE),
    (State.SUSPENDED, Input.SIGHTING):  (State.SUSPENDED, Act.UPDATE),
    (State.SUSPENDED, Input.TWINS):     (State.SUSPENDED, Act.UPDATE),
    (State.SUSPENDED, Input.REPORT):    (State.SUSPENDED, Act.UPDATE),
    (State.SUSPENDED, Input.ACQUITTED): (State.SUSPENDED, Act.UPDATE),
    (State.SUSPENDED, Input.RESTORED):  (State.RESTORED,  Act.CLEAR),
    (State.SUSPENDED, Input.REISSUE):   (State.CLOSED,    Act.CLEAR),

    (State.RESTORED,  Input.CONFLICT):  (State.OPEN,      Act.RAISE),
    (State.RESTORED,  Input.SIGHTING):  (State.OPEN,      Act.RAISE),
    (State.RESTORED,  Input.TWINS):     (State.OPEN,      Act.RAISE),
    (State.RESTORED,  Input.REPORT):    (State.OPEN,      Act.RAISE),
    (State.RESTORED,  Input.ACQUITTED): (State.RESTORED,  Act.NOTHING),
    (State.RESTORED,  Input.CONFIRM):   (State.CONFIRMED, Act.RAISE),
    (State.RESTORED,  Input.DISMISS):   (State.DISMISSED, Act.NOTHING),
    (State.RESTORED,  Input.CLOSE):     (State.CLOSED,    Act.NOTHING),
    (State.RESTORED,  Input.REISSUE):   (State.CLOSED,    Act.NOTHING),

    (State.CLOSED,    Input.CONFLICT):  (State.CLOSED,    Act.NEW_CASE),
    (State.CLOSED,    Input.SIGHTING):  (State.CLOSED,    Act.NEW_CASE),
    (State.CLOSED,    Input.TWINS):     (State.CLOSED,    Act.NEW_CASE),
    (State.CLOSED,    Input.REPORT):    (State.CLOSED,    Act.NEW_CASE),
    (State.CLOSED,    Input.ACQUITTED): (State.CLOSED,    Act.NOTHING),
}
# fmt: on

# Whose alarm is raised.
ALARMED: Final = frozenset({State.OPEN, State.CONFIRMED, State.SUSPENDED})


class MoveRefusedError(Exception):
    """The table has no such move: one line that says so, and what is possible."""

    def __init__(self, state: State, what: Input) -> None:
        possible = ", ".join(
            sorted(_BY_PEOPLE[i] for s, i in TRANSITIONS if s is state and i in _BY_PEOPLE)
        )
        super().__init__(f"a case that is {state} takes no {what!s}; it takes: {possible}")
        self.state = state
        self.what = what


# What people may say, in the words of the command.
_BY_PEOPLE: Final[Mapping[Input, str]] = {
    Input.CONFIRM: "confirm",
    Input.DISMISS: "dismiss",
    Input.CLOSE: "close",
    Input.REISSUE: "close --reissued",
    Input.RESTORED: "restore",
}


def moved(state: State, what: Input) -> tuple[State, Act]:
    """The state that follows, and what that calls for. Raises MoveRefusedError."""
    try:
        return TRANSITIONS[state, what]
    except KeyError:
        raise MoveRefusedError(state, what) from None


def table_text() -> str:
    """The table as Markdown, for the documentation: a row an input, a column a state."""
    lines = [
        "| what happens | " + " | ".join(State) + " |",
        "| --- " * (len(State) + 1) + "|",
    ]
    for what in Input:
        cells = [_cell(state, what) for state in State]
        lines.append(f"| {what} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(state: State, what: Input) -> str:
    if (state, what) not in TRANSITIONS:
        return ""
    after, act = TRANSITIONS[state, what]
    words = [] if after is state else [str(after)]
    words += [] if act is Act.NOTHING else [f"*{act}*"]
    return ", ".join(words) or "-"
