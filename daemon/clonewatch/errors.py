"""What the program says of input that it cannot use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class InputError(Exception):
    """Input that cannot be read: one line with the file, the place, the fault and the remedy."""

    def __init__(self, path: Path | str, message: str, *, line: int | None = None) -> None:
        super().__init__(f"{path}: {message}" if line is None else f"{path}:{line}: {message}")
        self.path = path
        self.line = line
        self.message = message
