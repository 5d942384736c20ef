"""FIG. 4 and FIG. 5, every half hour the last thirteen groups, beside the immediate answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from clonewatch.figures import GROUP_MS, originals, rescans
from clonewatch.registrations import MSC_UNKNOWN, Batch, Flags, Registration
from clonewatch.window.window import WINDOW_MS
from fig4 import HOUR, MINUTE, MSC_A, MSC_C, MSC_E, MSCID_OF, TRAVEL_MS, Pair, fig4, registration

if TYPE_CHECKING:
    from random import Random

TEN = 1_700_000_000_000 // (3 * GROUP_MS) * 3 * GROUP_MS


def found(history: list[Registration], **options: int) -> list[Pair]:
    conflicts = rescans(Batch.of(history), TRAVEL_MS, MSCID_OF, **options)
    return [(conflict.first, conflict.second) for conflict in conflicts]


REGISTRATIONS = st.builds(
    lambda step, time, msc, msid, esn, identified: registration(
        TEN + (time // step) * step,
        msc,
        msid=msid,
        esn=esn,
        transaction_id=time % 3,
        flags=Flags(0) if identified else Flags.NO_TRANSACTION_ID,
    ),
    st.sampled_from((1, 1000, 10_000, 10 * MINUTE)),
    st.one_of(st.integers(0, 16 * HOUR), st.integers(0, 2 * MINUTE)),
    st.sampled_from((*range(5), MSC_A, MSC_C, MSC_E, MSC_UNKNOWN)),
    st.integers(0, 1),
    st.integers(0, 1),
    st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(REGISTRATIONS, max_size=20))
def test_the_runs_hold_every_pair_up_to_6_hours_apart_and_none_that_fig_4_does_not(
    history: list[Registration],
) -> None:
    runs, whole = found(history), fig4(history, WINDOW_MS)
    assert len(runs) == len(set(runs))
    assert set(runs) <= whole
    # Where phones register at one MSC at one time, pairs share the identity they are told by.
    told = {(first.msid, first.time, first.msc, second.time, second.msc) for first, second in runs}
    for first, second in whole:
        if second.time - first.time <= 6 * HOUR:
            assert (first.msid, first.time, first.msc, second.time, second.msc) in told


@settings(max_examples=100, deadline=None)
@given(st.lists(REGISTRATIONS, max_size=20), st.randoms(use_true_random=False))
def test_order_of_arrival_does_not_matter_but_for_copies_of_one_time(
    history: list[Registration], random: Random
) -> None:
    times = {(x.msid, x.esn, x.msc, x.time): x for x in history}
    history = list(times.values())
    shuffled = history.copy()
    random.shuffle(shuffled)
    assert found(shuffled) == found(history)


def test_a_pair_more_than_6_hours_apart_may_fall_between_the_runs() -> None:
    a = registration(TEN + 1)
    for apart_ms, expected in ((6 * HOUR, 1), (int(6.5 * HOUR) - 2, 1), (int(6.5 * HOUR) - 1, 0)):
        b = registration(a.time + apart_ms, MSC_E)  # 10 h away
        assert len(found([a, b])) == expected
        assert fig4([a, b], WINDOW_MS) == {(a, b)}


def test_fewer_groups_and_rarer_runs_find_less() -> None:
    a, b = registration(TEN), registration(TEN + 40 * MINUTE, MSC_C)
    assert found([b, a]) == [(a, b)]
    assert found([a, b], groups=1) == []
    later = replace(b, time=TEN + HOUR)
    assert found([a, later], groups=2, every_ms=90 * MINUTE) == []
    assert found([a, later], groups=3, every_ms=90 * MINUTE) == [(a, later)]


def test_copies_of_earlier_ones_and_unknown_mscs_are_left_out() -> None:
    x = registration(TEN, transaction_id=5, flags=Flags(0))
    history = [
        replace(x, time=TEN + 60_001),
        replace(x, time=TEN + 60_000),
        replace(x, time=TEN + 2_001, transaction_id=6),
        replace(x, time=TEN + 2_000, transaction_id=7),
        replace(x, time=TEN + 4_001, transaction_id=8),
        x,
        registration(TEN + 1, MSC_UNKNOWN),
    ]
    kept = originals(Batch.of(history), len(MSCID_OF))
    assert sorted(kept.time.tolist()) == [TEN, TEN + 2_001, TEN + 60_001]


def test_years_without_a_registration_are_passed_over() -> None:
    early = [registration(5), registration(5 + MINUTE, MSC_C)]
    late = [registration(TEN), registration(TEN + MINUTE, MSC_C)]
    assert found(late + early, every_ms=1000) == [tuple(early), tuple(late)]


def test_nothing_is_nothing() -> None:
    assert found([]) == []
    assert found([registration(TEN, MSC_UNKNOWN)]) == []
