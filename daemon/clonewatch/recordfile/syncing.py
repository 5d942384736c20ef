"""What a power cut could still take, and how it is kept from that: for a thread of its own.

A write goes into memory; a sync waits for the disk, and at a million registrations a second for
50 MB. Nothing is written meanwhile by who waits, but others may write.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from .opengroup import OpenGroup


@dataclass(frozen=True, slots=True)
class Syncing:
    """Everything that was written below sequence *end*, and is not synced yet."""

    end: int
    finished: tuple[OpenGroup, ...]  # nobody writes to them any more
    open: OpenGroup | None

    def do(self) -> None:
        """Sync it.

        Raises OSError; what was done by then is done, and the same may be tried again.
        """
        for group in self.finished:
            group.finish()
        if self.open is not None:
            self.open.sync()

    @property
    def path(self) -> Path | None:
        """What failed, as far as people want to know."""
        groups = [*self.finished, *([] if self.open is None else [self.open])]
        return groups[0].group.open_path if groups else None
