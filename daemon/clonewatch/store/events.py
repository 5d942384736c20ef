"""What the store has to tell its operator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from .aside import Aside


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


@dataclass(frozen=True, slots=True)
class SetAside:
    """Something could not be stored by a fault of ours; all else goes on."""

    path: Path
    aside: Aside

    def __str__(self) -> str:
        return (
            f"{self.path}: {self.aside.kind} of {self.aside.msid} cannot be stored, by a fault of "
            f"ours: {self.aside.fault.reason}; it is set aside as {self.aside.id}"
        )


Event = Failed | Resumed | Overflowed | SetAside
