"""The table of evidence: each mark, what it weighs and what it means.

Weights are points, ten times the decimal logarithm of odds: with ten points more, a clone is ten
times as likely beside an honest cause. Points of independent marks add up.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple


class Mark(StrEnum):
    """One thing that was seen."""

    FAR_TOO_SOON = "far_too_soon"
    TOO_SOON = "too_soon"
    BARELY_TOO_SOON = "barely_too_soon"
    ESN_DIFFERS = "esn_differs"
    PSEUDO_ESN = "pseudo_esn"
    TERMINAL_TYPE_DIFFERS = "terminal_type_differs"
    CAPABILITIES_DIFFER = "capabilities_differ"
    PING_PONG = "ping_pong"
    CONFLICTS_REPEATED = "conflicts_repeated"
    CONFLICTS_MANY = "conflicts_many"
    MSCS_MANY = "mscs_many"
    BORDER_CELL = "border_cell"
    CLOCK_EXPLAINS = "clock_explains"
    CLOCK_RUNAWAY = "clock_runaway"
    TIME_UNCERTAIN = "time_uncertain"
    CAME_LATE = "came_late"
    AT_HOME = "at_home"
    AT_USUAL_MSC = "at_usual_msc"
    NEVER_THERE = "never_there"
    LATELY_THERE = "lately_there"
    USUAL_ESN = "usual_esn"
    USUAL_TERMINAL_TYPE = "usual_terminal_type"
    KNOWN_TERMINAL_TYPE = "known_terminal_type"
    STRANGE_TERMINAL_TYPE = "strange_terminal_type"
    UNLIKE_EARLIER_THERE = "unlike_earlier_there"


class Row(NamedTuple):
    """A row of the table."""

    is_clone: int  # points for a clone, negative against
    is_owner: int  # points for the registration that has the mark being the subscriber's own
    meaning: str


# fmt: off
TABLE: Final[dict[Mark, Row]] = {
    #                              clone  owner
    Mark.FAR_TOO_SOON:          Row( +8,   0, "less than half the travel time passed"),
    Mark.TOO_SOON:              Row( +4,   0, "less than nine tenths of it passed"),
    Mark.BARELY_TOO_SOON:       Row( -4,   0, "nine tenths or more passed: a fast journey or a coarse table does that"),
    Mark.ESN_DIFFERS:           Row( +6,   0, "one MIN, two ESNs: two phones, or one that was just exchanged"),
    Mark.PSEUDO_ESN:            Row( -3,   0, "of differing ESNs, one is made from a MEID: not one phone's own"),
    Mark.TERMINAL_TYPE_DIFFERS: Row(+10,   0, "TerminalType differs: two models of phone"),
    Mark.CAPABILITIES_DIFFER:   Row( +2,   0, "SystemCapabilities or TransactionCapability differ: two models, or two makes of switch"),
    Mark.PING_PONG:             Row( +8,   0, "third impossible journey in turn between the same two places: A B A B"),
    Mark.CONFLICTS_REPEATED:    Row( +4,   0, "the MSID had a conflict before, more than an hour apart"),
    Mark.CONFLICTS_MANY:        Row( +4,   0, "it had four or more, beside the above"),
    Mark.MSCS_MANY:             Row( +3,   0, "its conflicts are at four or more MSCs"),
    Mark.BORDER_CELL:           Row( -5,   0, "a border cell heard it: the phone may be in the neighbour's area"),
    Mark.CLOCK_EXPLAINS:        Row(-20,   0, "the clocks' offsets account for it: by true time the journey was possible"),
    Mark.CLOCK_RUNAWAY:         Row( -8,   0, "the clock of an MSC or a source runs away (holds suspension)"),
    Mark.TIME_UNCERTAIN:        Row( -6,   0, "flagged: queued for an unknown time, or a suspect time stamp (holds suspension)"),
    Mark.CAME_LATE:             Row( -2,   0, "later than its source's lateness: neighbours may be forgotten (holds suspension)"),
    Mark.AT_HOME:               Row(  0,  +5, "at the home MSC of its number (homes.csv), or next to it; the other is not"),
    Mark.AT_USUAL_MSC:          Row(  0,  +5, "where the MSID used to register before a second phone showed; the other is not"),
    Mark.NEVER_THERE:           Row(  0,  -5, "the MSID never registered there, nor next to it, before; at the other it did"),
    Mark.LATELY_THERE:          Row(  0, +12, "the last four registrations before a second phone showed were there or next to there; the other is not"),
    Mark.USUAL_ESN:             Row(  0, +20, "of differing ESNs, the one used before"),
    Mark.USUAL_TERMINAL_TYPE:   Row(  0, +20, "of differing TerminalTypes, the one told before"),
    Mark.KNOWN_TERMINAL_TYPE:   Row(  0,  +8, "the TerminalType told before; that of the other is not known"),
    Mark.STRANGE_TERMINAL_TYPE: Row(  0, -20, "a TerminalType that was not told before; that of the other is not known"),
    Mark.UNLIKE_EARLIER_THERE:  Row(  0,  -6, "its capabilities differ from the MSID's earlier ones at the same MSC"),
}
# fmt: on
PRIOR: Final = 0  # points of a conflict without any mark


def table_text() -> str:
    """The table as Markdown, for the documentation."""
    lines = ["| mark | clone | owner | seen |", "| --- | ---: | ---: | --- |"]
    lines += [
        f"| `{mark}` | {_points(row.is_clone)} | {_points(row.is_owner)} | {row.meaning} |"
        for mark, row in TABLE.items()
    ]
    return "\n".join(lines)


def _points(points: int) -> str:
    return f"{points:+}" if points else ""
