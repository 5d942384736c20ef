"""The record file of one machine: a thread that writes, one that syncs, and some that seal."""

from __future__ import annotations

import itertools
import os
import threading
import time
from typing import TYPE_CHECKING, Final

from clonewatch.locking import locked
from clonewatch.safely import safely

from .groupwriter import GroupWriter
from .openfile import OpenFile
from .opening import opened
from .pending import PENDING_ROWS_MAX, Pending
from .reading import earliest_ms, read
from .retention import Retention
from .sealer import BEHIND_ALL_ELSE, Sealer, Sealing
from .syncer import Syncer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from clonewatch.registrations import Batch

    from .events import Event
    from .groups import Group
    from .pending import NumberedBlock
    from .rows import Rows

EVERYTHING: Final = Retention()
LOOK_EVERY_S: Final = 1.0  # for the end of a half hour


class Recorder:
    """The record file in *directory*, opened to write; made if it is not there.

    *tell* is called from the recorder's threads, and so is *kept* when `written` or `synced` may
    have moved. With *octets* the messages that batches bring are kept, too. While the disk is
    merely slow, `append` waits for room; while it fails, what finds no room is counted as lost.
    Raises InputError if somebody else writes there, and OSError.
    """

    def __init__(
        self,
        directory: Path,
        *,
        tell: Callable[[Event], None],
        retention: Retention = EVERYTHING,
        sequence_min: int = 0,
        clock: Callable[[], float] = time.time,
        open_file: Callable[[Path], OpenFile] = OpenFile,
        pending_rows_max: int = PENDING_ROWS_MAX,
        kept: Callable[[], None] = lambda: None,
        octets: bool = False,
        sealing: Sealing = BEHIND_ALL_ELSE,
    ) -> None:
        self.directory = directory
        self.keeps_octets = octets
        tell = safely(tell)
        self._kept = kept
        self._clock = clock
        directory.mkdir(parents=True, exist_ok=True)
        self._lock_descriptor = locked(directory, "somebody else writes this record file")
        begun = opened(directory, self._now_ms(), sequence_min=sequence_min, tell=tell)
        self._pending = Pending(begun.next_sequence, rows_max=pending_rows_max)
        self._writer = GroupWriter(directory, begun, tell=tell, open_file=open_file)
        self._sealers = [
            Sealer(
                directory, retention, tell=tell, clock_ms=self._now_ms, niceness=sealing.niceness
            )
            for _ in range(sealing.threads)
        ]
        self._next_sealer = itertools.cycle(self._sealers)
        self._seal(begun.to_seal)
        self._changed = threading.Condition()  # guards what follows, `_pending`, and the counters
        self.wait_s_max = 0.0  # the longest that a registration waited to be written; monotonic
        self._block: NumberedBlock | None = None  # taken, and not yet written
        self._block_since = 0.0  # when its oldest was appended
        self._write_to = self._sync_to = 0  # sequences that somebody waits for
        self._seal_now = self._closing = False
        self._syncer = Syncer(self._writer, ended=self._wake)
        for sealer in self._sealers:
            sealer.start()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def written(self) -> int:
        """Everything below this sequence outlives the process, or is counted as lost."""
        return self._writer.written

    @property
    def synced(self) -> int:
        """Everything below this sequence outlives a power cut, or is counted as lost."""
        return self._writer.synced

    @property
    def rows_written(self) -> int:
        """Registrations stored since it was opened. Monotonic."""
        return self._writer.rows_written

    @property
    def rows_lost(self) -> int:
        """Registrations that were not stored. Monotonic."""
        return self._pending.rows_lost

    @property
    def is_failing(self) -> bool:
        """Whether the disk does not take, or not keep, what is written."""
        return self._writer.retry_at is not None or self._writer.sync_failed

    def has_room(self, rows: int) -> bool:
        """Whether `append` would take so many without waiting; it does not while the disk fails."""
        with self._changed:
            return self._pending.has_room(rows) or self._writer.retry_at is not None

    def append(self, batch: Batch) -> int:
        """Take registrations in; the sequence of the first.

        Their columns must stay as they are; with *octets* their messages must be gathered, too.
        """
        if not self.keeps_octets:
            batch = batch.without_messages()
        with self._changed:
            while not self._pending.has_room(len(batch)) and self._writer.retry_at is None:
                self._write_to = self._pending.end
                self._changed.notify_all()
                self._changed.wait()
            if self._pending.has_room(len(batch)):
                if self._pending.changes_due(len(batch)):  # else the thread wakes in time
                    self._changed.notify_all()
                return self._pending.append(batch, self._now_ms(), time.monotonic())
            return self._pending.lose(len(batch))

    def hurry(self, *, sync: bool = False) -> None:
        """Have all that was appended written, or synced, as soon as possible."""
        with self._changed:
            self._write_to = self._pending.end
            if sync:
                self._sync_to = self._write_to
            self._changed.notify_all()

    def wait(self, sequence: int) -> None:
        """Wait until everything below *sequence* is written, but not while the disk fails."""
        if self.written >= sequence:
            return
        with self._changed:
            self._write_to = max(self._write_to, sequence)
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: self.is_failing or self.written >= sequence or not self._thread.is_alive()
            )

    def flush(self, *, sync: bool = False) -> bool:
        """Write, or sync, all that was appended, now; False if that fails."""
        with self._changed:
            self.hurry(sync=sync)
            end = self._write_to
            self._changed.wait_for(lambda: self.is_failing or self._is_done(end, sync=sync))
            return self._is_done(end, sync=sync)

    def batches(self, since_ms: int = 0, *, since_sequence: int = 0) -> Iterator[Rows]:
        """Give what groups hold that go beyond both (receipt, sequence), in order of arrival."""
        self.flush()
        return read(self.directory, since_ms=since_ms, since_sequence=since_sequence)

    def earliest_ms(self, since_sequence: int) -> int | None:
        """Start of the earliest half hour that goes beyond a sequence; None without any."""
        self.flush()
        return earliest_ms(self.directory, since_sequence)

    def close(self, *, seal: bool = False) -> None:
        """Write what is left; with *seal* as groups that are closed for good."""
        with self._changed:
            self._closing, self._seal_now = True, seal
            self._changed.notify_all()
        self._thread.join()
        for sealer in self._sealers:
            sealer.close_soon(finish=seal)
        for sealer in self._sealers:
            sealer.join()
        os.close(self._lock_descriptor)

    def _is_done(self, end: int, *, sync: bool) -> bool:
        return (self.synced if sync else self.written) >= end

    @property
    def _waiting(self) -> bool:
        return self._block is not None or self._pending.rows > 0

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)

    def _run(self) -> None:
        while not self._closing or self._waiting:
            self._guarded(self._turn)
        self._guarded(self._end)

    def _guarded(self, act: Callable[[], None]) -> None:
        """Take whatever goes wrong as a failing disk: nobody may wait for a thread that is gone."""
        try:
            act()
        except Exception as error:  # noqa: BLE001
            with self._changed:
                self._writer.fail(error, time.monotonic(), self._pending.rows_lost)
                if self._closing:
                    self._give_up()
                self._changed.notify_all()

    def _turn(self) -> None:
        block = self._next_block()
        now = time.monotonic()
        if block is not None:
            self._tried(written=self._writer.write(block, now, self._pending.rows_lost))
        elif not self._waiting:
            self._writer.half_hour_passed(self._now_ms(), now)
        wanted = self._sync_wanted and self._sync_to <= self.written
        if self._syncer.look(now, wanted=wanted):
            self._wake()
            self._kept()
        self._hand_over()

    def _next_block(self) -> NumberedBlock | None:
        """The block that is due; waits for it, but not for long."""
        with self._changed:
            if self._block is None and not self._is_due(time.monotonic()):
                self._changed.wait(self._patience_s(time.monotonic()))
            now = time.monotonic()
            retry_at = self._writer.retry_at
            if retry_at is not None and now < retry_at and not self._closing:
                self._changed.wait(retry_at - now)
                return None
            if self._block is not None or not self._is_due(now):
                return self._block
            since, unpacked = self._pending.since, self._pending.next_block()
        if unpacked is None:
            return None
        block = unpacked.packed()  # others append meanwhile
        with self._changed:
            self._pending.remove(block.rows)
            self._block, self._block_since = block, since or now
        return block

    def _is_due(self, now: float) -> bool:
        due_at = self._pending.due_at()
        return due_at is not None and (
            now >= due_at or self.written < self._write_to or self._closing
        )

    def _patience_s(self, now: float) -> float:
        """How long there is nothing to do, unless something changes."""
        if self._closing or self._syncer.has_ended:
            return 0
        deadlines = [now + LOOK_EVERY_S, self._pending.due_at()]
        if not self._syncer.is_busy:
            deadlines += [now if self._sync_wanted else self._writer.next_deadline()]
        return max(0, min(at for at in deadlines if at is not None) - now)

    def _tried(self, *, written: bool) -> None:
        """Go on behind the block, if it was written; whoever waits may look."""
        with self._changed:
            if written:
                waited_s = time.monotonic() - self._block_since
                self.wait_s_max = max(self.wait_s_max, waited_s)
                self._block = None
                if not self._waiting:  # what was lost behind it is waited for no more
                    self._writer.written = self._pending.next_sequence
            elif self._closing:
                self._give_up()
            self._changed.notify_all()
        self._kept()

    @property
    def _sync_wanted(self) -> bool:
        return self.synced < self._sync_to and not self._writer.sync_failed

    def _wake(self) -> None:
        """Let those who wait for something see whether it has come; from any of our threads."""
        with self._changed:
            self._changed.notify_all()

    def _give_up(self) -> None:
        """Count as lost what cannot be written any more."""
        if self._block is not None:
            self._pending.rows_lost += self._block.rows
            self._block = None
        self._pending.drop()

    def _hand_over(self) -> None:
        """Let finished groups be sealed."""
        self._seal(self._writer.finished)
        self._writer.finished.clear()

    def _seal(self, groups: Iterable[Group]) -> None:
        """Share groups out among the sealers."""
        for group, sealer in zip(groups, self._next_sealer, strict=False):
            sealer.add([group])

    def _end(self) -> None:
        now = time.monotonic()
        if self._seal_now:
            self._writer.finish(now)
        self._syncer.close(now)
        self._hand_over()
        self._writer.close()
