"""How many MSIDs are in conflict on each pair of MSCs, lately. In memory, and bounded.

What counts as suspect: a pair on which `suspect_msids` MSIDs are in conflict; an MSC at which twice
as many are, those of its worst pair left out. So an MSC with three suspect pairs is suspect, and
one whose conflicts are spread over many pairs; its neighbour, whose conflicts are all with it, is
not.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

Pair: TypeAlias = tuple[str, str]  # names of two MSCs, in order; of one MSC, twice its name


def pair_of(one: str, other: str) -> Pair:
    """The pair of two MSCs, whichever came first."""
    return (one, other) if one <= other else (other, one)


class Tally:
    """Counts up to *enough* MSIDs a pair; a pair that has them is suspect, and counted no more."""

    def __init__(self) -> None:
        self._seen: dict[Pair, dict[int, int]] = {}  # MSID -> when, ms, by the detector's clock
        self._pairs: dict[str, set[Pair]] = defaultdict(set)  # of each MSC

    def add(self, pair: Pair, msid: int, found_at: int) -> None:
        """Count a conflict."""
        seen = self._seen.setdefault(pair, {})
        seen[msid] = max(found_at, seen.get(msid, 0))
        for msc in pair:
            self._pairs[msc].add(pair)

    def remove(self, pair: Pair, msid: int) -> None:
        """Count no more a conflict that was none."""
        if pair in self._seen:
            self._seen[pair].pop(msid, None)

    def drop(self, pairs: Iterable[Pair]) -> None:
        """Count no more what is suspect; for an MSC, all its pairs."""
        for one, other in pairs:
            gone = set(self._pairs.get(one, ())) if one == other else {(one, other)}
            for pair in gone:
                self._seen.pop(pair, None)
                for msc in pair:
                    self._pairs[msc].discard(pair)

    def is_pair_suspect(self, pair: Pair, since: int, enough: int) -> bool:
        """Whether *enough* MSIDs are in conflict on a pair, found after *since*."""
        return len(self._seen.get(pair, ())) >= enough and self._count(pair, since) >= enough

    def is_msc_suspect(self, msc: str, known: set[Pair], since: int, enough: int) -> bool:
        """Whether an MSC is, whose suspect pairs among *known* count *enough* each."""
        suspect = sum(msc in pair and pair != (msc, msc) for pair in known)
        others = self._pairs.get(msc, set()) - known
        counts = [enough] * suspect + [min(len(self._seen[pair]), enough) for pair in others]
        if not _is_much(counts, enough):
            return False
        counts = [enough] * suspect + [min(self._count(pair, since), enough) for pair in others]
        return _is_much(counts, enough)

    def _count(self, pair: Pair, since: int) -> int:
        """How many were found after *since*; those before are forgotten."""
        seen = self._seen[pair]
        for msid in [msid for msid, found_at in seen.items() if found_at <= since]:
            del seen[msid]
        return len(seen)


def _is_much(counts: list[int], enough: int) -> bool:
    return sum(counts) - max(counts, default=0) >= 2 * enough
