"""One notice: an alarm was raised, changed or cleared."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Self

from clonewatch.evidence.findings import Severity
from clonewatch.registrations import time_text

from .kinds import TABLE, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

CLEARED: Final = "cleared"  # X.733's severity of what is over


class Change(StrEnum):
    """What happened to the alarm."""

    RAISED = "raised"
    CHANGED = "changed"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """An alarm as it is after a change. Times in ms since 1970."""

    number: int  # notification identifier: never used twice
    change: Change
    key: str  # of the alarm
    kind: Kind
    object: str  # the managed object instance
    severity: Severity | None  # None: cleared
    before: Severity | None  # the severity before; None: it was not raised
    text: str
    details: Mapping[str, Any]
    raised_at: int
    at: int
    count: int
    case_id: int | None = None

    @property
    def severity_text(self) -> str:
        """X.733's word."""
        return CLEARED if self.severity is None else str(self.severity)

    @property
    def trend(self) -> str:
        """X.733's trend indication."""
        if self.severity is None:
            return "lessSevere"
        before = -1 if self.before is None else self.before.rank
        if self.severity.rank == before:
            return "noChange"
        return "moreSevere" if self.severity.rank > before else "lessSevere"

    def as_payload(self) -> dict[str, Any]:
        """As the outbox keeps it."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def of_payload(cls, payload: Mapping[str, Any]) -> Self:
        """The notice of a payload."""
        values = dict(payload)
        for name in ("severity", "before"):
            values[name] = None if values[name] is None else Severity(values[name])
        values["change"], values["kind"] = Change(values["change"]), Kind(values["kind"])
        return cls(**values)

    def as_record(self) -> dict[str, Any]:
        """As people's programs read it, in JSON."""
        row = TABLE[self.kind]
        return {
            "notification": self.number,
            "change": str(self.change),
            "alarm": self.key,
            "kind": str(self.kind),
            "event_type": str(row.event_type),
            "probable_cause": row.cause,
            "object": self.object,
            "severity": self.severity_text,
            "trend": self.trend,
            "text": self.text,
            "raised_at": time_text(self.raised_at),
            "at": time_text(self.at),
            "count": self.count,
            "case": self.case_id,
            **({"details": dict(self.details)} if self.details else {}),
        }
