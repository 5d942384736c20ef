"""The folders of a spool, and how a group goes through them, whatever instant the process ends at.

A group is in exactly one folder, as renaming is one step. What lies in `taking` is in hand: the
*note* beside it was on disk before the group was moved there, and says from which sequence on its
registrations stand in the record file. So a group found in hand at the start goes on where it was
left; and one in `done` or `refused` is not taken again.
"""

from __future__ import annotations

import filecmp
import json
import os
import stat
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from clonewatch.recordfile.groups import sync_directory

from .names import form_of, is_unfinished, start_of
from .retention import Done

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOTE: Final = ".note.json"


@dataclass(frozen=True, slots=True)
class Note:
    """Where registrations of the group in hand are to be looked for."""

    sequence: int = 0  # of the record file: none is before it
    sources: tuple[
        int, ...
    ] = ()  # under which numbers; more than one if settings changed meanwhile


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that waits in the spool."""

    path: Path
    start_ms: int  # by its name, or else when it was last written

    @property
    def order(self) -> tuple[int, str]:
        """Groups are taken by time, then name."""
        return self.start_ms, self.path.name


class Folders:
    """The folders below *directory*, made if they are not there. Every method raises OSError."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._taking = directory / "taking"
        self._note = directory / NOTE
        self.done = directory / "done"
        self.refused = directory / "refused"
        for folder in (self._taking, self.done, self.refused):
            folder.mkdir(parents=True, exist_ok=True)

    def waiting(self) -> tuple[list[Waiting], list[Path]]:
        """Groups that wait, in the order in which to take them; and names that are none."""
        groups, others = [], []
        for entry in os.scandir(self.directory):
            if is_unfinished(entry.name):
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:  # taken away just now
                continue
            if stat.S_ISDIR(status.st_mode):
                continue
            path = self.directory / entry.name
            if stat.S_ISREG(status.st_mode) and form_of(entry.name) is not None:
                start_ms = start_of(entry.name)
                groups.append(
                    Waiting(path, status.st_mtime_ns // 1_000_000 if start_ms is None else start_ms)
                )
            else:
                others.append(path)
        return sorted(groups, key=lambda group: group.order), others

    def in_hand(self) -> Path | None:
        """The group whose reading was cut short."""
        return next(iter(sorted(self._taking.iterdir())), None)

    def note(self) -> Note:
        """What is known of the group in hand: where there is no note, nothing."""
        try:
            told = json.loads(self._note.read_text(encoding="utf-8"))
            return Note(int(told["sequence"]), tuple(map(int, told["sources"])))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return Note()

    def write_note(self, note: Note) -> None:
        """Keep a note through whatever comes."""
        part = self._note.with_suffix(".part")
        with part.open("w", encoding="utf-8") as file:
            json.dump(asdict(note), file)
            file.flush()
            os.fsync(file.fileno())
        part.rename(self._note)
        sync_directory(self.directory)

    def take(self, group: Waiting) -> Path | None:
        """Take a group in hand, its note written; None if it has gone."""
        path = self._taking / group.path.name
        try:
            group.path.rename(path)
        except FileNotFoundError:
            return None
        self._sync(self._taking)
        return path

    def taken_before(self, path: Path) -> Path | None:
        """A group in `done` of the same name that has the same octets."""
        for before in _numbered(self.done / path.name):
            if not before.exists():
                return None
            if filecmp.cmp(path, before, shallow=False):
                return before
        return None

    def finish(self, path: Path, folder: Path, reason: str | None) -> Path:
        """Move the group in hand into *folder*, a *reason* beside it; where it is then."""
        target = next(each for each in _numbered(folder / path.name) if not each.exists())
        if reason is not None:
            _reason_of(target).write_text(reason + "\n", encoding="utf-8")
        path.rename(target)
        self._sync(folder)
        return target

    def done_groups(self) -> list[Done]:
        """The groups in `done`; whatever else somebody put there is not ours."""
        found = []
        for entry in os.scandir(self.done):
            if form_of(entry.name) is not None and entry.is_file(follow_symlinks=False):
                status = entry.stat(follow_symlinks=False)
                taken_ms = status.st_ctime_ns // 1_000_000  # moved here then
                path = self.done / entry.name
                found.append(Done(path, taken_ms, status.st_size, start_of(entry.name)))
        return found

    def remove_done(self, path: Path) -> None:
        """Remove a group in `done`, and what stands beside it."""
        _reason_of(path).unlink(missing_ok=True)
        path.unlink(missing_ok=True)

    def newest_start(self) -> int | None:
        """The newest time that a name of a group tells which was taken, or is in hand."""
        names = [
            path.name
            for folder in (self.done, self.refused, self._taking)
            for path in folder.iterdir()
        ]
        return max(
            (start for name in names if form_of(name) and (start := start_of(name)) is not None),
            default=None,
        )

    def _sync(self, folder: Path) -> None:
        sync_directory(folder)
        sync_directory(self.directory)
        sync_directory(self._taking)


def _reason_of(path: Path) -> Path:
    """Where it stands what was wrong with a group."""
    return path.with_name(f"{path.name}.reason.txt")


def _numbered(path: Path) -> Iterator[Path]:
    """A path, and others like it for when it is in use: x.csv, x~2.csv, x~3.csv..."""
    yield path
    stem, dot, suffixes = path.name.partition(".")
    number = 2
    while True:
        yield path.with_name(f"{stem}~{number}{dot}{suffixes}")
        number += 1
