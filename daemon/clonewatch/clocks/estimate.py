"""Estimating all clocks from traffic.

Those of sources by copies; those of MSCs by the order of arrival, and where that tells nothing, by
crossings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clonewatch.registrations import Flags

from .arrivals import arrival_offsets
from .copies import source_offsets
from .crossings import crossing_offsets
from .offsets import RUNAWAY_MS, Clocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clonewatch.mscs import Mscs
    from clonewatch.registrations import Batch


def estimate(
    batch: Batch, mscs: Mscs, travel_ms: NDArray[np.int64], *, runaway_ms: int = RUNAWAY_MS
) -> Clocks:
    """Estimate the clocks of all sources and MSCs in *batch*, which is in order of arrival.

    *travel_ms*: by index of the MSCs; only pairs at 0 are looked at.
    """
    known = batch.msc < len(mscs.msc_of)  # others may come of a newer directory
    batch = batch[known & (batch.flags & np.uint8(Flags.CLOCK_SUSPECT) == 0)]
    sources = source_offsets(batch)
    time = batch.time.copy()
    for source, offset in sources.items():
        time[batch.source == source] -= offset.ahead_ms
    by_msc = arrival_offsets(batch, time, mscs)
    if not by_msc:
        by_msc = crossing_offsets(batch, time, mscs, travel_ms)
    by_index = {
        index: by_msc[msc] for index, msc in enumerate(mscs.msc_of.tolist()) if msc in by_msc
    }
    return Clocks(mscs=by_index, sources=sources, runaway_ms=runaway_ms)
