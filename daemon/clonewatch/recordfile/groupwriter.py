"""Blocks into open groups: one after another, synced every second, a new group each half hour.

A block's messages, where they are kept, are written and synced before its rows: where there are
rows, their messages are. What a kill leaves of messages without rows is cut off at the opening.

It has no clock and no thread: `now` is in seconds of any steady clock. Syncing takes long, and is
for whatever thread: it is begun by `syncing`, and what became of it is told to `synced_by`. A disk
that fails is told once (`Failed`), tried again every RETRY_S, and told once more when it works.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .events import Failed, Resumed
from .groups import GROUP_MS, GROUP_ROWS_MAX, Group
from .openfile import OpenFile
from .opengroup import OpenGroup
from .syncing import Syncing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .events import Event
    from .opening import Opened
    from .pending import NumberedBlock

SYNC_WITHIN_S: Final = 1.0  # what a power cut may take
RETRY_S: Final = 1.0


class GroupWriter:
    """Writes to the groups of *directory*, going on where *opened* says."""

    def __init__(
        self,
        directory: Path,
        opened: Opened,
        *,
        tell: Callable[[Event], None],
        open_file: Callable[[Path], OpenFile] = OpenFile,
        group_rows_max: int = GROUP_ROWS_MAX,
    ) -> None:
        self.written = self.synced = opened.next_sequence
        self.rows_written = 0
        self.finished: list[Group] = []  # groups that may be sealed; the caller takes them
        self.retry_at: float | None = None  # set while the disk takes nothing
        self.sync_failed = False
        self._directory = directory
        self._tell = tell
        self._open_file = open_file
        self._group_rows_max = group_rows_max
        self._lost_before = 0
        self._sync_at: float | None = None
        self._left: list[OpenGroup] = []  # nothing more is written to, and not synced yet
        self._open: OpenGroup | None = None
        if opened.group is not None:
            self._open = OpenGroup(
                opened.group, open_file, end=opened.end, messages_end=opened.messages_end
            )

    def write(self, block: NumberedBlock, now: float, rows_lost: int = 0) -> bool:
        """Write a block; False if that fails, and the same must be tried again at `retry_at`."""
        if self._open is not None and not self._has_place(self._open.group, block):
            self.finish(now)
        if self._open is None:
            group = Group(self._directory, block.start_ms, block.first)
            self._open = OpenGroup(group, self._open_file)
        try:
            self._open.write(block)
        except OSError as error:
            self.fail(error, now, rows_lost)
            return False
        self.written = block.next
        self.rows_written += block.rows
        if self._sync_at is None:
            self._sync_at = now + SYNC_WITHIN_S
        if self.retry_at is not None:
            self.retry_at = None
            self._tell(Resumed(self._open.group.open_path, rows_lost - self._lost_before))
        return True

    def fail(self, error: Exception, now: float, rows_lost: int) -> None:
        """Nothing can be written, for whatever reason, until `retry_at`."""
        has_worked = self.retry_at is None
        self.retry_at = now + RETRY_S
        if has_worked:
            self._lost_before = rows_lost
            path = self._directory if self._open is None else self._open.group.open_path
            self._tell(Failed(path, _reason(error)))

    def next_deadline(self) -> float | None:
        """When the next `syncing` is due."""
        return self._sync_at

    def is_sync_due(self, now: float) -> bool:
        """Whether it is."""
        return self._sync_at is not None and now >= self._sync_at

    def syncing(self) -> Syncing:
        """What is to be synced now. One at a time: `synced_by` wants to know what became of it."""
        self._sync_at = None
        return Syncing(self.written, tuple(self._left), self._open)

    def synced_by(self, done: Syncing, error: BaseException | None, now: float) -> None:
        """Take note that something was synced; with an *error* it was not, and is to be again."""
        path = done.path or self._directory
        if error is not None:
            if not self.sync_failed:
                self._tell(Failed(path, _reason(error)))
            self.sync_failed, self._sync_at = True, now + RETRY_S
            return
        self.synced = done.end
        self._left = self._left[len(done.finished) :]
        self.finished += [each.group for each in done.finished if not each.is_empty]
        if self.sync_failed:
            self.sync_failed = False
            self._tell(Resumed(path, 0))

    def half_hour_passed(self, received_ms: int, now: float) -> None:
        """Finish a group whose half hour is over, whether more comes or not."""
        if self._open is not None and received_ms >= self._open.group.start_ms + GROUP_MS:
            self.finish(now)

    def finish(self, now: float) -> None:
        """Write to the open group no more; it may be sealed when it is synced, which is due."""
        if self._open is not None:
            self._left.append(self._open)
            self._open, self._sync_at = None, now

    def close(self) -> None:
        """Close the files; the group stays open."""
        for group in (*self._left, self._open):
            if group is not None:
                group.close()

    def _has_place(self, group: Group, block: NumberedBlock) -> bool:
        """Whether *block* belongs into *group*."""
        return block.start_ms == group.start_ms and block.next - group.first <= self._group_rows_max


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return f"{type(error).__name__}: {error}"
