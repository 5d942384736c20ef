"""One MIN with two ESNs, told while registrations come in."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.evidence.twins import Twins, twins
from clonewatch.live.twinwatch import CHANGED_MAX, ESNS_MAX, TOLD_EVERY_MS, TwinWatch
from clonewatch.registrations import Batch, Flags, Registration
from fig4 import HOUR, MINUTE, MSC_A, MSC_B, MSCID_OF, registration

TEN = 1_795_341_600_000
MIN = 6145551234


def used(*esns: int, msid: int = MIN, start: int = TEN, step: int = MINUTE) -> list[Registration]:
    """Registrations with these ESNs, one after the other."""
    return [
        registration(start + at * step, MSC_A, msid=msid, esn=esn) for at, esn in enumerate(esns)
    ]


def told(watch: TwinWatch, rows: list[Registration], at_once: int = 1) -> list[Twins]:
    return [
        each
        for at in range(0, len(rows), at_once)
        for each in watch.take(Batch.of(rows[at : at + at_once]))
    ]


@pytest.mark.parametrize("at_once", [1, 2, 3, 9])
def test_to_and_fro_at_one_msc_is_told(at_once: int) -> None:
    assert told(TwinWatch(1000), used(7, 7, 8, 7), at_once) == [
        Twins(
            msid=MIN,
            esns=(7, 8),
            changes=2,
            first_at=TEN + 2 * MINUTE,
            last_at=TEN + 3 * MINUTE,
            mscids=(int(MSCID_OF[MSC_A]),),
        )
    ]


@pytest.mark.parametrize("esns", [(7,), (7, 7, 7), (7, 8, 8), (7, 8, 9, 10)])
@pytest.mark.parametrize("at_once", [1, 9])
def test_an_exchange_of_phones_is_none(esns: tuple[int, ...], at_once: int) -> None:
    assert told(TwinWatch(1000), used(*esns), at_once) == []


def test_what_was_overtaken_is_no_change() -> None:
    """7, then 8 for good; one of 7 comes late."""
    rows = used(7, 8, 8, 8)
    late = registration(TEN + MINUTE // 2, MSC_B, esn=7)
    assert told(TwinWatch(1000), [*rows, late]) == []
    assert told(TwinWatch(1000), [*rows, late], at_once=9) == []


def test_times_that_nobody_knows_are_passed_over() -> None:
    for flag in (Flags.TIME_UNCERTAIN, Flags.CLOCK_SUSPECT):
        rows = used(7, 8, 7)
        rows[1] = registration(rows[1].time, MSC_A, esn=8, flags=flag | Flags.NO_TRANSACTION_ID)
        assert told(TwinWatch(1000), rows, 9) == []


def test_it_is_told_once_an_hour() -> None:
    rows = used(*(7, 8) * 100)  # every minute
    found = told(TwinWatch(1000), rows)
    assert [each.changes for each in found] == [2, 62, 122, 182]
    assert found[1].last_at - found[0].last_at == TOLD_EVERY_MS
    late = used(7, start=TEN + 9 * HOUR)
    assert [each.changes for each in told(watch_of(rows), late)] == [200]


def watch_of(rows: list[Registration]) -> TwinWatch:
    watch = TwinWatch(1000)
    told(watch, rows, 1000)
    return watch


def test_memory_is_bounded() -> None:
    watch = TwinWatch(1000, changed_max=2)
    others = [row for msid in range(2) for row in used(7, 8, msid=MIN + 1 + msid)]
    # Its change is forgotten: that it comes back is a first change again.
    assert told(watch, [*used(7, 8), *others, *used(7, start=TEN + HOUR)]) == []
    many = used(*range(1, 100), 99, 98)
    (found,) = told(TwinWatch(1000), many)
    assert len(found.esns) == ESNS_MAX
    assert CHANGED_MAX >= 1000


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3)), max_size=40),
    st.lists(st.integers(1, 9), min_size=1, max_size=9),
)
def test_who_is_told_is_whom_the_whole_shows_however_it_is_cut(
    said: list[tuple[int, int]], cuts: list[int]
) -> None:
    rows = [
        registration(TEN + at * 1000, MSC_A, msid=MIN + who, esn=esn)
        for at, (who, esn) in enumerate(said)
    ]
    watch, found, at = TwinWatch(1000), set[int](), 0
    chance = random.Random(1)
    while at < len(rows):
        count = chance.choice(cuts)
        found |= {each.msid for each in watch.take(Batch.of(rows[at : at + count]))}
        at += count
    whole = {each.msid for each in twins(Batch.of(rows))} if rows else set()
    assert found == whole
