"""Entries that honest traffic contradicts, for `clonewatch travel learn`. A person applies them.

An entry is proposed when enough different subscribers were quicker, however often each. So that
clones do not teach it, a subscriber is heard only if that explains him: what else he contradicts
must be little, or be proposed as well. A clone that moves about contradicts entries everywhere.
`contradictions` leaves out those that can be told to be clones by what they do.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypedDict

import numpy as np

from clonewatch.travel.contradictions import ADJACENT_MS, Contradictions
from clonewatch.travel.geography import Geography
from clonewatch.travel.table import BLANK, MINUTE_MS
from clonewatch.window import Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clonewatch.registrations import Batch
    from clonewatch.travel.contradictions import Journeys
    from clonewatch.travel.table import TravelTimes

SUBSCRIBERS_MIN: Final = 5  # ours: different subscribers that contradict an entry
HEARD_TIMES: Final = 2  # so many are heard for each who is left out, where the way is long
LONG_MS: Final = 30 * MINUTE_MS  # ours: a clone on a shorter way looks like a neighbour
SLOWER_MAX: Final = 500  # journeys that keep to an entry, for each subscriber who does not
OTHERS_MAX: Final = 2  # pairs of MSCs that one who is heard may contradict beside
MARGIN: Final = 0.9  # the next may be quicker than all who were seen
STEP_MS: Final = MINUTE_MS // 10  # entries are proposed in whole tenths of a minute


class Kind(StrEnum):
    """What is proposed."""

    TOO_HIGH = "too_high"  # a smaller entry
    ADJACENT = "adjacent"  # 0: phones change over without travelling


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An entry that ought to be another."""

    kind: Kind
    first: int  # MSC, its place in `Mscs.names`
    second: int
    entry_ms: int  # BLANK: not known
    proposed_ms: int
    subscribers: int  # different ones that were quicker than the entry
    journeys: int  # of theirs
    left_out: int  # subscribers that were quicker, too, and look cloned
    slower: int  # journeys in the window, anybody's, that were not
    fastest_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What else is known of each entry, [first, second]."""

    entries_ms: NDArray[np.int64]  # they themselves; BLANK: not known
    left_out: NDArray[np.int64]  # MSIDs that look cloned, and were quicker
    slower: NDArray[np.int64]  # journeys that were not
    reasonable_ms: NDArray[np.float64]  # NaN: not known

    def allows(
        self, entry: tuple[int, int], fastest_ms: NDArray[np.int64], subscribers_min: int
    ) -> bool:
        """Whether subscribers whose fastest journeys these are may correct an entry.

        Where clones are about, some that nobody can tell are among those who are heard. So each
        that is left out calls for one more who is heard; on a long way, where most clones show, it
        is enough that twice as many are heard, and where the journeys are such as people make, that
        not more are left out. Where hardly anybody is quicker at all, those who are probably are
        clones.
        """
        heard, left_out = len(fastest_ms), self.left_out[entry]
        if heard * SLOWER_MAX < self.slower[entry]:
            return False
        is_long = self.entries_ms[entry] >= LONG_MS
        reasonable = np.count_nonzero(fastest_ms >= self.reasonable_ms[entry])
        return bool(
            heard >= subscribers_min + left_out
            or (is_long and heard >= max(subscribers_min, HEARD_TIMES * left_out))
            or reasonable >= max(subscribers_min, left_out)
        )


class Learner:
    """Registrations in, proposals out.

    *window_ms*, *lateness_ms*: as the detector's, which judges the same pairs.
    """

    def __init__(self, travel: TravelTimes, *, window_ms: int, lateness_ms: int) -> None:
        mscs = travel.mscs
        self._msc_of = mscs.msc_of
        self._entries_ms = travel.by_msc()
        self._thresholds_ms = np.where(self._entries_ms == BLANK, ADJACENT_MS, self._entries_ms)
        self._slower: NDArray[np.int64] = np.zeros_like(self._entries_ms)
        # Whoever registers elsewhere within the window is told of, as if that were too soon.
        everybody = (mscs.msc_of[:, None] != mscs.msc_of) * np.int32(window_ms + 1)
        self.window = Window(everybody, mscs.mscid_of, window_ms=window_ms, lateness_ms=lateness_ms)
        geography = Geography.of(mscs, None)
        least_ms = np.nan_to_num(geography.least_minutes) * MINUTE_MS
        self._reasonable_ms = np.maximum(geography.fastest_minutes * MINUTE_MS, ADJACENT_MS)
        self.contradictions = Contradictions(mscs.msc_of, least_ms.astype(np.int64))

    def take(self, batch: Batch) -> None:
        """Look at registrations in their order of arrival."""
        findings = self.window.take(batch)
        first = self._msc_of[findings["first"]["msc"]]
        second = self._msc_of[findings["second"]["msc"]]
        elapsed_ms = findings["second"]["time"] - findings["first"]["time"]
        quicker = elapsed_ms < self._thresholds_ms[first, second]
        slower = ~quicker & ~findings["superseded"]
        np.add.at(self._slower, (first[slower], second[slower]), 1)
        self.contradictions.take(findings[quicker])

    @property
    def counts(self) -> dict[str, int]:
        """What was contradicted, by whom, and what became of the other registrations."""
        counts = asdict(self.window.counts)
        del counts["taken"], counts["stored"], counts["pairs_unknown"]
        contradictions = self.contradictions
        return {"conflicts": contradictions.count, "left_out": contradictions.cloned, **counts}

    def proposals(self, subscribers_min: int = SUBSCRIBERS_MIN) -> list[Proposal]:
        """Give what was learnt, most subscribers first."""
        journeys = self.contradictions.journeys()
        return proposals(
            journeys,
            Beside(
                entries_ms=self._entries_ms,
                left_out=self.contradictions.cloned_between,
                slower=(self._slower * self.contradictions.share).astype(np.int64),
                reasonable_ms=self._reasonable_ms,
            ),
            subscribers_min,
        )


def proposals(
    journeys: Journeys,
    beside: Beside,
    subscribers_min: int = SUBSCRIBERS_MIN,
) -> list[Proposal]:
    """Entries that *subscribers_min* subscribers, 2 at least, contradict.

    *journeys*: all quicker than their entries.
    """
    mscs = len(beside.entries_ms)
    votes = _votes(journeys, mscs)
    pairs, pair_of = np.unique(votes["pair"], return_inverse=True)
    heard = _heard(votes, pair_of, mscs, subscribers_min)
    found = []
    order = np.lexsort((votes["fastest_ms"][heard], pair_of[heard]))
    votes, pair_of = votes[heard][order], pair_of[heard][order]
    bounds = np.searchsorted(pair_of, np.arange(len(pairs) + 1))
    for pair, begin, end in zip(pairs.tolist(), bounds[:-1], bounds[1:], strict=True):
        entry = divmod(pair, mscs)
        if beside.allows(entry, votes["fastest_ms"][begin:end], subscribers_min):
            found.append(
                Proposal(
                    first=entry[0],
                    second=entry[1],
                    entry_ms=int(beside.entries_ms[entry]),
                    left_out=int(beside.left_out[entry]),
                    slower=int(beside.slower[entry]),
                    **_said(votes[begin:end], subscribers_min),
                )
            )
    return sorted(found, key=lambda found: (-found.subscribers, found.first, found.second))


# What one subscriber says of one entry: a row of `_votes`.
_VOTE: Final = np.dtype(
    [("msid", np.uint64), ("pair", np.int64), ("fastest_ms", np.int64), ("journeys", np.int64)]
)


def _votes(journeys: Journeys, mscs: int) -> NDArray[np.void]:
    """One row for each subscriber and entry, by MSID."""
    pair = journeys["first"].astype(np.int64) * mscs + journeys["second"]
    order = np.lexsort((journeys["elapsed_ms"], pair, journeys["msid"]))
    msid, pair, elapsed_ms = journeys["msid"][order], pair[order], journeys["elapsed_ms"][order]
    is_first = np.ones(len(order), np.bool_)
    is_first[1:] = (msid[1:] != msid[:-1]) | (pair[1:] != pair[:-1])
    begins = np.flatnonzero(is_first)
    votes = np.empty(len(begins), _VOTE)
    votes["msid"], votes["pair"] = msid[begins], pair[begins]
    votes["fastest_ms"] = elapsed_ms[begins]
    votes["journeys"] = np.diff(np.append(begins, len(order)))
    return votes


def _heard(
    votes: NDArray[np.void], pair_of: NDArray[np.intp], mscs: int, subscribers_min: int
) -> NDArray[np.bool_]:
    """Which votes count; *pair_of*: number of each vote's entry.

    There and back are one place. What enough are heard to contradict explains the next.
    """
    first, second = np.divmod(votes["pair"], mscs)
    place = np.minimum(first, second) * mscs + np.maximum(first, second)
    _, place_of = np.unique(place, return_inverse=True)
    _, subscriber = np.unique(votes["msid"], return_inverse=True)
    once = np.unique(np.stack((subscriber, place_of)), axis=1)  # there and back count once
    explained = np.zeros(place_of.max(initial=-1) + 1, np.bool_)
    while True:
        unexplained = np.bincount(once[0][~explained[once[1]]], minlength=len(votes))
        others = unexplained[subscriber] - ~explained[place_of]
        heard: NDArray[np.bool_] = others <= OTHERS_MAX
        enough = np.bincount(pair_of[heard], minlength=len(votes)) >= subscribers_min
        now = explained.copy()
        now[place_of[enough[pair_of]]] = True
        if np.array_equal(now, explained):
            return heard
        explained = now


class _Said(TypedDict):
    kind: Kind
    proposed_ms: int
    subscribers: int
    journeys: int
    fastest_ms: int


def _said(votes: NDArray[np.void], subscribers_min: int) -> _Said:
    """What the votes on one entry, the fastest first, come to."""
    fastest_ms = votes["fastest_ms"]
    is_adjacent = np.count_nonzero(fastest_ms < ADJACENT_MS) >= subscribers_min
    # The second: no subscriber alone says how low.
    proposed_ms = int(fastest_ms[1] * MARGIN) // STEP_MS * STEP_MS
    return _Said(
        kind=Kind.ADJACENT if is_adjacent else Kind.TOO_HIGH,
        proposed_ms=0 if is_adjacent else proposed_ms,
        subscribers=len(votes),
        journeys=int(votes["journeys"].sum()),
        fastest_ms=int(fastest_ms[0]),
    )
