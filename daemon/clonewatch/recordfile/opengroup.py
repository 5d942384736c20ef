"""The files of a group that is being written: its rows and, where these are kept, its messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .growing import GrowingFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .groups import Group
    from .openfile import OpenFile
    from .pending import NumberedBlock


class OpenGroup:
    """*group*, whose rows go on at octet *end*, and whose messages at *messages_end*.

    One thread may write while another syncs. Every method raises OSError.
    """

    def __init__(
        self,
        group: Group,
        open_file: Callable[[Path], OpenFile],
        *,
        end: int = 0,
        messages_end: int = 0,
    ) -> None:
        self.group = group
        self._rows = GrowingFile(group.open_path, end, open_file)
        self._messages = GrowingFile(group.messages_open_path, messages_end, open_file)

    @property
    def is_empty(self) -> bool:
        """Whether it has no row."""
        return not self._rows.end

    def write(self, block: NumberedBlock) -> None:
        """Write a block, its messages first. What a failed try left is overwritten by the next."""
        if block.messages:
            self._messages.write(block.messages)
        self._rows.write(block.octets)
        self._messages.end += len(block.messages)
        self._rows.end += len(block.octets)

    def sync(self) -> None:
        """Let what was written outlive a power cut."""
        self._messages.sync()
        self._rows.sync()

    def finish(self) -> None:
        """Leave nothing behind but whole blocks, synced, and close the files."""
        for file in (self._messages, self._rows):
            file.truncate()
        self.sync()
        self.close()

    def close(self) -> None:
        """Close the files."""
        for file in (self._messages, self._rows):
            file.close()
