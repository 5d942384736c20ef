"""From registrations to conflicts: the record file first, then the detector, then the store.

What is judged stays judged: the store commits conflicts together with the sequence in the record
file up to which they are all there is. After a start, `rebuild` fills the window with what lies
before that sequence, silently, and judges again what lies behind it.

The store is given a conflict at once, and commits it when its registrations are written
(`RecordFile.wait`): else one might outlive a kill and the other not, and a far end that sends the
registration again would make a second conflict of it. While the record file fails the store does
not wait.

What cannot be judged by a fault of ours is told, counted and left, and holds up nobody: it stands
in the record file, and a start that meets it again tells and counts it again.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

import structlog

from clonewatch.ahead import ahead
from clonewatch.messages import Held
from clonewatch.recordfile.groups import GROUP_MS
from clonewatch.registrations import time_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from clonewatch.detector import Conflict, Detector
    from clonewatch.evidence.twins import Twins
    from clonewatch.mscs import Mscs
    from clonewatch.recordfile import RecordFile
    from clonewatch.registrations import Batch, Registration
    from clonewatch.store.pending import Found

REBUILD_ROWS: Final = 1 << 16  # registrations at once: the window's pauses are for others too

T = TypeVar("T")


class CloneRecordFile(Protocol):
    """What keeps conflicts: see `clonewatch.store.Store`."""

    @property
    def judged(self) -> int:
        """Sequence below which all was judged."""

    def submit(self, found: Sequence[Found], judged: int) -> bool:
        """Keep what was found below sequence *judged*, once all below it is written."""


class Judge:
    """Takes registrations in, in order of arrival. Without a *detector* they are only recorded.

    *sightings* gives those of a batch whose identities were given up, *twins* the MSIDs that two
    phones use, as is seen by then. *found* is told of conflicts.
    """

    def __init__(
        self,
        record: RecordFile,
        detector: Detector | None,
        store: CloneRecordFile,
        *,
        sightings: Callable[[Batch], Sequence[Registration]] = lambda _: (),
        twins: Callable[[Batch], Sequence[Twins]] = lambda _: (),
        found: Callable[[Sequence[Conflict]], None] = lambda _: None,
    ) -> None:
        self.detector = detector
        self.conflicts = 0  # found since the start; monotonic
        self.registrations = 0  # monotonic
        self.registrations_unjudged = 0  # left by a fault of ours. Monotonic
        self.is_abandoned = False
        self.end = record.written  # sequence behind the last registration
        self._record = record
        self._store = store
        self._sightings = sightings
        self._twins = twins
        self._found = found
        self._log = structlog.get_logger()
        self._waiting: dict[bool, deque[tuple[int, Callable[[], None]]]] = {
            False: deque(),
            True: deque(),
        }

    def rebuild(self, mscs: Mscs, since_ms: int) -> int:
        """Fill the window with what was received from *since_ms* on; how many registrations.

        They are placed anew, for *mscs* may have changed. What had not been judged when the program
        ended is judged now.
        """
        filled = 0
        judged = self._store.judged
        unjudged_ms = self._record.earliest_ms(judged)
        if unjudged_ms is not None:  # they may be older than the window
            since_ms = min(since_ms, unjudged_ms)
        for rows in ahead(self._record.batches(since_ms - GROUP_MS)):
            for first in range(0, len(rows), REBUILD_ROWS):
                if self.is_abandoned:
                    return filled
                part = rows[first : first + REBUILD_ROWS]
                batch = replace(part.batch, msc=mscs.place(part.batch.mscid))
                silent = int((part.sequence < judged).sum())
                if silent:
                    self._fill(batch[:silent])
                if silent < len(part):
                    self.end = int(part.sequence[-1]) + 1
                    self._judge(batch[silent:])
                filled += len(part)
        return filled

    def abandon(self) -> None:
        """Let `rebuild`, which may run in another thread, end soon."""
        self.is_abandoned = True

    @property
    def messages(self) -> Held:
        """What `take` wants of the messages that registrations stood in."""
        return Held.OWNED if self._record.keeps_octets else Held.LENT

    def has_room(self, rows: int) -> bool:
        """Whether `take` would take so many without waiting for the disk."""
        return self._record.has_room(rows)

    def take(self, batch: Batch) -> None:
        """Record and judge registrations."""
        first = self._record.append(batch)
        self.registrations += len(batch)
        self.end = first + len(batch)
        self._judge(batch)

    def when_kept(self, done: Callable[[], None], *, synced: bool = False) -> None:
        """Call *done* once all that was taken is written, or synced."""
        if self._kept_up_to(synced=synced) >= self.end:
            done()
        else:
            self._waiting[synced].append((self.end, done))
            self._record.hurry(sync=synced)

    def kept(self) -> None:
        """See what has been written since."""
        for synced, waiting in self._waiting.items():
            end = self._kept_up_to(synced=synced)
            while waiting and waiting[0][0] <= end:
                waiting.popleft()[1]()

    def _kept_up_to(self, *, synced: bool) -> int:
        return self._record.synced if synced else self._record.written

    def _fill(self, batch: Batch) -> None:
        """Learn of a batch what judging others takes."""
        faults: list[Exception] = []
        if self.detector is not None:
            _tried(self.detector.take, batch, faults)
        _tried(self._twins, batch, faults)
        self._tell(faults, batch)

    def _judge(self, batch: Batch) -> None:
        """Let the store keep what is found in a batch, the last that was taken."""
        faults: list[Exception] = []
        conflicts: Sequence[Conflict] = ()
        if self.detector is not None:
            conflicts = _tried(self.detector.take, batch, faults)
        self.conflicts += len(conflicts)
        if conflicts:
            self._record.hurry()
        sightings = _tried(self._sightings, batch, faults)
        twins = _tried(self._twins, batch, faults)
        self._tell(faults, batch)
        self._store.submit([*conflicts, *sightings, *twins], self.end)
        if conflicts:
            self._found(conflicts)

    def _tell(self, faults: Sequence[Exception], batch: Batch) -> None:
        """Say once that a batch could not be judged, or not wholly."""
        if faults:
            self.registrations_unjudged += len(batch)
            self._log.error(
                "registrations_left",
                registrations=len(batch),
                first=time_text(int(batch.time[0])),
                exc_info=ExceptionGroup("by faults of ours", faults),
            )


def _tried(
    look: Callable[[Batch], Sequence[T]], batch: Batch, faults: list[Exception]
) -> Sequence[T]:
    """What *look* finds in a batch; nothing where it fails, which is added to *faults*."""
    try:
        return look(batch)
    except Exception as error:  # noqa: BLE001  # whatever it is, others are to be judged
        faults.append(error)
        return ()
