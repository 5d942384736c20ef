"""What is tried: tables of every quality, slack, windows, wrong clocks, and a month of honesty."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.clocks.estimate import estimate
from clonewatch.evidence.network import Network
from clonewatch.lab.traffic import Mishaps

from .learning import learn
from .reported import report
from .scores import score
from .suspending import Rails
from .tables import Quality, built, celled, learned, scaled, wrong
from .trial import ORDINARY, Settings, simulated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from clonewatch.clocks.offsets import Clocks
    from clonewatch.travel.table import TravelTimes

    from .learning import Learnt
    from .scores import Score
    from .trial import Trial

HOUR_MS: Final = 3_600_000
WINDOW_MS: Final = 23_400_000
FACTORS: Final = (0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5)
WINDOWS_H: Final = (1.0, 2.0, 4.0, 6.5, 12.0, 24.0)
SKEWED: Final = 0.01  # share of MSCs, by up to 10 minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is tried."""

    subscribers: int
    days: float
    cloned: int
    month_days: float
    mscs: int = 600
    seed: int = 1


FULL: Final = Size(subscribers=100_000, days=7, cloned=1_000, month_days=30)
SMOKE: Final = Size(subscribers=2_000, days=4, cloned=60, month_days=4, mscs=150)


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Scores by what was tried."""

    size: Size
    by_table: dict[Quality, Score]
    skewed: dict[Quality, Score]  # likewise, with wrong clocks
    clocks_wrong: int  # of them, so many MSCs more than two minutes
    clocks_found: int  # of these
    clocks_accused: int  # others that are said to run away
    by_factor: dict[float, Score]  # of built travel times
    learnt: dict[str, Learnt]  # by what is known of the MSCs
    by_window: dict[float, Score]  # hours
    month: Score


def run(size: Size, tell: Callable[[str], None]) -> Results:
    """Try everything; *tell* is told what is being done."""
    tell(f"{size.subscribers:,} subscribers for {size.days:g} days")
    trial = simulated(_settings(size, ORDINARY))
    tables = qualities(trial, size.seed)
    right = estimate(trial.batch, trial.mscs, trial.exact.ms)
    by_table = {}
    for quality, table in tables.items():
        tell(f"table: {quality}")
        by_table[quality] = tried(trial, table, right, rails=_rails(quality))
    made = tables[Quality.BUILT]
    usual = replace(by_table[Quality.BUILT], suspended={})  # no slack, the usual window
    by_factor, by_window = {}, {}
    for factor in FACTORS:
        tell(f"travel times x {factor:g}")
        by_factor[factor] = usual if factor == 1 else tried(trial, made, right, factor=factor)
    for hours in WINDOWS_H:
        tell(f"window: {hours:g} h")
        window_ms = int(hours * HOUR_MS)
        is_usual = window_ms == WINDOW_MS
        by_window[hours] = usual if is_usual else tried(trial, made, right, window_ms=window_ms)
    tell("travel learn")
    learnt = learn(trial, made, size.seed)
    del trial
    tell("the same with wrong clocks")
    skewed, wrong_clocks, found, accused = _skewed(size)
    tell(f"{size.subscribers:,} subscribers for {size.month_days:g} days")
    month = _month(size)
    return Results(
        size=size,
        by_table=by_table,
        skewed=skewed,
        clocks_wrong=wrong_clocks,
        clocks_found=found,
        clocks_accused=accused,
        by_factor=by_factor,
        learnt=learnt,
        by_window=by_window,
        month=month,
    )


def qualities(trial: Trial, seed: int) -> dict[Quality, TravelTimes]:
    """Tables of every quality."""
    made = built(trial.mscs)
    spoilt = wrong(made, np.random.default_rng(seed))
    assert trial.cells is not None
    return {
        Quality.EXACT: trial.exact,
        Quality.CELLS: celled(trial.mscs, trial.cells),
        Quality.BUILT: made,
        Quality.WRONG: spoilt,
        Quality.LEARNED: learned(spoilt, trial),
    }


def tried(
    trial: Trial,
    table: TravelTimes,
    clocks: Clocks,
    *,
    factor: float = 1.0,
    window_ms: int = WINDOW_MS,
    rails: Iterable[Rails] = (),
) -> Score:
    """Detect, weigh, suspend by *rails*, and compare."""
    travel_ms = scaled(table.ms, factor)
    network = Network(homes=trial.homes, clocks=clocks, mscs=trial.mscs, travel_ms=travel_ms)
    reported = report(trial, travel_ms, window_ms)
    return score(trial, reported, network, travel_ms=travel_ms, window_ms=window_ms, rails=rails)


def _skewed(size: Size) -> tuple[dict[Quality, Score], int, int, int]:
    """Scores with wrong clocks, and how many of these there were, were found, and others."""
    mishaps = Mishaps(
        relayed=ORDINARY.relayed, late=ORDINARY.late, lost=ORDINARY.lost, skewed=SKEWED
    )
    trial = simulated(_settings(size, mishaps))
    clocks = estimate(trial.batch, trial.mscs, trial.exact.ms)
    tables = {Quality.EXACT: trial.exact, Quality.BUILT: built(trial.mscs)}
    scores = {
        quality: tried(trial, table, clocks, rails=_rails(quality))
        for quality, table in tables.items()
    }
    ahead_ms = np.zeros(len(trial.mscs), np.int64)
    ahead_ms[trial.batch.msc] = trial.batch.time - trial.true_ms
    is_wrong = set(trial.mscs.msc_of[np.abs(ahead_ms) > clocks.runaway_ms].tolist())
    accused = {
        int(trial.mscs.msc_of[index])
        for index, offset in clocks.mscs.items()
        if clocks.runs_away(offset)
    }
    return scores, len(is_wrong), len(is_wrong & accused), len(accused - is_wrong)


def _rails(quality: Quality) -> tuple[Rails, ...]:
    """The guard rails that are tried with a table.

    To store what one with a tenth of all entries wrong makes takes as long as all the rest.
    """
    return (Rails.BOUNDLESS,) if quality is Quality.BUILT else ()


def _month(size: Size) -> Score:
    """A long time, for what is rare."""
    trial = simulated(
        Settings(
            subscribers=size.subscribers,
            days=size.month_days,
            cloned=size.cloned // 4,
            mscs=size.mscs,
            seed=size.seed + 1,
        )
    )
    clocks = estimate(trial.batch, trial.mscs, trial.exact.ms)
    return tried(trial, built(trial.mscs), clocks, rails=Rails)


def _settings(size: Size, mishaps: Mishaps) -> Settings:
    return Settings(
        subscribers=size.subscribers,
        days=size.days,
        cloned=size.cloned,
        mscs=size.mscs,
        mishaps=mishaps,
        seed=size.seed,
    )
