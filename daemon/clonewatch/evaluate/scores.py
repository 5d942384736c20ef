"""What was reported beside what was there to see."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypedDict

import numpy as np

from clonewatch.travel.table import MINUTE_MS

from .judging import cases
from .suspending import suspended
from .trial import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from clonewatch.evidence.network import Network

    from .judging import Case
    from .reported import Reported
    from .suspending import Rails
    from .trial import Trial

SURE: Final = 0.5  # least confidence of a case that is more than a warning
ACTIVITIES: Final = (0.3, 1.0, 3.0)
WAYS_MINUTES: Final = (5.0, 15.0, 40.0, 100.0, math.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """So many of so many."""

    count: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspended:
    """Whom guard rails let be suspended."""

    honest: int
    cloned: Tally  # of cloned subscribers with a case
    delays_s: list[float]  # of these: from the first report to the suspension


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Figures of one run; the truth is the trial's."""

    registrations: int
    subscriber_days: float
    conflicts: Tally  # between two phones, of all that were reported
    honest_alarmed: int  # honest subscribers with a case
    honest_sure: int  # and with one of a confidence of a half or more
    pairs: Tally  # reported, of those physically there to see
    forbidden: Tally  # reported, of those that the table in use forbids
    pairs_by_kind: dict[str, Tally]
    pairs_by_activity: dict[str, Tally]
    pairs_by_way: dict[str, Tally]  # by the minutes that the fastest journey takes, less than
    covered: Tally  # clones with anything there to see, of those that registered
    covered_by_kind: dict[str, Tally]
    covered_by_activity: dict[str, Tally]
    found: Tally  # clones reported, of those with anything there to see
    found_by_kind: dict[str, Tally]
    found_by_activity: dict[str, Tally]
    delays_s: list[float]  # from a clone's first registration to the first report of it
    committed: Tally  # cases in which a clone was named, of those weighed
    right: Tally  # rightly, of these
    committed_by_kind: dict[str, Tally]  # of cases whose clones are all of one kind
    right_by_kind: dict[str, Tally]
    calibration: list[tuple[float, bool]]  # confidence of each case weighed, and if it was a clone
    suspended: dict[Rails, Suspended]  # by the guard rails that were tried


class _Clones(TypedDict):
    covered: Tally
    covered_by_kind: dict[str, Tally]
    covered_by_activity: dict[str, Tally]
    found: Tally
    found_by_kind: dict[str, Tally]
    found_by_activity: dict[str, Tally]


class _Judgements(TypedDict):
    honest_alarmed: int
    honest_sure: int
    committed: Tally
    right: Tally
    committed_by_kind: dict[str, Tally]
    right_by_kind: dict[str, Tally]
    calibration: list[tuple[float, bool]]


def score(
    trial: Trial,
    reported: Reported,
    network: Network,
    *,
    travel_ms: NDArray[np.int64],
    window_ms: int,
    rails: Iterable[Rails] = (),
    seed: int = 1,
) -> Score:
    """Compare; *travel_ms*, *window_ms*: what the detector had; *rails*: to be tried."""
    told = set(zip(reported.first.tolist(), reported.second.tolist(), strict=True))
    first, second = trial.visible(window_ms, trial.exact.ms)
    seen = _told(first, second, told)
    forbidden = _told(*trial.visible(window_ms, travel_ms), told)
    active = np.unique(trial.phone[trial.phone >= trial.subscribers]).astype(np.int64)
    active -= trial.subscribers
    clone_of_pair = _clone_of(trial, first, second)
    visible = np.unique(clone_of_pair)
    phone_1, phone_2 = trial.phone[reported.first], trial.phone[reported.second]
    true = (phone_1 != phone_2) & (trial.subscriber[phone_1] == trial.subscriber[phone_2])
    reported_clones = np.unique(
        np.concatenate(
            [phones[true & (phones >= trial.subscribers)] for phones in (phone_1, phone_2)]
        ).astype(np.int64)
        - trial.subscribers
    )
    weighed = list(cases(trial, reported, network, np.random.default_rng(seed)))
    return Score(
        registrations=len(trial.batch),
        subscriber_days=trial.subscribers * trial.days,
        conflicts=Tally(count=int(true.sum()), of=len(reported)),
        pairs=Tally(count=int(seen.sum()), of=len(seen)),
        forbidden=Tally(count=int(forbidden.sum()), of=len(forbidden)),
        pairs_by_kind=_by(trial.kind[clone_of_pair], seen, KINDS),
        pairs_by_activity=_by_activity(trial.activity[clone_of_pair], seen),
        pairs_by_way=_by_way(trial, first, second, seen),
        **_clones(trial, active, visible, reported_clones),
        delays_s=_delays_s(trial, reported, true),
        **_judgements(weighed),
        suspended={each: _suspended(trial, reported, network, each) for each in rails},
    )


def _told(
    first: NDArray[np.intp], second: NDArray[np.intp], told: set[tuple[int, int]]
) -> NDArray[np.bool_]:
    """Which pairs were reported."""
    pairs = zip(first.tolist(), second.tolist(), strict=True)
    return np.array([pair in told for pair in pairs], np.bool_)


