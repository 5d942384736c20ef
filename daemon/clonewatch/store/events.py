"""What the store has to tell its operator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Failed:
    """A transaction failed; nothing of it is stored, and it will be tried again."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}; waits in memory, and tries again"


@dataclass(frozen=True, slots=True)
class Resumed:
    """Transactions are committed again."""

    path: Path

    def __str__(self) -> str:
        return f"{self.path}: written again"


@dataclass(frozen=True, slots=True)
class Overflowed:
    """No room in memory either. The judged position stays, so that the next start finds them."""

    path: Path
    judged: int

    def __str__(self) -> str:
        return (
            f"{self.path}: too much waits to be stored; conflicts from sequence {self.judged} on "
            "are left out, and found again in the record file at the next start"
        )


Event = Failed | Resumed | Overflowed
