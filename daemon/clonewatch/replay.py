"""Captures and record groups through the whole pipeline, as fast as it goes.

Each source is read in a thread of its own, a little ahead; their registrations are merged by time,
judged by the detector, and its conflicts told one by one. A `Replay` counts what went by.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from clonewatch.ahead import ahead
from clonewatch.collector import Collector
from clonewatch.errors import InputError
from clonewatch.messages import Held
from clonewatch.registrations import DTYPES, SOURCES_MAX
from clonewatch.sources.captures.reader import Capture
from clonewatch.sources.merge import merged, suspect_marked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from clonewatch.collector import Refusal
    from clonewatch.detector import Conflict, Detector
    from clonewatch.mscs import Mscs
    from clonewatch.recordfile import RecordFile
    from clonewatch.registrations import Batch
    from clonewatch.sources.captures.assembly import LinkFault
    from clonewatch.sources.captures.reader import Wiring


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """How a REGNOT's subscriber and switch are told; see `Collector`."""

    imsi_prefix: str | None = None
    place_by_calling: bool = False


class CaptureSource:
    """One capture: its registrations, and what was counted on the way."""

    def __init__(
        self,
        path: Path,
        number: int,
        mscs: Mscs,
        placing: Placing,
        refuse: Callable[[str], None] | None,
        wiring: Wiring | None = None,
        messages: Held = Held.NOT,
    ) -> None:
        self.path = path
        self._capture = Capture(path, wiring, self._fault_told if refuse else None)
        self._refuse = refuse
        self._collector = Collector(
            mscs,
            source=number,
            imsi_prefix=placing.imsi_prefix,
            place_by_calling=placing.place_by_calling,
            refuse=self._told if refuse else None,
            messages=messages,
        )

    def batches(self) -> Iterator[Batch]:
        """Give the registrations. Raises OSError."""
        for block in self._capture.blocks():
            yield from self._collector.take_block(block)

    def counts(self) -> Counter[str]:
        """What was read, by name."""
        collected = self._collector.counts
        return Counter(
            frames=self._capture.packets,
            messages=collected.messages,
            regnots=collected.regnots,
            returned=collected.returned,
            through_grammars=collected.handed_over,
        ) + Counter(self._capture.counts)

    def refused(self) -> Counter[str]:
        """Messages refused, by reason."""
        return self._collector.counts.refused

    @property
    def cut(self) -> str | None:
        """Where the file breaks off."""
        return self._capture.cut

    def _fault_told(self, fault: LinkFault) -> None:
        assert self._refuse is not None
        self._refuse(f"{self.path}: packet {fault.packet}: {fault.counted_as}: {fault.amount}")

    def _told(self, refusal: Refusal) -> None:
        assert self._refuse is not None
        error = refusal.error
        self._refuse(f"{self.path}: packet {refusal.packet}: {error.counted_as}: {error}")


class RecordsSource:
    """Record groups: their registrations, and what was counted on the way.

    *paths*: one file (CSV or Parquet), the folder of a record file, or some groups of one.
    *is_whole*: with the columns that the detector has no use for.
    """

    cut: str | None = None

    def __init__(
        self,
        paths: Sequence[Path],
        number: int,
        mscs: Mscs,
        refuse: Callable[[str], None] | None,
        *,
        is_whole: bool = False,
    ) -> None:
        self._is_whole = is_whole
        self.path = paths[0] if len(paths) == 1 else paths[0].absolute().parent
        self._paths = paths
        self._number = number
        self._mscs = mscs
        self._refuse = refuse
        self._refused: Counter[str] = Counter()
        self._rows = 0

    def batches(self) -> Iterator[Batch]:
        """Give the registrations. Raises InputError, OSError."""
        for batch in self._read():
            self._rows += len(batch)
            yield batch

    def _read(self) -> Iterator[Batch]:
        # PyArrow takes a twentieth of a second to import, and captures have no use for these.
        from clonewatch.sources.groups import NEEDED, is_group, read_groups  # noqa: PLC0415
        from clonewatch.sources.parquet import is_parquet, read_parquet  # noqa: PLC0415
        from clonewatch.sources.records import read_records  # noqa: PLC0415

        if self.path.is_dir() or is_group(self.path):
            columns = DTYPES if self._is_whole else NEEDED
            return read_groups(self._paths, self._number, self._mscs, columns)
        read = read_parquet if is_parquet(self.path) else read_records
        return read(self.path, self._number, self._mscs, refuse=self._told)

    def counts(self) -> Counter[str]:
        """What was read, by name."""
        rows = self._rows + self._refused.total()
        return Counter(frames=rows, messages=rows, regnots=self._rows)

    def refused(self) -> Counter[str]:
        """Rows refused, by reason."""
        return self._refused

    def _told(self, reason: str, line: int, detail: str) -> None:
        self._refused[reason] += 1
        if self._refuse is not None:
            self._refuse(f"{self.path}:{line}: {reason}: {detail}")


Source = CaptureSource | RecordsSource


class Replay:
    """Reads *sources* together; a source's number is its place in the list.

    What is judged goes into *record* first.
    """

    def __init__(self, sources: Sequence[Source], record: RecordFile | None = None) -> None:
        if len(sources) > SOURCES_MAX:
            raise InputError(
                sources[SOURCES_MAX].path,
                f"more than {SOURCES_MAX} files at once: put several into one, or run in turns",
            )
        self.sources = sources
        self._record = record
        self._stages: Sequence[Iterator[Batch]] = ()
        self._begun = time.perf_counter()

    def begin(self) -> None:
        """Read, a little ahead, while whoever takes the registrations gets ready."""
        self._stages = [ahead(map(suspect_marked, source.batches())) for source in self.sources]

    def batches(self, ended: Callable[[int], None] = lambda _: None) -> Iterator[Batch]:
        """Give all registrations, merged by time; *ended* is told which source is at its end."""
        if not self._stages:
            self.begin()
        stages, self._stages = self._stages, ()  # they end with whoever takes them
        return merged(stages, ended)

    def conflicts(self, detector: Detector) -> Iterator[Conflict]:
        """Give each conflict as soon as it is found."""
        for batch in self.batches(detector.source_ended):
            if self._record is not None:
                self._record.append(batch)
            yield from detector.take(batch)

    def summary(self, found: Mapping[str, int]) -> dict[str, Any]:
        """Say what went by and what the detector *found*; see the README for the names."""
        elapsed_s = time.perf_counter() - self._begun
        counts = sum((source.counts() for source in self.sources), Counter[str]())
        refused = sum((source.refused() for source in self.sources), Counter[str]())
        summary: dict[str, Any] = {
            "frames": counts["frames"],
            "registrations": counts["regnots"],
            **found,
            "refused": dict(sorted(refused.items())),
            "elapsed_s": round(elapsed_s, 3),
            "registrations_per_s": round(counts["regnots"] / elapsed_s),
            **{name: count for name, count in counts.items() if name not in _FIRST},
        }
        cut = [f"{source.path}: {source.cut}" for source in self.sources if source.cut]
        return summary | ({"cut": cut} if cut else {})


_FIRST: Final = ("frames", "regnots")  # stand at the summary's head
