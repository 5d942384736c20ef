"""A small trial by hand: an owner at A and near, a clone at C, an honest other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clonewatch.evaluate.trial import Trial
from clonewatch.evidence.homes import Homes
from clonewatch.mscs import Msc, Mscs
from clonewatch.registrations import Batch, Flags
from clonewatch.travel.table import TravelTimes
from fig4 import HOUR, MINUTE

if TYPE_CHECKING:
    from collections.abc import Sequence

OWNER, OTHER, CLONE = range(3)  # phones
MSC_A, MSC_B, MSC_C = range(3)
MSCS = Mscs([Msc(mscid=4660 << 8 | at, name=f"MSC {name}") for at, name in enumerate("ABC", 1)])
EXACT = TravelTimes.of_minutes(MSCS, np.array([[0, 0, 80.0], [0, 0, 0], [80.0, 0, 0]]))
MSIDS = (2_005_550_001, 2_005_550_002)
TEN = 1_795_341_600_000

# Phone, MSC, minutes after ten; what is sent twice is marked.
STORY = (
    (OTHER, MSC_A, 0, False),
    (OWNER, MSC_A, 0, False),
    (OWNER, MSC_A, 0, True),
    (CLONE, MSC_C, 45, False),  # 45 of 80 minutes
    (OTHER, MSC_C, 50, False),  # an honest subscriber whom the exact table would accuse
    (OWNER, MSC_A, 60, False),  # 15 of 80
    (CLONE, MSC_C, 600, False),  # hours later: nothing to see
)
# Owner and clone by turns, every twenty minutes.
TO_AND_FRO = tuple(
    ((OWNER, CLONE)[at % 2], (MSC_A, MSC_C)[at % 2], at * 20, False) for at in range(30)
)


def trial(story: Sequence[tuple[int, int, int, bool]] = STORY, ahead_min: int = 0) -> Trial:
    """The story; MSC B's clock is *ahead_min* ahead."""
    phone = np.array([row[0] for row in story], np.uint32)
    msc = np.array([row[1] for row in story])
    subscriber = np.array([0, 1, 0], np.uint32)
    batch = Batch.empty(len(story))
    true_ms = TEN + np.array([row[2] for row in story], np.int64) * MINUTE
    batch.time[:] = true_ms + np.where(msc == MSC_B, ahead_min * MINUTE, 0)
    batch.msid[:] = np.array(MSIDS, np.uint64)[subscriber[phone]]
    batch.esn[:] = 0x82000000 + subscriber[phone]
    batch.msc[:] = msc
    batch.mscid[:] = MSCS.mscid_of[msc]
    batch.flags[:] = Flags.NO_TRANSACTION_ID
    return Trial(
        mscs=MSCS,
        exact=EXACT,
        homes=Homes({"2005550": (MSC_A,)}),
        batch=batch,
        true_ms=true_ms,
        phone=phone,
        is_copy=np.array([row[3] for row in story], np.bool_),
        subscriber=subscriber,
        subscribers=2,
        days=0.5,
        kind=np.array([2]),
        activity=np.array([1.0]),
    )


WINDOW_MS = 6 * HOUR