def _clone_of(trial: Trial, first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.int64]:
    """The clone of each pair; of two clones, the second registration's."""
    phones = trial.phone[second].astype(np.int64)
    own = phones < trial.subscribers
    phones[own] = trial.phone[first[own]]
    return phones - trial.subscribers


def _clones(
    trial: Trial,
    active: NDArray[np.int64],
    visible: NDArray[np.int64],
    reported: NDArray[np.int64],
) -> _Clones:
    """Clones that could be seen and were, by kind and activity."""
    covered, found = np.isin(active, visible), np.isin(visible, reported)
    return {
        "covered": Tally(count=int(covered.sum()), of=len(active)),
        "covered_by_kind": _by(trial.kind[active], covered, KINDS),
        "covered_by_activity": _by_activity(trial.activity[active], covered),
        "found": Tally(count=int(found.sum()), of=len(visible)),
        "found_by_kind": _by(trial.kind[visible], found, KINDS),
        "found_by_activity": _by_activity(trial.activity[visible], found),
    }


def _by(
    which: NDArray[np.int64], hit: NDArray[np.bool_], names: tuple[str, ...]
) -> dict[str, Tally]:
    return {
        str(name): Tally(count=int(hit[which == at].sum()), of=int((which == at).sum()))
        for at, name in enumerate(names)
    }


def _by_activity(activity: NDArray[np.float64], hit: NDArray[np.bool_]) -> dict[str, Tally]:
    names = tuple(f"{each:g}" for each in ACTIVITIES)
    return _by(np.searchsorted(ACTIVITIES, activity), hit, names)


def _by_way(
    trial: Trial, first: NDArray[np.intp], second: NDArray[np.intp], seen: NDArray[np.bool_]
) -> dict[str, Tally]:
    minutes = trial.exact.ms[trial.batch.msc[first], trial.batch.msc[second]] / MINUTE_MS
    names = tuple(f"{each:g}" for each in WAYS_MINUTES)
    return _by(np.searchsorted(WAYS_MINUTES, minutes, side="right"), seen, names)


def _delays_s(trial: Trial, reported: Reported, true: NDArray[np.bool_]) -> list[float]:
    """Seconds from each clone's first registration to the first report of it."""
    clones = len(trial.kind)
    rows = np.flatnonzero(trial.phone >= trial.subscribers)
    never = np.iinfo(np.int64).max
    begun, told = np.full(clones, never), np.full(clones, never)
    np.minimum.at(
        begun, trial.phone[rows].astype(np.int64) - trial.subscribers, trial.true_ms[rows]
    )
    for side in (reported.first, reported.second):
        phones = trial.phone[side].astype(np.int64) - trial.subscribers
        hit = true & (phones >= 0)
        np.minimum.at(told, phones[hit], reported.found_ms[hit])
    both = (begun < never) & (told < never)
    delays_s: list[float] = ((told[both] - begun[both]) / 1000).tolist()
    return delays_s


def _suspended(trial: Trial, reported: Reported, network: Network, rails: Rails) -> Suspended:
    """Whom the daemon would have suspended."""
    when_ms = suspended(reported.told, trial.batch, trial.mscs, network, rails)
    begun_ms: dict[int, int] = {}  # MSIDs with a case -> its first report
    for conflict in reversed(reported.told):
        begun_ms[conflict.msid] = conflict.found_at
    rows = trial.is_cloned[trial.subscriber[trial.phone]]
    cloned = set(np.unique(trial.batch.msid[rows]).tolist()) & begun_ms.keys()
    return Suspended(
        honest=len(when_ms.keys() - cloned),
        cloned=Tally(count=len(when_ms.keys() & cloned), of=len(cloned)),
        delays_s=[(when_ms[msid] - begun_ms[msid]) / 1000 for msid in when_ms.keys() & cloned],
    )


def _judgements(weighed: list[Case]) -> _Judgements:
    """What the evidence came to."""
    honest = [case for case in weighed if case.is_honest]
    cloned = [case for case in weighed if not case.is_honest]
    named = [case for case in cloned if case.is_right is not None]
    committed_by_kind, right_by_kind = {}, {}
    for at, kind in enumerate(KINDS):
        alike = [case for case in cloned if case.kinds == {at}]
        told = [case for case in alike if case.is_right is not None]
        right = sum(case.is_right is True for case in told)
        committed_by_kind[str(kind)] = Tally(count=len(told), of=len(alike))
        right_by_kind[str(kind)] = Tally(count=right, of=len(told))
    return {
        "honest_alarmed": len(honest),
        "honest_sure": sum(case.confidence >= SURE for case in honest),
        "committed": Tally(count=len(named), of=len(cloned)),
        "right": Tally(count=sum(case.is_right is True for case in named), of=len(named)),
        "committed_by_kind": committed_by_kind,
        "right_by_kind": right_by_kind,
        "calibration": [(case.confidence, not case.is_honest) for case in weighed],
    }
