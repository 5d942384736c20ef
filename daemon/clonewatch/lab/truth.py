"""What is true of a set of registrations, found the slow and plain way.

This is the rule, word for word, over the sorted whole: no window, no order of arrival, no memory
to save. The detector's answer is compared with it.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TextIO

from clonewatch.registrations import MSC_UNKNOWN, Flags, Registration, mscid_text, time_text
from is41.msid import msid_digits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from clonewatch.travel.table import TravelTimes

WINDOW_MS: Final = 23_400_000  # the clone detection window (308), 6.5 h
SAME_TRANSACTION_MS: Final = 60_000  # a copy with the same transaction ID comes within
SAME_TIME_MS: Final = 2_000  # a copy with any transaction ID comes within
CONFLICT_HEADINGS: Final = (
    "msid",
    "esn",
    "first_time",
    "first_mscid",
    "second_time",
    "second_mscid",
    "elapsed_s",
    "travel_time_s",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two registrations of one MSID that follow one another too soon."""

    first: Registration
    second: Registration
    travel_ms: int


def originals(rows: Iterable[Registration]) -> list[Registration]:
    """Registrations of one MSID, sorted, without the duplicates of earlier ones."""
    kept: list[Registration] = []
    for row in sorted(rows, key=lambda row: (row.time, row.mscid, row.esn)):
        if not any(_is_copy(row, earlier) for earlier in kept):
            kept.append(row)
    return kept


def conflicts(
    rows: Iterable[Registration], travel: TravelTimes, window_ms: int = WINDOW_MS
) -> Iterator[Conflict]:
    """Every pair that the rule refuses, by MSID and time."""
    histories: defaultdict[int, list[Registration]] = defaultdict(list)
    for row in rows:
        if row.msc != MSC_UNKNOWN:
            histories[row.msid].append(row)
    for _, history in sorted(histories.items()):
        for first, second in pairwise(originals(history)):
            elapsed_ms = second.time - first.time
            travel_ms = int(travel.ms[first.msc, second.msc])
            if elapsed_ms < travel_ms and elapsed_ms <= window_ms:
                yield Conflict(first=first, second=second, travel_ms=travel_ms)


def write_conflicts(stream: TextIO, found: Iterable[Conflict]) -> None:
    """As `truth.csv`, one conflict a row."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(CONFLICT_HEADINGS)
    for conflict in found:
        first, second = conflict.first, conflict.second
        writer.writerow(
            [
                msid_digits(first.msid),
                f"{first.esn:08X}",
                time_text(first.time),
                mscid_text(first.mscid),
                time_text(second.time),
                mscid_text(second.mscid),
                (second.time - first.time) / 1000,
                conflict.travel_ms / 1000,
            ]
        )


def _is_copy(row: Registration, earlier: Registration) -> bool:
    if (row.msid, row.esn, row.mscid) != (earlier.msid, earlier.esn, earlier.mscid):
        return False
    elapsed_ms = row.time - earlier.time
    both_have_one = not (row.flags | earlier.flags) & Flags.NO_TRANSACTION_ID
    same_transaction = both_have_one and row.transaction_id == earlier.transaction_id
    return elapsed_ms <= (SAME_TRANSACTION_MS if same_transaction else SAME_TIME_MS)
