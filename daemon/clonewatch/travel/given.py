"""Entries that a person gives: a travel table, whole or of a few MSCs, or a list of pairs.

The list is what `travel learn` proposes: `first,second,minutes`, and any columns more, which are
passed over. Lines that begin with # may stand above the headings of both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.csvfile import read_rows, read_text
from clonewatch.errors import InputError
from clonewatch.travel.table import BLANK, MINUTE_MS, TravelTimes, parse_minutes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from clonewatch.mscs import Mscs

HEADINGS: Final = ("first", "second", "minutes")


def load_given(path: Path, mscs: Mscs) -> NDArray[np.float64]:
    """Minutes, [first, second] of `mscs.names`; NaN where nothing is given. Raises InputError."""
    headings = next(
        (line for line in read_text(path).splitlines() if line.strip() and line[0] != "#"), ""
    )
    if HEADINGS[0] in [cell.strip() for cell in headings.split(",")]:
        return _of_pairs(path, mscs)
    ms = TravelTimes.load(path, mscs).by_msc()
    minutes = np.where(ms == BLANK, np.nan, ms / MINUTE_MS)
    np.fill_diagonal(minutes, np.nan)
    return minutes


def _of_pairs(path: Path, mscs: Mscs) -> NDArray[np.float64]:
    minutes = np.full((len(mscs.names),) * 2, np.nan)
    for line, cells in read_rows(path, known=HEADINGS, needed=HEADINGS, others=True):
        try:
            first, second, given = _entry(mscs, cells)
        except ValueError as fault:
            raise InputError(path, str(fault), line=line) from None
        if not np.isnan(minutes[first, second]):
            twice = f"{cells['first']} to {cells['second']} stands twice"
            raise InputError(path, twice, line=line)
        minutes[first, second] = given
    return minutes


def _entry(mscs: Mscs, cells: Mapping[str, str]) -> tuple[int, int, float]:
    """One row's MSCs and minutes. Raises ValueError."""
    first, second = (_msc_of(mscs, column, cells[column]) for column in HEADINGS[:2])
    if first == second:
        raise ValueError("an MSC is 0 minutes from itself: leave the row out")
    minutes = parse_minutes(cells["minutes"])
    if np.isnan(minutes):
        raise ValueError("column 'minutes': blank; leave the row out")
    return first, second, minutes


def _msc_of(mscs: Mscs, column: str, name: str) -> int:
    """Which of `mscs.names` is meant. Raises ValueError."""
    indices = mscs.indices(name)
    if not indices:
        raise ValueError(f"column {column!r}: no MSC of the name {name!r} in mscs.csv")
    return int(mscs.msc_of[indices[0]])
