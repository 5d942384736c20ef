"""Journeys that were quicker than the table says is possible, and who made them.

Either the entry is too high, or the subscriber is cloned. What only a clone does is found here,
and all of its MSID's journeys are left out:

- the two registrations have different ESNs;
- the journey is quicker than any airliner by more than five minutes, where coordinates are known;
- one registration contradicts both its neighbours: somebody came too soon and left too soon. When
  a phone registers between two registrations of another far away, that is what it looks like.
  (All three within five minutes are let pass: so phones do that hear two adjacent MSCs.)

An honest traveller on a wrong entry seldom does the last, and others make the same journey.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from clonewatch.registrations import UNTRUSTED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clonewatch.window import Findings

# fmt: off
JOURNEY: Final = np.dtype([
    ("msid",       np.uint64),
    ("start_ms",   np.int64),    # ms since 1970 UTC: the first registration
    ("elapsed_ms", np.int32),    # a window is at most 7 days
    ("first",      np.uint16),   # MSC, its place in `Mscs.names`
    ("second",     np.uint16),
])
# fmt: on
Journeys: TypeAlias = "NDArray[np.void]"  # of JOURNEY

ROWS_MAX: Final = 1 << 22  # ours: 100 MB of journeys, 300 MB while they are sorted
ADJACENT_MS: Final = 300_000  # who is so quick has not travelled
JOURNEYS_PER_MSID_MAX: Final = 1_000  # nobody is on the road so much
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)  # odd: a product with it mixes the upper bits


class Contradictions:
    """Journeys of MSIDs that are not known to be cloned.

    Where they are too many for memory, a half of all MSIDs is forgotten, and then a half again:
    what is learnt needs enough different subscribers, not all. The same MSIDs are chosen each time.
    """

    def __init__(
        self,
        msc_of: NDArray[np.intp],
        least_ms: NDArray[np.int64],
        rows_max: int = ROWS_MAX,
    ) -> None:
        """*msc_of*: MSC by index; *least_ms*: [first, second], what nobody beats, 0 if unknown.

        A journey of up to ADJACENT_MS less is let pass: a radius may be too small.
        """
        self._msc_of = msc_of.astype(np.uint16)
        self._least_ms = least_ms
        self._rows_max = rows_max
        self._parts: list[Journeys] = []
        self._marks: list[NDArray[np.uint64]] = []  # MSIDs to leave out
        self._waiting = 0  # journeys and marks that were not sifted yet
        self._cloned: NDArray[np.uint64] = np.empty(0, np.uint64)  # MSIDs left out, sorted
        self._halvings = 0
        # Journeys' ends, [first, second]: how many MSIDs that were left out had beaten the entry.
        self.cloned_between: NDArray[np.int64] = np.zeros(least_ms.shape, np.int64)
        self.count = 0  # journeys taken; monotonic
        # Of these, such as nobody makes, by MSC at either end: where its coordinates are wrong,
        # that one MSC stands out.
        self.impossible: NDArray[np.int64] = np.zeros(len(least_ms), np.int64)

    def take(self, findings: Findings) -> None:
        """Add what the window found. What is superseded was true of the phone all the same."""
        flags = findings["first"]["flags"] | findings["second"]["flags"]
        findings = findings[~findings["superseded"] & (flags & UNTRUSTED == 0)]
        if not len(findings):
            return
        self.count += len(findings)
        journeys = np.empty(len(findings), JOURNEY)
        journeys["msid"] = findings["msid"]
        journeys["start_ms"] = findings["first"]["time"]
        journeys["elapsed_ms"] = findings["second"]["time"] - findings["first"]["time"]
        for end in ("first", "second"):
            journeys[end] = self._msc_of[findings[end]["msc"]]
        least_ms = self._least_ms[journeys["first"], journeys["second"]]
        impossible = journeys["elapsed_ms"] + ADJACENT_MS < least_ms
        for end in ("first", "second"):
            self.impossible += np.bincount(
                journeys[end][impossible], minlength=len(self.impossible)
            )
        two_phones = findings["first"]["esn"] != findings["second"]["esn"]
        self._leave_out(journeys["msid"][impossible | two_phones])
        self._parts.append(journeys)
        self._waiting += len(journeys)
        if self._waiting > self._rows_max // 2:
            self._sift()

    def journeys(self) -> Journeys:
        """What is left, by MSID and time."""
        self._sift()
        return self._parts[0]

    @property
    def cloned(self) -> int:
        """MSIDs that were left out, of those that are looked at."""
        self._sift()
        return len(self._cloned)

    @property
    def share(self) -> float:
        """Share of the MSIDs that are looked at."""
        return 0.5**self._halvings

    def _leave_out(self, msids: NDArray[np.uint64]) -> None:
        if len(msids):
            self._marks.append(np.unique(msids))
            self._waiting += len(self._marks[-1])

    def _sift(self) -> None:
        """Sort what there is, and drop the journeys of MSIDs that look cloned."""
        rows = np.concatenate([np.empty(0, JOURNEY), *self._parts])
        rows = rows[self._is_kept(rows["msid"])]
        rows = rows[np.lexsort((rows["start_ms"], rows["msid"]))]
        msid, start, end = rows["msid"], rows["start_ms"], rows["start_ms"] + rows["elapsed_ms"]
        chained = (msid[1:] == msid[:-1]) & (start[1:] == end[:-1])
        chained &= end[1:] - start[:-1] > ADJACENT_MS
        self._leave_out(msid[1:][chained])
        msids, counts = np.unique(msid, return_counts=True)
        self._leave_out(msids[counts > JOURNEYS_PER_MSID_MAX])
        rows = rows[~np.isin(msid, self._cloned)]
        marked = np.unique(np.concatenate([self._cloned, *self._marks]))
        self._cloned = marked[self._is_kept(marked)]
        is_cloned = np.isin(rows["msid"], self._cloned)
        left_out = np.unique(rows[is_cloned][["msid", "first", "second"]])
        np.add.at(self.cloned_between, (left_out["first"], left_out["second"]), 1)
        self._parts, self._marks, self._waiting = [rows[~is_cloned]], [], 0
        while len(self._parts[0]) + len(self._cloned) > self._rows_max // 2:
            self._halve()

    def _halve(self) -> None:
        self._halvings += 1
        self.cloned_between //= 2
        self._cloned = self._cloned[self._is_kept(self._cloned)]
        rows = self._parts[0]
        self._parts = [rows[self._is_kept(rows["msid"])]]

    def _is_kept(self, msids: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Whether each MSID is among those that are looked at."""
        if not self._halvings:
            return np.ones(len(msids), np.bool_)
        return np.asarray(msids * _SPREAD >> np.uint64(64 - self._halvings) == 0)
