"""The group in hand: its registrations, and what is wrong with it."""

from __future__ import annotations

import errno
from collections import Counter
from typing import TYPE_CHECKING, Final

from clonewatch.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from clonewatch.registrations import Batch
    from clonewatch.replay import Source

    from .reading import GroupReader

FAULTS_TOLD_MAX: Final = 20  # of those that say what was refused
_OURS: Final = {errno.EMFILE, errno.ENFILE, errno.ENOMEM}  # faults that are not the group's


class Group:
    """A group at *path*, read once. What is wrong with it as a whole is its `fault`, or None."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fault: str | None = None  # set before it is read, nothing of it is
        self.registrations = 0
        self.refused: Counter[str] = Counter()  # rows or messages, by reason
        self._told: list[str] = []

    def batches(self, reader: GroupReader) -> Iterator[Batch]:
        """Give the registrations, as far as they can be read. Raises OSError for want of memory."""
        if self.fault is not None:
            return
        source: Source | None = None
        try:
            source = reader.open(self.path, self._refuse)
            for batch in source.batches():
                self.registrations += len(batch)
                yield batch
            self.fault = self._fault_of(source)
        except InputError as error:
            self.fault = self._placed(str(error))
        except OSError as error:
            if error.errno in _OURS:
                raise
            self.fault = f"{self.path.name}: cannot be read: {error.strerror or error}"
        if source is not None:
            self.refused = source.refused()

    def words(self) -> str | None:
        """What is to stand beside the group; None if nothing is wrong with it."""
        lines = []
        if self.fault is not None:
            lines += [self.fault, "What was read before that was taken, and is not wanted again."]
        if self.refused:
            counted = ", ".join(f"{n:,} {name}" for name, n in sorted(self.refused.items()))
            lines += [f"refused: {counted}", *self._told]
            if more := self.refused.total() - len(self._told):
                lines.append(f"and {more:,} more")
        return "\n".join(lines) or None

    def _fault_of(self, source: Source) -> str | None:
        """Why a group that was read is to be refused nevertheless."""
        if source.cut is not None:
            return f"{self.path.name}: breaks off: {source.cut}"
        if not self.registrations and source.refused():
            return f"{self.path.name}: nothing in it could be used"
        return None

    def _refuse(self, words: str) -> None:
        if len(self._told) < FAULTS_TOLD_MAX:
            self._told.append(self._placed(words))

    def _placed(self, words: str) -> str:
        """Name the group as whoever wrote it knows it: it is being moved about."""
        return words.replace(str(self.path), self.path.name, 1)
