"""Groups of a spool into the record file, each exactly once."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.locking import locked
from clonewatch.recordfile import Retention
from clonewatch.registrations import Flags
from clonewatch.sources.merge import AHEAD_MAX_MS, suspect_marked

from .cadence import MINUTE_MS, Cadence
from .events import Failed, Ignored, Missing, Refused, Removed, Resumed, Taken
from .folders import Folders, Note
from .group import Group
from .kept import Kept
from .names import start_of
from .retention import expired

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from clonewatch.recordfile import RecordFile
    from clonewatch.registrations import Batch

    from .events import Event
    from .reading import GroupReader

    Deliver = Callable[[Batch], object]

LOOK_EVERY_S: Final = 2.0  # for groups that came; ours
TIDY_EVERY_MS: Final = 60_000  # ours
IGNORED_MAX: Final = 1000  # names remembered as told; ours
FOR_EVER: Final = Retention()


@dataclass(slots=True)
class Counts:
    """What a spool has done. Monotonic."""

    groups_taken: int = 0
    groups_refused: int = 0
    groups_missing: int = 0
    registrations_taken: int = 0
    refused: Counter[str] = field(default_factory=Counter)  # rows or messages, by reason


class _HeldError(Exception):
    """The group in hand has to wait."""


class _StoppedError(Exception):
    """Somebody called `stop`."""


class Spool:
    """The spool in *directory*; the folders in it are made if they are not there.

    *reader* may be replaced at any time, as for new `mscs.csv`. *tell* is called from the thread
    that takes. *retention*: of the groups that were taken. Raises InputError if somebody else takes
    from this spool, and OSError.
    """

    def __init__(
        self,
        directory: Path,
        reader: GroupReader,
        record: RecordFile,
        *,
        tell: Callable[[Event], None],
        group_minutes: float | None = None,
        lateness_minutes: float = 0,
        retention: Retention = FOR_EVER,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.reader = reader
        self.counts = Counts()
        self.is_failing = False
        self._record = record
        self._tell = tell
        self._retention = retention
        self._tidied_ms = 0
        self._clock = clock
        self._folders = Folders(directory)
        self._lock_descriptor = locked(directory, "somebody else takes from this spool")
        self._ignored: set[Path] = set()
        self._stopping = threading.Event()
        self._cadence: Cadence | None = None
        if group_minutes is not None:
            newest_ms = self._folders.newest_start()
            group_ms = round(group_minutes * MINUTE_MS)
            self._cadence = Cadence(group_ms, round(lateness_minutes * MINUTE_MS), newest_ms)

    def run(self, deliver: Deliver) -> None:
        """Take groups as they come, until `stop`; see `take`."""
        while not self._stopping.is_set():
            self.take(deliver)
            self._stopping.wait(LOOK_EVERY_S)

    def stop(self) -> None:
        """Let `run` and `take` end soon, from any thread; a group in hand is gone on with later."""
        self._stopping.set()

    def close(self) -> None:
        """Let others take from this spool."""
        os.close(self._lock_descriptor)

    def take(self, deliver: Deliver) -> None:
        """Take every group that is there, oldest first.

        *deliver* is given registrations, and has appended them to the record file when it returns.
        What it raises ends the taking; the group in hand is gone on with the next time.
        """
        try:
            in_hand = self._folders.in_hand()
            if in_hand is not None:
                self._take_again(in_hand, deliver)
            waiting, others = self._folders.waiting()
            self._ignore(others)
            for group in waiting:
                self._folders.write_note(Note(self._record.written, (self.reader.source,)))
                path = self._folders.take(group)
                if path is not None:
                    self._take(path, deliver, None)
            self._tidy()
        except _StoppedError:
            return
        except (_HeldError, OSError) as error:
            self._fail(str(error))
            return
        if self.is_failing:
            self.is_failing = False
            self._tell(Resumed(self._folders.directory))
        self._miss()

    def _take_again(self, path: Path, deliver: Deliver) -> None:
        """Go on with a group whose reading was cut short."""
        # What this process appended has to be where `Kept` looks for it.
        self._wait_for_record()
        before, source = self._folders.note(), self.reader.source
        sequence = min(before.sequence, self._record.written)
        sources = tuple(sorted({*before.sources, source}))
        note = Note(sequence, sources)
        if note != before:
            self._folders.write_note(note)
        kept = self._record.batches(since_sequence=note.sequence)
        self._take(path, deliver, Kept(kept, note))

    def _take(self, path: Path, deliver: Deliver, kept: Kept | None) -> None:
        """Take the group in hand to its end, and put it where it belongs."""
        before = self._folders.taken_before(path)
        group = Group(path)
        if before is not None:
            group.fault = f"{path.name}: the same group was taken before: {before}"
        lost = self._record.rows_lost
        for batch in group.batches(self.reader):
            self._deliver(batch if kept is None else kept.without(batch), deliver)
        self._wait_for_record()
        if self._record.rows_lost > lost:
            raise _HeldError("the record file lost registrations of the group in hand")
        self._finish(group)

    def _finish(self, group: Group) -> None:
        """Move the group away, and tell."""
        was_missing = self._came(group.path)
        folder = self._folders.done if group.fault is None else self._folders.refused
        path = self._folders.finish(group.path, folder, group.words())
        self.counts.registrations_taken += group.registrations
        self.counts.refused = self.counts.refused + group.refused  # somebody may be reading it
        if group.fault is None:
            self.counts.groups_taken += 1
            self._tell(Taken(path, group.registrations, dict(group.refused), was_missing))
        else:
            self.counts.groups_refused += 1
            self._tell(Refused(path, group.registrations, group.fault))

    def _deliver(self, batch: Batch, deliver: Deliver) -> None:
        """Hand registrations on; no more than a batch waits to be written."""
        if self._stopping.is_set():
            raise _StoppedError
        if not len(batch):
            return
        ahead = batch.time > self._now_ms() + AHEAD_MAX_MS
        batch.flags[ahead] |= np.uint8(Flags.CLOCK_SUSPECT)
        deliver(suspect_marked(batch))
        if not self._record.flush():
            raise _HeldError("the record file takes nothing")

    def _wait_for_record(self) -> None:
        if not self._record.flush(sync=True):
            raise _HeldError("the record file takes nothing")

    def _came(self, path: Path) -> bool:
        start_ms = start_of(path.name)
        if self._cadence is None:
            return False
        if start_ms is None:
            start_ms = path.stat().st_mtime_ns // 1_000_000
        return self._cadence.came(start_ms)

    def _tidy(self) -> None:
        """Remove groups that were taken long enough ago, now and then."""
        now_ms = self._now_ms()
        if 0 <= now_ms - self._tidied_ms < TIDY_EVERY_MS:
            return
        gone = expired(self._folders.done_groups(), now_ms, self._retention)
        for path in gone:
            self._folders.remove_done(path)
        self._tidied_ms = now_ms
        if gone:
            self._tell(Removed(self._folders.done, len(gone)))

    def _now_ms(self) -> int:
        return round(self._clock() * 1000)

    def _miss(self) -> None:
        """Tell of groups that should be here."""
        if self._cadence is not None:
            for start_ms, groups in self._cadence.missing(self._now_ms()):
                self.counts.groups_missing += groups
                self._tell(Missing(self._folders.directory, start_ms, groups))

    def _ignore(self, others: list[Path]) -> None:
        for path in others:
            if path not in self._ignored and len(self._ignored) < IGNORED_MAX:
                self._ignored.add(path)
                words = "a group is a file that ends in .csv, .csv.gz, .parquet, .pcap or .pcapng"
                self._tell(Ignored(path, words))

    def _fail(self, reason: str) -> None:
        if not self.is_failing:
            self.is_failing = True
            self._tell(Failed(self._folders.directory, reason))
