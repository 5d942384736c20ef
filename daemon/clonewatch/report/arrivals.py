"""What the record file knows of a day: what came when and from where, and what is missing.

A registration belongs to the day in which it was received. One group is in memory at a time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from clonewatch.errors import InputError
from clonewatch.recordfile.groups import GROUP_MS, groups_in
from clonewatch.recordfile.reading import read_group
from clonewatch.recordfile.rows import RECEIVED
from clonewatch.registrations import MSC_UNKNOWN, SOURCES_MAX, Flags

from .day import HOUR_MS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from clonewatch.recordfile.rows import Rows

    from .day import Day

MINUTE_MS: Final = 60_000
SIGHTINGS_MAX: Final = 1_000  # ours: registrations of one subscriber
COLUMNS: Final = (
    "time", "msid", "esn", "msc", "mscid", "source", "flags", RECEIVED,
)  # fmt: skip


class Sighting(NamedTuple):
    """A registration of somebody who is looked for."""

    time_ms: int
    mscid: int
    esn: int


@dataclass(slots=True)
class Arrivals:
    """What was received on a day."""

    length_minutes: int  # of the day, as far as it has come
    begins_ms: int | None = None  # the oldest half hour that the record file still has
    by_hour: list[int] = field(default_factory=list)
    minutes: dict[int, NDArray[np.bool_]] = field(default_factory=dict)  # by source: heard in it
    counts: Counter[int] = field(default_factory=Counter)  # by source
    late: Counter[int] = field(default_factory=Counter)  # by source
    unknown: Counter[int] = field(default_factory=Counter)  # at MSCs no table had, by MSCID
    time_uncertain: int = 0
    clock_suspect: int = 0
    missing: list[tuple[int, int]] = field(
        default_factory=list
    )  # sequences: first, behind the last
    unreadable: list[str] = field(default_factory=list)
    sightings: dict[int, list[Sighting]] = field(default_factory=lambda: defaultdict(list))

    @property
    def registrations(self) -> int:
        """All of them."""
        return self.counts.total()

    def silences(self, source: int, least_minutes: int) -> list[tuple[int, int]]:
        """Minutes of the day, first and behind the last, in which a source gave nothing."""
        return runs(~self.minutes[source], least_minutes)

    @property
    def nothing_at_all(self) -> NDArray[np.bool_]:
        """Minutes of the day in which nothing was received."""
        heard = np.zeros(self.length_minutes, np.bool_)
        for minutes in self.minutes.values():
            heard |= minutes
        return ~heard


def look(
    directory: Path,
    day: Day,
    *,
    msids: Collection[int],
    sources: Collection[int],
    lateness_ms: Mapping[int, int],
    until_ms: int,
) -> Arrivals:
    """Read what was received on a day, up to *until_ms*, and where *msids* were. Raises OSError.

    *sources*: those that are to be heard. *lateness_ms*: by source; others are never late.
    """
    stop_ms = min(day.end_ms, until_ms)
    minutes = max(0, -(-(stop_ms - day.start_ms) // MINUTE_MS))
    seen = Arrivals(minutes, by_hour=[0] * len(day.hours))
    seen.minutes = {source: np.zeros(minutes, np.bool_) for source in sources}
    groups = groups_in(directory) if directory.is_dir() else []
    seen.begins_ms = groups[0].start_ms if groups else None
    newest = np.full(SOURCES_MAX, np.iinfo(np.int64).min)
    wanted = np.array(sorted(msids), np.uint64)
    behind: int | None = None
    for group in groups:
        if not day.start_ms - GROUP_MS < group.start_ms < stop_ms:
            continue
        try:
            rows = read_group(group, COLUMNS)
        except InputError as error:
            seen.unreadable.append(str(error))
            behind = None
            continue
        behind = _holes(rows, group.first if behind is None else behind, seen)
        inside = (rows.received >= day.start_ms) & (rows.received < stop_ms)
        _late(rows, inside, newest, lateness_ms, seen)
        _count(rows[inside], day, minutes, wanted, seen)
    return seen


def runs(which: NDArray[np.bool_], least: int) -> list[tuple[int, int]]:
    """Where *least* or more in turn are true: the first, and the one behind the last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], which, [False]])))
    return [
        (first, last)
        for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
        if last - first >= least
    ]


def _holes(rows: Rows, expected: int, seen: Arrivals) -> int:
    """Note sequences that no row has; the sequence behind these rows."""
    if not len(rows):
        return expected
    sequence = np.concatenate([[expected - 1], rows.sequence])
    for at in np.flatnonzero(np.diff(sequence) > 1).tolist():
        seen.missing.append((int(sequence[at]) + 1, int(sequence[at + 1])))
    return int(sequence[-1]) + 1


def _late(
    rows: Rows,
    inside: NDArray[np.bool_],
    newest: NDArray[np.int64],
    lateness_ms: Mapping[int, int],
    seen: Arrivals,
) -> None:
    """Count what came behind the newest time of its source by more than that may be late."""
    batch = rows.batch
    for source in np.unique(batch.source).tolist():
        its = batch.source == source
        time = batch.time[its]
        # A clock that runs ahead moves no clock.
        believed = batch.flags[its] & np.uint8(Flags.CLOCK_SUSPECT) == 0
        before = np.maximum.accumulate(
            np.concatenate([newest[source : source + 1], np.where(believed, time, newest[source])])
        )
        newest[source] = before[-1]
        if source in lateness_ms:
            late = time + lateness_ms[source] < before[:-1]
            seen.late[source] += int(np.count_nonzero(late & inside[its]))


def _count(rows: Rows, day: Day, minutes: int, wanted: NDArray[np.uint64], seen: Arrivals) -> None:
    """Count rows of the day."""
    batch = rows.batch
    minute = (rows.received - day.start_ms) // MINUTE_MS
    hours, counts = np.unique((rows.received - day.start_ms) // HOUR_MS, return_counts=True)
    for hour, count in zip(hours.tolist(), counts.tolist(), strict=True):
        seen.by_hour[hour] += count
    for source in np.unique(batch.source).tolist():
        its = batch.source == source
        seen.counts[source] += int(np.count_nonzero(its))
        heard = seen.minutes.setdefault(source, np.zeros(minutes, np.bool_))
        heard[minute[its]] = True
    unknown, counts = np.unique(batch.mscid[batch.msc == MSC_UNKNOWN], return_counts=True)
    seen.unknown.update(dict(zip(unknown.tolist(), counts.tolist(), strict=True)))
    seen.time_uncertain += int(np.count_nonzero(batch.flags & np.uint8(Flags.TIME_UNCERTAIN)))
    seen.clock_suspect += int(np.count_nonzero(batch.flags & np.uint8(Flags.CLOCK_SUSPECT)))
    theirs = batch[np.flatnonzero(np.isin(batch.msid, wanted))]
    for each in theirs.registrations():
        if len(seen.sightings[each.msid]) < SIGHTINGS_MAX:
            seen.sightings[each.msid].append(Sighting(each.time, each.mscid, each.esn))
