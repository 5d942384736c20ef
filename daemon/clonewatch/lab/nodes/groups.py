"""The copies of an RVCD as half hour data groups (310), renamed into a spool when they are whole.

A group without registrations is written too: one that does not come has been lost.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from clonewatch.registrations import mscid_text, time_text
from clonewatch.travel.table import write_atomically
from is41.msid import msid_digits
from is41.regnots import Regnot, regnots_of
from is41.tcap.messages import Package

if TYPE_CHECKING:
    from pathlib import Path

    from .rvcd import Copy

HEADINGS: Final = ("time", "min", "esn", "mscid", "transaction_id")
ROWS_MAX: Final = 1_000_000  # of a group, in memory until it is whole: ours


class Groups:
    """Writes groups of *group_ms*, which begin at multiples of it since 1970 UTC.

    *group_ms* is at least a second: a group's name tells its start to the second.
    """

    def __init__(self, directory: Path, group_ms: int, *, rows_max: int = ROWS_MAX) -> None:
        assert group_ms >= 1000
        self.groups_written = 0
        self.rows_lost = 0  # beyond *rows_max*, without MSCID, or not to be read
        self._directory = directory
        self._group_ms = group_ms
        self._rows_max = rows_max
        self._start_ms: int | None = None
        self._rows: list[tuple[str, str, str, str, int]] = []

    def next_at_ms(self) -> int | None:
        """When the group in hand is whole; None before the first."""
        return None if self._start_ms is None else self._start_ms + self._group_ms

    def take(self, copy: Copy, now_ms: int) -> None:
        """Put a copy into the group of *now_ms*. Raises OSError."""
        self.turn(now_ms)
        package = copy.reading.tcap
        for _, regnot in regnots_of(package) if isinstance(package, Package) else ():
            if (
                not isinstance(regnot, Regnot)
                or regnot.mscid is None
                or len(self._rows) >= self._rows_max
            ):
                self.rows_lost += 1
                continue
            msid, esn, mscid = msid_digits(regnot.msid), regnot.esn, mscid_text(regnot.mscid)
            row = (time_text(now_ms), msid, f"{esn:08X}", mscid, regnot.transaction_id)
            self._rows.append(row)

    def turn(self, now_ms: int) -> None:
        """Write the group in hand, and each empty one after it, that is over. Raises OSError."""
        if self._start_ms is None:
            self._start_ms = now_ms - now_ms % self._group_ms
        while now_ms >= self._start_ms + self._group_ms:
            self._write()
            self._start_ms += self._group_ms

    def close(self) -> None:
        """Write the group in hand as it is. Raises OSError."""
        if self._start_ms is not None:
            self._write()
            self._start_ms = None

    def _write(self) -> None:
        assert self._start_ms is not None
        moment = time_text(self._start_ms).partition(".")[0]
        name = moment.replace("-", "").replace(":", "") + "Z.csv"
        with write_atomically(self._directory / name) as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(HEADINGS)
            writer.writerows(self._rows)
        self._rows = []
        self.groups_written += 1
