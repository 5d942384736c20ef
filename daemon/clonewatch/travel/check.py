"""What looks wrong in a travel table, for `clonewatch travel check`.

Nothing here forbids the table: a ferry is asymmetric, and a new MSC is blank. It is a list for
the one who made the table to look through.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.travel.geography import Geography
from clonewatch.travel.table import BLANK, MINUTE_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from clonewatch.travel.table import TravelTimes

ASYMMETRY_SHARE: Final = 0.10  # of the longer way
ASYMMETRY_MINUTES: Final = 5.0
LONG_SHARE: Final = 0.10  # beyond the fastest reasonable journey
LONG_MINUTES: Final = 5.0
SHORT_MINUTES: Final = 1.0  # below what nobody can do: rounding to whole minutes explains no more
TRIANGLE_MINUTES: Final = 1.0  # more than rounding to whole minutes explains
WINDOW_MINUTES: Final = 390.0  # the clone detection window (308), 6.5 h
LISTED_MAX: Final = 20  # findings of one kind that are listed; all are counted


class Kind(StrEnum):
    """What a finding is about."""

    ASYMMETRIC = "asymmetric"  # there and back differ
    TRIANGLE = "triangle"  # a detour is quicker than the direct way
    ISOLATED = "isolated"  # blank towards every other MSC, both ways
    BLANK = "blank"  # not known, one way or both; isolated MSCs not counted again
    ABOVE_WINDOW = "above_window"  # longer than the window: every pair inside it conflicts
    TOO_LONG = "too_long"  # an honest journey can be quicker: a false alarm then
    TOO_SHORT = "too_short"  # nobody is so quick: clones go unseen
    ALL_ZERO = "all_zero"  # nothing that starts there ever conflicts


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to look at."""

    kind: Kind
    mscs: tuple[str, ...]
    minutes: tuple[float | None, ...]  # the entries it is about; None: blank
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How many findings there are of each kind, and the first or worst of them."""

    mscs: int
    counts: dict[Kind, int]
    findings: list[Finding]


def check(
    travel: TravelTimes,
    *,
    asymmetry_share: float = ASYMMETRY_SHARE,
    asymmetry_minutes: float = ASYMMETRY_MINUTES,
    window_minutes: float = WINDOW_MINUTES,
    radius_km: float | None = None,
    listed_max: int = LISTED_MAX,
) -> Report:
    """Everything that looks wrong; at most *listed_max* findings of a kind are listed.

    Two ways are asymmetric when they differ by more than both *asymmetry_share* of the longer
    one and *asymmetry_minutes*. What coordinates say is asked where they are known; *radius_km* is
    that of areas without one.
    """
    table = _Table(travel.mscs.names, travel.by_msc(), listed_max)
    geography = Geography.of(travel.mscs, radius_km)
    found = {
        Kind.ASYMMETRIC: table.asymmetric(asymmetry_share, asymmetry_minutes),
        Kind.TRIANGLE: table.triangle(TRIANGLE_MINUTES, geography.crossing_minutes),
        Kind.ISOLATED: table.isolated(),
        Kind.BLANK: table.blank(),
        Kind.ABOVE_WINDOW: table.above_window(window_minutes),
        Kind.TOO_LONG: table.too_long(geography.fastest_minutes),
        Kind.TOO_SHORT: table.too_short(geography.least_minutes),
        Kind.ALL_ZERO: table.all_zero(),
    }
    return Report(
        mscs=len(table.names),
        counts={kind: count for kind, (count, _) in found.items()},
        findings=[finding for _, findings in found.values() for finding in findings],
    )


class _Table:
    """The questions; each answers how many and some of them."""

    def __init__(self, names: tuple[str, ...], ms: NDArray[np.int64], listed_max: int) -> None:
        self.names = names
        self.ms = ms
        self.listed_max = listed_max
        self.others = ~np.eye(len(names), dtype=bool)
        self.is_blank = ms == BLANK
        alone = (self.is_blank | ~self.others).all(axis=1)
        alone &= (self.is_blank | ~self.others).all(axis=0)
        self.is_isolated: NDArray[np.bool_] = alone & (len(names) > 1)

    def asymmetric(self, share: float, minutes: float) -> tuple[int, list[Finding]]:
        there, back = self.ms, self.ms.T
        difference = np.abs(there - back)
        mask = (difference > share * np.maximum(there, back)) & (difference > minutes * MINUTE_MS)
        mask &= ~(self.is_blank | self.is_blank.T)
        return self._pairs(
            Kind.ASYMMETRIC,
            np.triu(mask),
            difference,
            lambda a, b: f"{self._way(a, b)}, but {self._way(b, a)}",
        )

    def triangle(
        self, minutes: float, crossing_minutes: NDArray[np.float64]
    ) -> tuple[int, list[Finding]]:
        """Where a to c takes longer than a to b, across b and to c, all three being above 0."""
        allowed = np.rint((minutes + crossing_minutes) * MINUTE_MS).astype(np.int64)
        never = np.int64(2**62)  # as a leg: no detour over it is quicker
        leg = np.where(self.ms > 0, self.ms, never // 2)
        direct = np.where(self.ms > 0, self.ms, 0)
        count = 0
        worst: list[tuple[int, int, int, int]] = []  # -ms to gain, then the MSCs
        for via in range(len(self.names)):
            gain = direct - (leg[:, via, None] + leg[None, via, :])
            first, second = np.nonzero(gain > allowed[via])
            count += len(first)
            gains = gain[first, second]
            worst += [
                (-int(gains[at]), int(first[at]), via, int(second[at]))
                for at in np.argsort(-gains, kind="stable")[: self.listed_max]
            ]
            worst = sorted(worst)[: self.listed_max]
        return count, [
            self._finding(
                Kind.TRIANGLE,
                (a, b, c),
                ((a, c), (a, b), (b, c)),
                f"{self._way(a, c)}, but {self._way(a, b)} and {self._way(b, c)}",
            )
            for _, a, b, c in worst
        ]

    def isolated(self) -> tuple[int, list[Finding]]:
        return self._single(
            Kind.ISOLATED,
            self.is_isolated,
            lambda a: f"{self.names[a]}: every travel time is blank; nothing there is compared",
        )

    def blank(self) -> tuple[int, list[Finding]]:
        apart = self.is_isolated[:, None] | self.is_isolated
        mask = (self.is_blank | self.is_blank.T) & self.others & ~apart
        return self._pairs(
            Kind.BLANK,
            np.triu(mask),
            np.zeros_like(self.ms),
            lambda a, b: f"{self._way(a, b)}, {self._way(b, a)}",
        )

    def above_window(self, minutes: float) -> tuple[int, list[Finding]]:
        return self._pairs(
            Kind.ABOVE_WINDOW,
            self.ms > minutes * MINUTE_MS,
            self.ms,
            lambda a, b: (
                f"{self._way(a, b)}: longer than the window of {minutes:g} min, "
                "so that every pair inside it conflicts"
            ),
        )

    def too_long(self, fastest_minutes: NDArray[np.float64]) -> tuple[int, list[Finding]]:
        fastest = fastest_minutes * MINUTE_MS
        beyond = self.ms - np.nan_to_num(fastest)
        mask = (beyond > LONG_SHARE * fastest) & (beyond > LONG_MINUTES * MINUTE_MS)
        return self._pairs(
            Kind.TOO_LONG,
            mask & self.others,
            beyond.astype(np.int64),
            lambda a, b: f"{self._way(a, b)}, but {fastest_minutes[a, b]:g} min are possible",
        )

    def too_short(self, least_minutes: NDArray[np.float64]) -> tuple[int, list[Finding]]:
        missing = np.nan_to_num(least_minutes * MINUTE_MS) - self.ms
        mask = (missing > SHORT_MINUTES * MINUTE_MS) & ~self.is_blank & self.others
        return self._pairs(
            Kind.TOO_SHORT,
            mask,
            missing.astype(np.int64),
            lambda a, b: f"{self._way(a, b)}, but nobody takes less than {least_minutes[a, b]:g}",
        )

    def all_zero(self) -> tuple[int, list[Finding]]:
        mask = (self.ms == 0).all(axis=1) & (len(self.names) > 1)
        return self._single(
            Kind.ALL_ZERO,
            mask,
            lambda a: f"{self.names[a]}: 0 min to every MSC; nothing that starts there conflicts",
        )

    def _pairs(
        self,
        kind: Kind,
        mask: NDArray[np.bool_],
        weight: NDArray[np.int64],
        text: Callable[[int, int], str],
    ) -> tuple[int, list[Finding]]:
        """The pairs of *mask*, the heaviest first."""
        first, second = np.nonzero(mask)
        order = np.argsort(-weight[first, second], kind="stable")[: self.listed_max]
        return len(first), [
            self._finding(kind, (a, b), ((a, b), (b, a)), text(a, b))
            for a, b in zip(first[order].tolist(), second[order].tolist(), strict=True)
        ]

    def _single(
        self, kind: Kind, mask: NDArray[np.bool_], text: Callable[[int], str]
    ) -> tuple[int, list[Finding]]:
        rows = np.flatnonzero(mask).tolist()
        return len(rows), [
            self._finding(kind, (row,), (), text(row)) for row in rows[: self.listed_max]
        ]

    def _finding(
        self, kind: Kind, mscs: tuple[int, ...], entries: Iterable[tuple[int, int]], text: str
    ) -> Finding:
        return Finding(
            kind=kind,
            mscs=tuple(self.names[msc] for msc in mscs),
            minutes=tuple(self._minutes(a, b) for a, b in entries),
            text=text,
        )

    def _minutes(self, a: int, b: int) -> float | None:
        return None if self.is_blank[a, b] else float(self.ms[a, b] / MINUTE_MS)

    def _way(self, a: int, b: int) -> str:
        minutes = self._minutes(a, b)
        took = "blank" if minutes is None else f"{minutes:g} min"
        return f"{self.names[a]} to {self.names[b]} {took}"
