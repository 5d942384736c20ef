"""What the program says of input that it cannot use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class InputError(Exception):
    """Input that cannot be read: one line with the file, the place, the fault and the remedy."""

    def __init__(self, path: Path | str, message: str, *, line: int | None = None) -> None:
        super().__init__(f"{path}: {message}" if line is None else f"{path}:{line}: {message}")
        self.path = path
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend. *key* as in ``links[2].listen``; empty where the file itself is meant."""

    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.key}: {self.message}" if self.key else self.message


class Misconfigured(Exception):
    """A configuration that cannot be used, and every reason why."""

    def __init__(self, path: Path, faults: Iterable[Fault]) -> None:
        self.path = path
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{path}: {fault}" for fault in self.faults))


class ControlError(Exception):
    """A daemon that does not answer on its control socket, or will not do what it is asked."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message
