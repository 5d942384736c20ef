"""What a spool has to tell its operator."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clonewatch.registrations import time_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Taken:
    """A group was read to its end, and every registration of it is in the record file."""

    path: Path  # where it is now
    registrations: int
    refused: Mapping[str, int] = field(default_factory=dict)  # rows or messages, by reason
    was_missing: bool = False  # told before as missing

    def __str__(self) -> str:
        refused = sum(self.refused.values())
        return (
            f"{self.path}: {self.registrations:,} registrations taken"
            + (f", {refused:,} refused" if refused else "")
            + (", after it was missing" if self.was_missing else "")
        )


@dataclass(frozen=True, slots=True)
class Refused:
    """A group could not be used to its end; so many registrations of it were."""

    path: Path  # where it is now
    registrations: int
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}; {self.registrations:,} registrations taken"


@dataclass(frozen=True, slots=True)
class Missing:
    """Groups that follow one another did not come in their time."""

    directory: Path
    start_ms: int  # of the first
    groups: int

    def __str__(self) -> str:
        return f"{self.directory}: {self.groups:,} groups missing from {time_text(self.start_ms)}"


@dataclass(frozen=True, slots=True)
class Removed:
    """Groups taken long ago were removed from `done`, as its retention says."""

    directory: Path
    groups: int

    def __str__(self) -> str:
        return f"{self.directory}: {self.groups:,} groups removed that were taken long ago"


@dataclass(frozen=True, slots=True)
class Ignored:
    """A name that is no group's; told once, and left where it is."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: left alone: {self.reason}"


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing can be taken for now; it will be tried again."""

    directory: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.directory}: {self.reason}; tries again"


@dataclass(frozen=True, slots=True)
class Resumed:
    """Groups are taken again."""

    directory: Path

    def __str__(self) -> str:
        return f"{self.directory}: groups are taken again"


Event = Taken | Refused | Missing | Removed | Ignored | Failed | Resumed
