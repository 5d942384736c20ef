"""Results of a suite, made up."""

from __future__ import annotations

from clonewatch.evaluate.learning import Learnt
from clonewatch.evaluate.scores import Score, Suspended, Tally
from clonewatch.evaluate.suite import FACTORS, WINDOWS_H, Results, Size
from clonewatch.evaluate.suspending import Rails
from clonewatch.evaluate.tables import Quality
from clonewatch.evaluate.trial import KINDS

KIND_TALLIES = {str(kind): Tally(count=9, of=10) for kind in KINDS}
ACTIVITY_TALLIES = {name: Tally(count=8, of=10) for name in ("0.3", "1", "3")}
SCORE = Score(
    registrations=2_000_000,
    subscriber_days=700_000,
    conflicts=Tally(count=99, of=100),
    honest_alarmed=1,
    honest_sure=1,
    pairs=Tally(count=27, of=30),
    forbidden=Tally(count=29, of=29),
    pairs_by_kind=KIND_TALLIES,
    pairs_by_activity=ACTIVITY_TALLIES,
    pairs_by_way={"5": Tally(count=1, of=10), "inf": Tally(count=26, of=26)},
    covered=Tally(count=30, of=50),
    covered_by_kind=KIND_TALLIES,
    covered_by_activity=ACTIVITY_TALLIES,
    found=Tally(count=28, of=30),
    found_by_kind=KIND_TALLIES,
    found_by_activity=ACTIVITY_TALLIES,
    delays_s=[600.0, 3600.0, 7200.0],
    committed=Tally(count=20, of=30),
    right=Tally(count=19, of=20),
    committed_by_kind=KIND_TALLIES,
    right_by_kind=KIND_TALLIES,
    calibration=[(0.9, True), (0.99, True), (0.3, False)],
    suspended={
        rails: Suspended(honest=0, cloned=Tally(count=15, of=30), delays_s=[3600.0, 7200.0])
        for rails in Rails
    },
)
RESULTS = Results(
    size=Size(subscribers=100_000, days=7, cloned=50, month_days=30),
    by_table=dict.fromkeys(Quality, SCORE),
    skewed={Quality.EXACT: SCORE, Quality.BUILT: SCORE},
    clocks_wrong=6,
    clocks_found=5,
    clocks_accused=0,
    learnt=dict.fromkeys(
        ("with coordinates", "without"), Learnt(found=Tally(count=19, of=20), right=0)
    ),
    by_factor=dict.fromkeys(FACTORS, SCORE),
    by_window=dict.fromkeys(WINDOWS_H, SCORE),
    month=SCORE,
)
