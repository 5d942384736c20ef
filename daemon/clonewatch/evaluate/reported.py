"""What the detector reports of a trial, traced back to the rows that it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.detector import Detector, conflicts_of
from clonewatch.evidence.together import standing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clonewatch.detector import Conflict
    from clonewatch.registrations import Registration

    from .trial import Trial

CHUNK: Final = 1 << 20  # registrations judged at once
SUBSCRIBERS_SPARE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """Conflicts that stand in the end, in columns, by MSID and time."""

    told: list[Conflict]  # all that was told, in order of finding, superseded ones included
    conflicts: list[Conflict]
    first: NDArray[np.int64]  # row of the trial
    second: NDArray[np.int64]
    found_ms: NDArray[np.int64]  # true time of the arrival that showed it

    def __len__(self) -> int:
        return len(self.conflicts)


def report(trial: Trial, travel_ms: NDArray[np.int64], window_ms: int) -> Reported:
    """Run the detector over *trial* with *travel_ms*, by index of the MSCs."""
    detector = Detector(
        travel_ms,
        trial.mscs.mscid_of,
        window_ms=window_ms,
        subscribers_max=trial.subscribers + SUBSCRIBERS_SPARE,
        seed=1,
    )
    arrival_ms = np.maximum.accumulate(trial.true_ms)
    told: list[Conflict] = []
    for start in range(0, len(trial.batch), CHUNK):
        findings = detector.window.take(trial.batch[start : start + CHUNK])
        findings["found_at"] = arrival_ms[start + findings["at"]]
        told += conflicts_of(findings, travel_ms, trial.mscs.mscid_of)
    ordered = sorted(
        standing(told), key=lambda each: (each.msid, each.second.time, each.first.time)
    )
    rows = _rows(trial, {conflict.msid for conflict in ordered})
    return Reported(
        told=told,
        conflicts=ordered,
        first=np.array([rows[_key(conflict.first)] for conflict in ordered], np.int64),
        second=np.array([rows[_key(conflict.second)] for conflict in ordered], np.int64),
        found_ms=np.array([conflict.found_at for conflict in ordered], np.int64),
    )


def _key(registration: Registration) -> tuple[int, int, int, int]:
    return registration.msid, registration.time, registration.msc, registration.esn


def _rows(trial: Trial, msids: set[int]) -> dict[tuple[int, int, int, int], int]:
    """Rows of some subscribers' registrations; of copies at one time, the first."""
    batch = trial.batch
    rows = np.flatnonzero(np.isin(batch.msid, np.array(sorted(msids), np.uint64)))[::-1]
    keys = zip(
        batch.msid[rows].tolist(),
        batch.time[rows].tolist(),
        batch.msc[rows].tolist(),
        batch.esn[rows].tolist(),
        strict=True,
    )
    return dict(zip(keys, rows.tolist(), strict=True))
