"""FIG. 4 and FIG. 5 of US patent 6,370,373, literally: every half hour the last groups anew.

For `detect --every 30m --groups 13`, over files. What the runs report together is part of what
`Detector` says at once; with these settings, all of it up to 6.0 h apart: a pair further apart may
never stand whole in any thirteen groups.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.detector import Conflict
from clonewatch.registrations import MSC_UNKNOWN, Flags
from clonewatch.window.layout import COPY_SPAN_ANY_MS, COPY_SPAN_MS
from clonewatch.window.window import WINDOW_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from clonewatch.registrations import Batch

GROUP_MS: Final = 1_800_000  # a half hour data group (310)
GROUPS: Final = 13  # the clone detection window (308)


def rescans(
    batch: Batch,
    travel_ms: NDArray[np.int64],
    mscid_of: NDArray[np.uint32],
    *,
    every_ms: int = GROUP_MS,
    groups: int = GROUPS,
    window_ms: int = WINDOW_MS,
) -> Iterator[Conflict]:
    """Conflicts that runs each *every_ms* find in the last *groups*, each told once.

    *batch* is all there is, in any order. A run is at a multiple of *every_ms*; the last is the
    first behind the newest registration.
    """
    batch = originals(batch, len(mscid_of))
    if not len(batch):
        return
    batch = batch[np.argsort(batch.time, kind="stable")]
    told = set()
    start = stop = run_ms = 0
    while stop < len(batch):
        run_ms += every_ms
        if start == stop:  # nothing in the groups: on to where there is something
            run_ms = (int(batch.time[stop]) // every_ms + 1) * every_ms
        oldest_ms = (-(-run_ms // GROUP_MS) - groups) * GROUP_MS
        start, stop = np.searchsorted(batch.time, [oldest_ms, run_ms]).tolist()
        for conflict in run(batch[start:stop], travel_ms, mscid_of, window_ms, run_ms):
            a, b = conflict.first, conflict.second
            identity = (conflict.msid, a.time, a.msc, b.time, b.msc)
            if identity not in told:
                told.add(identity)
                yield conflict


def run(
    batch: Batch,
    travel_ms: NDArray[np.int64],
    mscid_of: NDArray[np.uint32],
    window_ms: int,
    run_ms: int,
) -> Iterator[Conflict]:
    """FIG. 4 at *run_ms*: sort, then judge each two registrations of one MSID in turn."""
    order = np.lexsort((batch.msc, batch.esn, mscid_of[batch.msc], batch.time, batch.msid))
    first, second = order[:-1], order[1:]
    elapsed_ms = batch.time[second] - batch.time[first]
    travel_time_ms = travel_ms[batch.msc[first], batch.msc[second]]
    conflict = batch.msid[first] == batch.msid[second]
    conflict &= (elapsed_ms < travel_time_ms) & (elapsed_ms <= window_ms)
    found = np.flatnonzero(conflict)
    for at, before, after in zip(
        found.tolist(),
        batch[first[found]].registrations(),
        batch[second[found]].registrations(),
        strict=True,
    ):
        yield Conflict(
            msid=before.msid,
            first=before,
            second=after,
            elapsed_ms=int(elapsed_ms[at]),
            travel_time_ms=int(travel_time_ms[at]),
            found_at=run_ms,
        )


def originals(batch: Batch, mscs: int) -> Batch:
    """Registrations at known MSCs, without the copies of earlier ones."""
    batch = batch[batch.msc < min(mscs, MSC_UNKNOWN)]
    order = np.lexsort((batch.time, batch.msc, batch.esn, batch.msid))
    before, behind = order[:-1], order[1:]
    near = batch.time[behind] - batch.time[before] <= COPY_SPAN_MS
    for column in (batch.msid, batch.esn, batch.msc):
        near &= column[behind] == column[before]
    stands = np.ones(len(batch), np.bool_)
    standing: list[np.intp] = []
    last = -2
    for at in np.flatnonzero(near).tolist():
        if at != last + 1:
            standing = [before[at]]
        last = at
        stands[behind[at]] = not any(_is_copy(batch, a, behind[at]) for a in standing)
        if stands[behind[at]]:
            standing.append(behind[at])
    return batch[stands]


def _is_copy(batch: Batch, standing: np.intp, at: np.intp) -> bool:
    """Whether two of one MSID, ESN and MSC, the first not later, are one REGNOT."""
    apart_ms = batch.time[at] - batch.time[standing]
    if apart_ms <= COPY_SPAN_ANY_MS:
        return True
    identified = not (batch.flags[at] | batch.flags[standing]) & Flags.NO_TRANSACTION_ID
    same = batch.transaction_id[at] == batch.transaction_id[standing]
    return bool(apart_ms <= COPY_SPAN_MS and identified and same)
