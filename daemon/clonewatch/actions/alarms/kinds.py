"""What may be wrong: the table of alarms. `docs/alarms.md` shows it; a test compares."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple


class EventType(StrEnum):
    """ITU-T X.733 and X.736, event type."""

    COMMUNICATIONS = "communicationsAlarm"
    QUALITY_OF_SERVICE = "qualityOfServiceAlarm"
    PROCESSING_ERROR = "processingErrorAlarm"
    EQUIPMENT = "equipmentAlarm"
    SECURITY = "securityServiceOrMechanismViolation"


class Kind(StrEnum):
    """What is wrong."""

    CLONE = "clone"
    LINK_DOWN = "link_down"
    SOURCE_SILENT = "source_silent"
    GROUP_MISSING = "group_missing"
    MSC_UNKNOWN = "msc_unknown"
    RECORD_FILE_FAILING = "record_file_failing"
    STORE_FAILING = "store_failing"
    CONFLICT_SET_ASIDE = "conflict_set_aside"
    CLOCK_RUNAWAY = "clock_runaway"
    TRAVEL_TIMES_SUSPECT = "travel_times_suspect"
    SUSPENSION_STOPPED = "suspension_stopped"
    RESTORATION_FAILING = "restoration_failing"


class Row(NamedTuple):
    """A row of the table."""

    event_type: EventType
    cause: str  # ITU-T X.733 and X.736, probable cause
    object: str  # what it is about
    ends: str  # when it is cleared


# fmt: off
TABLE: Final[dict[Kind, Row]] = {
    Kind.CLONE:                Row(EventType.SECURITY,         "unauthorizedAccessAttempt",         "a subscriber", "as the case's life says"),
    Kind.LINK_DOWN:            Row(EventType.COMMUNICATIONS,   "communicationsSubsystemFailure",    "a link",       "it carries messages again"),
    Kind.SOURCE_SILENT:        Row(EventType.COMMUNICATIONS,   "lossOfSignal",                      "a source",     "a registration came"),
    Kind.GROUP_MISSING:        Row(EventType.COMMUNICATIONS,   "lossOfSignal",                      "a spool",      "a group came again"),
    Kind.MSC_UNKNOWN:          Row(EventType.PROCESSING_ERROR, "configurationOrCustomizationError", "an MSC",       "the table of MSCs has it"),
    Kind.RECORD_FILE_FAILING:  Row(EventType.PROCESSING_ERROR, "storageCapacityProblem",            "the record file, or its groups", "it is written again, or they are sealed again"),
    Kind.STORE_FAILING:        Row(EventType.PROCESSING_ERROR, "storageCapacityProblem",            "the store",    "it is written again"),
    Kind.CONFLICT_SET_ASIDE:   Row(EventType.PROCESSING_ERROR, "softwareProgramError",              "the store, or suspension", "the daemon is started again"),
    Kind.CLOCK_RUNAWAY:        Row(EventType.EQUIPMENT,        "timingProblem",                     "a source or an MSC", "its clock is right again"),
    Kind.TRAVEL_TIMES_SUSPECT: Row(EventType.PROCESSING_ERROR, "configurationOrCustomizationError", "an MSC, or a pair", "there are new travel times, or no conflict for a day"),
    Kind.SUSPENSION_STOPPED:   Row(EventType.QUALITY_OF_SERVICE, "thresholdCrossed",                "suspension by itself", "an operator resumes it"),
    Kind.RESTORATION_FAILING:  Row(EventType.PROCESSING_ERROR, "underlyingResourceUnavailable",     "subscribers out of service", "the HLR has put all of them back"),
}
# fmt: on


def table_text() -> str:
    """The table as Markdown, for the documentation."""
    lines = ["| alarm | about | event type | probable cause | cleared when |"]
    lines.append("| --- | --- | --- | --- | --- |")
    lines += [
        f"| `{kind}` | {row.object} | {row.event_type} | {row.cause} | {row.ends} |"
        for kind, row in TABLE.items()
    ]
    return "\n".join(lines)
