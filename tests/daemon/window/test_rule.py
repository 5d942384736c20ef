"""In what order registrations stand, and which are copies."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from clonewatch.registrations import Flags
from clonewatch.window import rule
from clonewatch.window.layout import Seen
from clonewatch.window.tables import Limits, empty_tables
from fig4 import MSCID_OF, TRAVEL_MS

IDENTIFIED = 0
BARE = int(Flags.NO_TRANSACTION_ID)
LIMITS = Limits(
    subscribers_max=1,
    registrations_per_msid_max=8,
    overflow_octets_max=0,
    segments=1,
    segment_slots=8,
)


def seen(
    time: int = 0, esn: int = 0, *, msc: int = 0, transaction_id: int = 0, flags: int = BARE
) -> Seen:
    return Seen(time, esn, int(np.int64(transaction_id) << 32) | msc << 16 | 7 << 8 | flags)


def test_registrations_stand_by_time_then_mscid_then_esn() -> None:
    mscid_of = MSCID_OF.copy()
    mscid_of[3] = mscid_of[4]  # as of MSCs that have none
    of = empty_tables(
        TRAVEL_MS.astype(np.int32), mscid_of, limits=LIMITS, window_ms=1, lateness_ms=0, seed=1
    )
    all_of = [
        ((time, int(mscid_of[msc]), esn, msc), seen(time, esn, msc=msc, transaction_id=-time))
        for time, msc, esn in product((-1, 0, 5), range(5), (0, 1, 0xFFFFFFFF))
    ]
    for (a_key, a), (b_key, b) in product(all_of, all_of):
        assert rule.stands_before(of, a, b) == (a_key < b_key)


@pytest.mark.parametrize(
    ("b", "apart_ms", "are_copies"),
    [
        (seen(transaction_id=5, flags=IDENTIFIED), 60_000, True),
        (seen(transaction_id=6, flags=IDENTIFIED), 60_000, False),
        (seen(transaction_id=6, flags=IDENTIFIED), 2_000, True),
        (seen(transaction_id=6, flags=IDENTIFIED), 2_001, False),
        (seen(transaction_id=5, flags=BARE), 2_001, False),
        (seen(transaction_id=5, flags=BARE), 2_000, True),
        (seen(transaction_id=5, flags=IDENTIFIED, esn=1), 0, False),
        (seen(transaction_id=5, flags=IDENTIFIED, msc=1), 0, False),
    ],
)
def test_copies_share_esn_and_msc_and_either_their_id_or_their_time(
    b: Seen,
    apart_ms: int,
    are_copies: bool,  # noqa: FBT001
) -> None:
    a = seen(transaction_id=5, flags=IDENTIFIED)
    assert rule.are_copies(a, b, apart_ms) == are_copies
    assert rule.are_copies(b, a, apart_ms) == are_copies


def test_an_msc_is_told_from_its_neighbours_in_the_word() -> None:
    assert rule.msc_of(seen(msc=0xFFFE, transaction_id=-1, flags=0xFF)) == 0xFFFE
