"""What the record file has to tell its operator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Failed:
    """Writing or syncing failed; it will be tried again."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}; goes on in memory, and tries again"


@dataclass(frozen=True, slots=True)
class Resumed:
    """Writing works again; so many registrations were not stored in between."""

    path: Path
    lost: int

    def __str__(self) -> str:
        return f"{self.path}: written again; {self.lost:,} registrations lost"


@dataclass(frozen=True, slots=True)
class SealingFailed:
    """A group could not be sealed, or old ones not be removed; it will be tried again."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}; not sealed, and tried again"


@dataclass(frozen=True, slots=True)
class SealingResumed:
    """Groups are sealed again."""

    path: Path

    def __str__(self) -> str:
        return f"{self.path}: sealed again"


@dataclass(frozen=True, slots=True)
class CutBack:
    """The last block was torn; the file was cut back to the one before it."""

    path: Path
    octets: int

    def __str__(self) -> str:
        return f"{self.path}: {self.octets:,} octets of a torn block cut off"


@dataclass(frozen=True, slots=True)
class Damaged:
    """Part of a file cannot be read; the rest of it is used."""

    path: Path
    detail: str

    def __str__(self) -> str:
        return f"{self.path}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A group became Parquet."""

    path: Path
    rows: int

    def __str__(self) -> str:
        return f"{self.path}: sealed, {self.rows:,} registrations"


@dataclass(frozen=True, slots=True)
class Removed:
    """A group was older than is kept, or one too many."""

    path: Path

    def __str__(self) -> str:
        return f"{self.path}: removed, as retention says"


Event = Failed | Resumed | SealingFailed | SealingResumed | CutBack | Damaged | Sealed | Removed
