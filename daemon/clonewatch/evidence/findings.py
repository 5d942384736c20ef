"""What weighing a conflict gives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from .marks import TABLE

if TYPE_CHECKING:
    from .marks import Mark


class Side(StrEnum):
    """One of the two registrations of a conflict."""

    FIRST = "first"
    SECOND = "second"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """ITU-T X.733's perceived severities, the slightest first."""

    WARNING = "warning"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for the slightest."""
        return list(Severity).index(self)


# Least confidence of each severity.
SEVERITIES: Final = (
    (0.95, Severity.CRITICAL),
    (0.80, Severity.MAJOR),
    (0.50, Severity.MINOR),
    (0.00, Severity.WARNING),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A mark that was found; on one registration, or on the conflict as a whole (UNKNOWN)."""

    mark: Mark
    side: Side = Side.UNKNOWN
    words: str  # what was seen, for people

    @property
    def is_clone(self) -> int:
        """Points for a clone."""
        return TABLE[self.mark].is_clone

    @property
    def is_owner(self) -> int:
        """Points for the registration of `side` being the subscriber's own."""
        return TABLE[self.mark].is_owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What speaks for and against a conflict being a clone, and what follows from it."""

    found: tuple[Found, ...]
    confidence: float  # 0 to 1: odds of a clone as a share
    severity: Severity
    clone: Side
    reasons: tuple[str, ...]  # for `clone`: words of the marks that decided, the heaviest first
    holds: tuple[Mark, ...]  # marks for which nobody must be suspended
    speed_kmh: float | None  # implied; infinite where no time passed

    def as_record(self) -> dict[str, Any]:
        """As JSON has it."""
        speed = self.speed_kmh
        return {
            "confidence": round(self.confidence, 3),
            "severity": str(self.severity),
            "clone": str(self.clone),
            "reasons": list(self.reasons),
            "holds": [str(mark) for mark in self.holds],
            "speed_kmh": round(speed) if speed is not None and speed < float("inf") else None,
            "found": [
                {
                    "mark": str(each.mark),
                    "side": str(each.side),
                    "clone_points": each.is_clone,
                    "owner_points": each.is_owner,
                    "words": each.words,
                }
                for each in self.found
            ],
        }


def confidence_of(points: float) -> float:
    """Share whose odds are *points*, ten times their decimal logarithm."""
    return float(1 / (1 + 10 ** (-points / 10)))


def severity_of(confidence: float) -> Severity:
    """Severity that goes with a confidence."""
    return next(severity for least, severity in SEVERITIES if confidence >= least)
