"""What couriers have to tell the operator's log."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OutputFailed:
    """An output does not take what it is sent; it will be tried again."""

    output: str
    reason: str

    def __str__(self) -> str:
        return f"alarms to {self.output} wait: {self.reason}"


@dataclass(frozen=True, slots=True)
class OutputResumed:
    """It takes them again."""

    output: str

    def __str__(self) -> str:
        return f"alarms to {self.output} are sent again"


@dataclass(frozen=True, slots=True)
class NoticeRefused:
    """An output refuses one notice for good."""

    output: str
    number: int
    reason: str

    def __str__(self) -> str:
        return f"{self.output} refused notification {self.number}: {self.reason}"


Event = OutputFailed | OutputResumed | NoticeRefused
