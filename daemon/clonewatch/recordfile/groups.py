"""Names of groups: a half hour of receipt, and the sequence that the group begins with.

    20261122T1030Z-000000123456.open      the open group, or one that waits to be sealed
    20261122T1030Z-000000123456.parquet   a sealed one
    20261122T1030Z-000000123456.part      one being sealed; of no use to anybody else
    20261122T1030Z-000000123456.octets.open, .octets, .octets.part      its messages, likewise

Sequences tell the order of groups: a clock set back begins a group with an earlier half hour. A
half hour with more than GROUP_ROWS_MAX registrations has several groups.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

GROUP_MS: Final = 1_800_000  # a half hour data group (310)
# Sequences of a group, at most: sealing holds it in memory, and moves rows the sooner the fewer
# they are.
GROUP_ROWS_MAX: Final = 1 << 20
_STEM: Final = re.compile(r"(\d{8}T\d{4}Z)-(\d{12,})", re.ASCII)
_START: Final = "%Y%m%dT%H%MZ"


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the record file in *directory*, whatever state it is in."""

    directory: Path
    start_ms: int
    first: int  # sequence

    @property
    def stem(self) -> str:
        """Its name without its state."""
        start = datetime.fromtimestamp(self.start_ms / 1000, UTC)
        return f"{start:{_START}}-{self.first:012d}"

    @property
    def open_path(self) -> Path:
        """The file of blocks."""
        return self.directory / f"{self.stem}.open"

    @property
    def sealed_path(self) -> Path:
        """The Parquet file."""
        return self.directory / f"{self.stem}.parquet"

    @property
    def part_path(self) -> Path:
        """The Parquet file while it is being written."""
        return self.directory / f"{self.stem}.part"

    @property
    def messages_open_path(self) -> Path:
        """The file of blocks of messages."""
        return self.directory / f"{self.stem}.octets.open"

    @property
    def messages_sealed_path(self) -> Path:
        """The Parquet file of messages; it has a name of its own, for its columns are others."""
        return self.directory / f"{self.stem}.octets"

    @property
    def messages_part_path(self) -> Path:
        """That file while it is being written."""
        return self.directory / f"{self.stem}.octets.part"

    @property
    def is_sealed(self) -> bool:
        """Whether the Parquet file stands, which then holds everything."""
        return self.sealed_path.exists()

    @property
    def path(self) -> Path:
        """The file to read."""
        return self.sealed_path if self.is_sealed else self.open_path

    @property
    def messages_path(self) -> Path | None:
        """The file of messages to read; None if it has none."""
        paths = (self.messages_open_path, self.messages_sealed_path)  # while both stand, alike
        return next((path for path in paths if path.exists()), None)

    @property
    def octets(self) -> int:
        """What its files take. Raises OSError."""
        try:
            return self._octets()
        except FileNotFoundError:
            return self._octets()  # it was sealed just now

    def _octets(self) -> int:
        messages = self.messages_path
        return self.path.stat().st_size + (messages.stat().st_size if messages else 0)


def half_hour(received_ms: int) -> int:
    """Start of the half hour of a receipt."""
    return received_ms - received_ms % GROUP_MS


def group_of(path: Path) -> Group | None:
    """The group whose file *path* is, if it is any's."""
    match = _STEM.fullmatch(path.stem)
    if match is None or path.suffix not in {".open", ".parquet"}:
        return None
    try:
        start = datetime.strptime(match[1], _START).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Group(path.parent, round(start.timestamp()) * 1000, int(match[2]))


def groups_in(directory: Path) -> list[Group]:
    """Every group once, in order of arrival. Raises OSError."""
    # Twice: a group that is sealed meanwhile may stand under neither name, the first time.
    paths = {*directory.iterdir(), *directory.iterdir()}
    found = {group for path in paths if (group := group_of(path)) is not None}
    return sorted(found, key=lambda group: group.first)


def sync_file(path: Path) -> None:
    """Let a file outlive a power cut."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_directory(directory: Path) -> None:
    """Let names that were made, changed or removed outlive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
