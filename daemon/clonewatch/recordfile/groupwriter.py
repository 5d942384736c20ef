"""Blocks into open groups: one after another, synced every second, a new group each half hour.

A block's messages, where they are kept, are written and synced before its rows: where there are
rows, their messages are. What a kill leaves of messages without rows is cut off at the opening.

It owns the files, and has no clock and no thread: `now` is in seconds of any steady clock. A disk
that fails is told once (`Failed`), tried again every RETRY_S, and told once more when it works.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .events import Failed, Resumed
from .groups import GROUP_MS, GROUP_ROWS_MAX, Group
from .growing import GrowingFile
from .openfile import OpenFile

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
        self._group = opened.group
        self._sync_at: float | None = None
        self._tell = tell
        self._open_file = open_file
        self._group_rows_max = group_rows_max
        self._lost_before = 0
        if opened.group is not None:
            self._begin(opened.group, opened.end, opened.messages_end)

    def write(self, block: NumberedBlock, now: float, rows_lost: int = 0) -> bool:
        """Write a block; False if that fails, and the same must be tried again at `retry_at`."""
        try:
            if self._group is not None and not self._has_place(self._group, block):
                self._finish()
            if self._group is None:
                self._begin(Group(self._directory, block.start_ms, block.first))
            if block.messages:
                self._messages.write(block.messages)
            self._rows.write(block.octets)
        except OSError as error:
            self.fail(error, now, rows_lost)
            return False
        self._messages.end += len(block.messages)
        self._rows.end += len(block.octets)
        self.written = block.next
        self.rows_written += block.rows
        if self._sync_at is None:
            self._sync_at = now + SYNC_WITHIN_S
        if self.retry_at is not None:
            self.retry_at = None
            self._tell(Resumed(self._rows.path, rows_lost - self._lost_before))
        return True

    def fail(self, error: Exception, now: float, rows_lost: int) -> None:
        """Nothing can be written, for whatever reason, until `retry_at`."""
        has_worked = self.retry_at is None
        self.retry_at = now + RETRY_S
        if has_worked:
            self._lost_before = rows_lost
            path = self._directory if self._group is None else self._group.open_path
            self._tell(Failed(path, _reason(error)))

    def next_deadline(self) -> float | None:
        """When `expire` should be called."""
        return self._sync_at

    def expire(self, now: float) -> None:
        """Sync, if it is time."""
        if self._sync_at is not None and now >= self._sync_at:
            self.sync(now)

    def sync(self, now: float) -> bool:
        """Sync what was written; False if that fails, and `expire` is to try again."""
        return self._done(self._sync, now)

    def half_hour_passed(self, received_ms: int, now: float) -> None:
        """Finish a group whose half hour is over, whether more comes or not."""
        if self._group is not None and received_ms >= self._group.start_ms + GROUP_MS:
            self.finish(now)

    def finish(self, now: float) -> bool:
        """Sync and close the open group, which may then be sealed; False if that fails."""
        return self._done(self._finish, now)

    def close(self) -> None:
        """Close the files; the group stays open."""
        for file in self._files:
            file.close()

    @property
    def _files(self) -> tuple[GrowingFile, ...]:
        return () if self._group is None else (self._messages, self._rows)

    def _has_place(self, group: Group, block: NumberedBlock) -> bool:
        """Whether *block* belongs into *group*."""
        return block.start_ms == group.start_ms and block.next - group.first <= self._group_rows_max

    def _begin(self, group: Group, end: int = 0, messages_end: int = 0) -> None:
        self._group = group
        self._rows = GrowingFile(group.open_path, end, self._open_file)
        self._messages = GrowingFile(group.messages_open_path, messages_end, self._open_file)

    def _sync(self) -> None:
        for file in self._files:
            file.sync()
        self._sync_at = None
        self.synced = self.written

    def _finish(self) -> None:
        """Leave the open group whole, and behind."""
        for file in self._files:
            file.truncate()
        self._sync()
        self.close()
        if self._group is not None and self._rows.end:
            self.finished.append(self._group)
        self._group = None

    def _done(self, act: Callable[[], None], now: float) -> bool:
        """Do what syncs; whether it could be done. A failure is told once."""
        if self._group is None:
            return True
        path = self._group.open_path
        try:
            act()
        except OSError as error:
            if not self.sync_failed:
                self._tell(Failed(path, _reason(error)))
            self.sync_failed, self._sync_at = True, now + RETRY_S
            return False
        if self.sync_failed:
            self.sync_failed = False
            self._tell(Resumed(path, 0))
        return True


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return f"{type(error).__name__}: {error}"
