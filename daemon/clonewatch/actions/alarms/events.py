"""What couriers have to tell the operator's log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clonewatch.store.apart import Fault


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


@dataclass(frozen=True, slots=True)
class NoticeSetAside:
    """One notice cannot be sent, or one alarm repeated, by a fault of ours; the others go on."""

    output: str
    what: str
    fault: Fault

    def __str__(self) -> str:
        return f"{self.what} cannot go to {self.output}, by a fault of ours: {self.fault.reason}"


@dataclass(frozen=True, slots=True)
class RepeatRefused:
    """An output refuses to be told of one alarm again."""

    output: str
    alarm: str
    reason: str

    def __str__(self) -> str:
        return f"{self.output} refused to be told of {self.alarm} again: {self.reason}"


Event = OutputFailed | OutputResumed | NoticeRefused | NoticeSetAside | RepeatRefused
