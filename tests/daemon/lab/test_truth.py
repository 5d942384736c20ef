"""The rule, on the patent's own example and on both sides of its edges."""

import io

import numpy as np
import pytest

from clonewatch.lab.truth import WINDOW_MS, conflicts, originals, write_conflicts
from clonewatch.mscs import Msc, Mscs
from clonewatch.registrations import MSC_UNKNOWN, Flags, Registration
from clonewatch.travel.table import TravelTimes

A, B, C, D = range(4)
MSCS = Mscs([Msc(mscid=(4660 + at) << 8 | 1, name=f"MSC {'ABCD'[at]}") for at in range(4)])
# US patent 6,370,373, FIG. 6: A and C are 80 minutes apart; nothing is known of D and B.
N = np.nan
MINUTES = np.array([[0, 0, 80, 400], [0, 0, 0, N], [80, 0, 0, 0], [500, N, 0, 0]])
TRAVEL = TravelTimes.of_minutes(MSCS, MINUTES)
AT_10 = 1_795_341_600_000  # 2026-11-22T10:00:00Z
MIN_MS = 60_000


def at(minutes: float, msc: int, **other: int) -> Registration:
    values = {
        "time": AT_10 + round(minutes * MIN_MS),
        "msid": 6145551234,
        "esn": 0x82123456,
        "msc": msc,
        "mscid": int(MSCS.mscid_of[msc]) if msc != MSC_UNKNOWN else 9,
    }
    return Registration(**(values | other))  # type: ignore[arg-type]


def found(*rows: Registration) -> list[tuple[float, float, int]]:
    """Minutes of the two, from 10:00, and the travel time's."""
    return [
        (
            (conflict.first.time - AT_10) / MIN_MS,
            (conflict.second.time - AT_10) / MIN_MS,
            conflict.travel_ms // MIN_MS,
        )
        for conflict in conflicts(rows, TRAVEL)
    ]


def test_fig_6_is_a_clone() -> None:
    assert found(at(0, A), at(45, C)) == [(0, 45, 80)]


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        ([at(0, A), at(80, C)], 0),  # exactly the travel time
        ([at(0, A), at(80 - 1 / MIN_MS, C)], 1),
        ([at(0, A), at(1 / 60, B)], 0),  # adjacent
        ([at(0, A), at(0, C)], 1),  # at once
        ([at(0, A), at(1, A)], 0),
        ([at(0, B), at(1, D)], 0),  # not known
        ([at(0, A), at(390, D)], 1),  # the window's edge is within it
        ([at(0, A), at(390 + 1 / MIN_MS, D)], 0),
        ([at(0, D), at(389, A)], 1),
        ([at(0, A), at(10, MSC_UNKNOWN), at(45, C)], 1),  # passed over
        ([at(0, A), at(10, B), at(45, C)], 0),  # a neighbour between acquits
        ([at(0, A), at(45, C, msid=6145551235)], 0),
    ],
)
def test_both_sides_of_every_edge(rows: list[Registration], count: int) -> None:
    assert len(found(*rows)) == count
    assert len(found(*reversed(rows))) == count


def test_ties_are_sorted_by_mscid() -> None:
    assert found(at(0, C), at(0, A), at(0, B)) == []  # A, B, C: neighbours each


def test_a_duplicate_is_left_out() -> None:
    first = at(0, A, transaction_id=1, flags=Flags(0))
    soon = at(2 / 60, A, transaction_id=2, flags=Flags(0))
    later = at(3 / 60, A, transaction_id=2, flags=Flags(0))
    same = at(1, A, transaction_id=1, flags=Flags(0))
    too_late = at(1 + 1 / MIN_MS, A, transaction_id=1, flags=Flags(0))
    assert originals([soon, first]) == [first]
    assert originals([first, later]) == [first, later]
    assert originals([first, same]) == [first]
    assert originals([first, too_late]) == [first, too_late]


def test_two_without_a_transaction_id_are_not_of_one_transaction() -> None:
    rows = [at(0, A), at(0.5, A)]
    assert originals(rows) == rows


def test_another_phone_or_market_is_no_duplicate() -> None:
    for row in (at(0, A, esn=1), at(0, A, mscid=1)):
        assert len(originals([at(0, A), row])) == 2


def test_conflicts_are_written_one_a_row() -> None:
    stream = io.StringIO()
    write_conflicts(stream, conflicts([at(0, A), at(45, C)], TRAVEL))
    headings, row = stream.getvalue().splitlines()
    assert headings.startswith("msid,esn,first_time,first_mscid")
    assert row == (
        "6145551234,82123456,2026-11-22T10:00:00.000Z,4660-1,"
        "2026-11-22T10:45:00.000Z,4662-1,2700.0,4800.0"
    )
    assert WINDOW_MS == 6.5 * 60 * MIN_MS
