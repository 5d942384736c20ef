"""The rule of the design, section 4: FIG. 4 over the sorted whole, whatever arrives first."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clonewatch.registrations import MSC_UNKNOWN, Batch, Flags, Registration
from clonewatch.window import Window
from clonewatch.window.sweep import CYCLES_EACH_WINDOW
from fig4 import (
    HOUR,
    MINUTE,
    MSC_A,
    MSC_B,
    MSC_C,
    MSC_D,
    MSC_E,
    MSCID_OF,
    TRAVEL_MS,
    Pair,
    fig4,
    order,
    registration,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

TEN = 1_700_000_000_000 // (24 * HOUR) * 24 * HOUR + 10 * HOUR  # ten o'clock
WINDOW_MS = int(6.5 * HOUR)
LATENESS_MS = 45 * MINUTE
IDENTIFIED = Flags(0)
BARE = Flags.NO_TRANSACTION_ID


def window(**options: int) -> Window:
    """A window small enough that everything in it fills up, doubles and is swept."""
    small = {
        "subscribers_max": 64,
        "segments": 4,
        "segment_slots": 4,
        "overflow_octets_max": 1 << 16,
    }
    return Window(TRAVEL_MS.astype(np.int32), MSCID_OF, **{**small, **options})


def take(of: Window, *registrations: Registration) -> list[tuple[bool, Pair]]:
    return told(of.take(Batch.of(registrations)))


# Histories. A step of a short, a middle and a long kind makes equal times, copies and gaps likely.
STEPS = st.sampled_from((0, 1, 1_999, 2_000, 4_001, 20_000, 10 * MINUTE, 80 * MINUTE, WINDOW_MS))
ORIGINALS = st.tuples(
    STEPS,
    st.integers(1, 3),  # how many steps since the one before
    st.integers(0, 2),  # msid
    st.integers(1, 2),  # esn
    st.sampled_from((MSC_A, MSC_B, MSC_C, MSC_D, MSC_E, MSC_A, MSC_C, MSC_UNKNOWN)),
    st.integers(0, 2),  # source
    st.booleans(),  # has a transaction ID
)
DELAYS = st.one_of(st.just(0), st.integers(0, LATENESS_MS))
COPIES = st.lists(st.tuples(st.booleans(), st.integers(0, 60_000), DELAYS), max_size=2)


@st.composite
def histories(draw: st.DrawFn, *, arrivals: st.SearchStrategy[int] = DELAYS) -> list[Registration]:
    """Registrations in an order of arrival within the lateness; copies among them are plain.

    That is: those of one phone at one MSC that are no copies are so far apart that no copy of the
    one could be one of the other.
    """
    arrived: list[tuple[int, int, Registration]] = []
    last_of: dict[tuple[int, int, int], int] = {}
    time = TEN
    number = 0
    for step, steps, msid, esn, msc, source, identified in draw(st.lists(ORIGINALS, max_size=24)):
        time += step * steps
        phone = (msid, esn, msc)
        if time - last_of.get(phone, 0) <= 125_000:
            continue
        last_of[phone] = time
        number += 1
        flags = IDENTIFIED if identified else BARE
        x = registration(
            time, msc, msid=msid, esn=esn, source=source, transaction_id=number % 3, flags=flags
        )
        arrived.append((time + draw(arrivals), len(arrived), x))
        for same_id, apart_ms, delay_ms in draw(COPIES):
            later_ms = apart_ms if same_id and identified else apart_ms % 2_001
            copy = replace(x, time=time + later_ms, source=(source + 1) % 3)
            if not same_id:
                copy = replace(copy, transaction_id=1000 + len(arrived), flags=BARE)
            arrived.append((copy.time + delay_ms, len(arrived), copy))
    return [x for _, _, x in sorted(arrived, key=lambda arrival: arrival[:2])]


def taken_in_blocks(
    of: Window, history: Sequence[Registration], cuts: Sequence[int]
) -> list[tuple[bool, Pair]]:
    batch = Batch.of(history)
    edges = sorted({0, len(history), *(cut % (len(history) + 1) for cut in cuts)})
    return [found for a, b in pairwise(edges) for found in told(of.take(batch[a:b]))]


@settings(max_examples=1200, deadline=None)
@given(histories(), st.lists(st.integers(0, 100), max_size=8), st.integers(0, 9))
def test_reported_less_superseded_is_fig_4_whatever_the_order_of_arrival(
    history: list[Registration], cuts: list[int], seed: int
) -> None:
    truth = fig4(history, WINDOW_MS)
    reported: set[Pair] = set()
    for superseded, pair in taken_in_blocks(window(seed=seed), history, cuts):
        if superseded:
            assert pair in reported
            reported.remove(pair)
        else:
            assert pair not in reported
            reported.add(pair)
    assert reported == truth


@settings(max_examples=500, deadline=None)
@given(histories(), st.lists(st.integers(0, 100), max_size=8))
def test_in_order_of_time_the_answer_is_the_sorted_one_and_nothing_is_superseded(
    history: list[Registration], cuts: list[int]
) -> None:
    history.sort(key=order)
    found = taken_in_blocks(window(), history, cuts)
    assert not any(superseded for superseded, _ in found)
    assert len(found) == len({pair for _, pair in found})
    assert {pair for _, pair in found} == fig4(history, WINDOW_MS)


@settings(max_examples=300, deadline=None)
@given(histories(arrivals=st.integers(0, 20 * HOUR)), st.integers(3, 9), st.integers(0, 1 << 10))
def test_beyond_every_bound_what_is_superseded_was_reported(
    history: list[Registration], kept_max: int, overflow_octets_max: int
) -> None:
    of = window(
        registrations_per_msid_max=kept_max,
        overflow_octets_max=overflow_octets_max,
        subscribers_max=2,
        lateness_ms=HOUR,
    )
    reported = set()
    for superseded, pair in taken_in_blocks(of, history, range(0, 100, 7)):
        # What comes late is told with a flag that it did not come with.
        first, second = (replace(x, flags=x.flags & ~Flags.LATE) for x in pair)
        assert order(first) <= order(second)
        assert second.time - first.time < TRAVEL_MS[first.msc, second.msc]
        if superseded:
            assert (first, second) in reported
        reported.add((first, second))
    assert of.subscribers <= 2
    assert of.counts.taken == len(history)


# FIG. 6.


def test_fig_6_45_minutes_from_a_to_c_are_too_few() -> None:
    a, c = registration(TEN), registration(TEN + 45 * MINUTE, MSC_C)
    of = window()
    assert take(of, a) == []
    assert take(of, c) == [(False, (a, c))]
    assert of.counts.stored == of.counts.taken == 2


@pytest.mark.parametrize(
    ("first", "second", "elapsed_ms", "conflicts"),
    [
        (MSC_A, MSC_C, 80 * MINUTE, False),
        (MSC_A, MSC_C, 80 * MINUTE - 1, True),
        (MSC_A, MSC_B, 1, False),  # adjacent
        (MSC_A, MSC_A, 2_001, False),
        (MSC_A, MSC_E, WINDOW_MS, True),  # 10 h to travel
        (MSC_A, MSC_E, WINDOW_MS + 1, False),
        (MSC_E, MSC_A, 200 * MINUTE - 1, True),  # the way back is shorter
        (MSC_E, MSC_A, 200 * MINUTE, False),
        (MSC_A, MSC_D, 1, False),  # not known
    ],
)
def test_the_edges_of_the_rule(
    first: int,
    second: int,
    elapsed_ms: int,
    conflicts: bool,  # noqa: FBT001
) -> None:
    a, b = registration(TEN, first), registration(TEN + elapsed_ms, second)
    expected = [(False, (a, b))] if conflicts else []
    assert take(window(), a, b) == expected
    assert take(window(lateness_ms=WINDOW_MS), b, a) == expected


def test_a_late_registration_between_the_two_acquits() -> None:
    a, c = registration(TEN), registration(TEN + 45 * MINUTE, MSC_C)
    b = registration(TEN + 20 * MINUTE, MSC_B)
    of = window()
    assert take(of, a, c) == [(False, (a, c))]
    assert take(of, b) == [(True, (a, c))]


def test_at_one_time_the_lower_mscid_and_then_the_lower_esn_stands_first() -> None:
    at_c = registration(TEN, MSC_C)  # its MSCID is the lowest
    at_a, other = registration(TEN, MSC_A, esn=7), registration(TEN, MSC_A, esn=9)
    assert take(window(), at_c, at_a, other) == [(False, (at_c, at_a))]
    assert take(window(), other, at_a, at_c) == [(False, (at_c, at_a))]


def test_what_is_no_more_is_told_before_what_is_new() -> None:
    # Both pairs have one clone record, since the MSCs and times are the same: it must stand.
    a, c9 = registration(TEN), registration(TEN + MINUTE, MSC_C, esn=9)
    c7 = replace(c9, esn=7)
    of = window()
    take(of, a, c9)
    assert take(of, c7) == [(True, (a, c9)), (False, (a, c7))]


def test_pairs_without_a_travel_time_and_unknown_mscs_are_counted() -> None:
    of = window()
    found = take(
        of,
        registration(TEN, MSC_A),
        registration(TEN + 1, MSC_UNKNOWN),
        registration(TEN + 2, MSC_D),
        registration(TEN + 3 + WINDOW_MS, MSC_A),
        registration(TEN + 3 + 2 * WINDOW_MS + 1, MSC_D),  # not within the window
    )
    assert found == []
    assert (of.counts.pairs_unknown, of.counts.unknown_msc, of.counts.stored) == (1, 1, 4)


def test_an_msc_behind_the_table_is_unknown() -> None:
    of = window()
    batch = Batch.of([registration(TEN)])
    batch.msc[0] = len(MSCID_OF)
    of.take(batch)
    assert of.counts.unknown_msc == 1


# Copies.


@pytest.mark.parametrize(
    ("apart_ms", "one_id", "flags", "is_copy"),
    [
        (2_000, False, IDENTIFIED, True),
        (2_001, False, IDENTIFIED, False),
        (60_000, True, IDENTIFIED, True),
        (60_001, True, IDENTIFIED, False),
        (2_001, True, BARE, False),
        (0, False, BARE, True),
    ],
)
def test_copies_are_of_one_id_within_a_minute_or_within_two_seconds(
    apart_ms: int,
    one_id: bool,  # noqa: FBT001
    flags: Flags,
    is_copy: bool,  # noqa: FBT001
) -> None:
    x = registration(TEN, transaction_id=5, flags=IDENTIFIED)
    y = replace(x, time=TEN + apart_ms, transaction_id=5 if one_id else 6, flags=flags)
    for pair in ((x, y), (y, x)):
        of = window()
        take(of, *pair)
        assert of.counts.duplicates == is_copy
        assert of.counts.stored == 2 - is_copy


def test_of_copies_the_earliest_stands_with_its_own_transaction_id() -> None:
    copy = registration(TEN + 1_500, transaction_id=6, flags=IDENTIFIED, source=1)
    x = registration(TEN, transaction_id=5, flags=IDENTIFIED)
    before, after = registration(TEN - MINUTE, MSC_C), registration(TEN + MINUTE, MSC_C)
    of = window()
    assert take(of, before, copy, after) == [(False, (before, copy)), (False, (copy, after))]
    assert take(of, x) == [
        (True, (before, copy)),
        (True, (copy, after)),
        (False, (before, x)),
        (False, (x, after)),
    ]
    assert of.counts.duplicates == 1


def test_an_earlier_copy_lets_those_around_the_later_one_meet() -> None:
    copy = registration(TEN + 50_000, transaction_id=5, flags=IDENTIFIED)
    x, between = replace(copy, time=TEN), registration(TEN + 30_000, MSC_B)
    after = registration(TEN + 55_000, MSC_D)  # 30 min from B
    of = window()
    assert take(of, between, copy, after) == []
    assert take(of, x) == [(False, (between, after))]


def test_one_may_be_the_original_of_two() -> None:
    by_id = registration(TEN + 50_000, transaction_id=5, flags=IDENTIFIED)
    by_time = registration(TEN + 1_000)
    x = replace(by_id, time=TEN)
    after = registration(TEN + MINUTE, MSC_C)
    of = window()
    assert take(of, by_id, by_time, after) == [(False, (by_id, after))]
    assert take(of, x) == [(True, (by_id, after)), (False, (x, after))]
    assert take(of, replace(x, time=TEN + 10_000)) == []
    assert of.counts.duplicates == 2


def test_a_late_copy_replaces_nothing() -> None:
    x = registration(TEN)
    of = window()
    take(of, registration(TEN + LATENESS_MS, msid=1), x)
    assert take(of, replace(x, time=TEN - 1_000)) == []
    assert (of.counts.late, of.counts.duplicates) == (1, 1)
    c = registration(TEN + 1, MSC_C)
    assert take(of, c) == [(False, (x, c))]


# Beyond the lateness.


def test_late_ones_are_counted_flagged_and_compared_with_what_is_kept() -> None:
    a, c = registration(TEN), registration(TEN + 50 * MINUTE, MSC_C)
    clock = registration(TEN + 50 * MINUTE + 1, msid=1)
    of = window()
    assert take(of, a, clock) == []
    late = replace(c, time=TEN + MINUTE)
    told_late = replace(late, flags=late.flags | Flags.LATE)
    assert take(of, late) == [(False, (a, told_late))]
    assert of.counts.late == 1
    assert take(of, replace(c, msc=MSC_A, mscid=a.mscid)) == [
        (False, (told_late, replace(c, msc=MSC_A, mscid=a.mscid)))
    ]


def test_one_that_is_just_not_late_is_not_flagged() -> None:
    of = window()
    take(of, registration(TEN + LATENESS_MS, msid=1), registration(TEN))
    assert of.counts.late == 0
    take(of, registration(TEN - 1, msid=2))
    assert of.counts.late == 1


def test_a_late_one_never_takes_the_place_of_a_newer_one() -> None:
    a = registration(TEN)
    of = window()
    take(of, a)
    take(of, registration(TEN + 2 * LATENESS_MS, msid=1))
    stored = of.counts.stored
    late = registration(TEN - MINUTE, MSC_C)
    assert take(of, late) == [(False, (replace(late, flags=late.flags | Flags.LATE), a))]
    assert of.counts.stored == stored
    assert take(of, registration(TEN + MINUTE, MSC_C))[0][1][0] == a


def test_a_late_one_may_be_the_first_of_its_msid_but_not_once_its_time_has_left() -> None:
    of = window()
    take(of, registration(TEN, msid=1))
    take(of, registration(TEN - LATENESS_MS - WINDOW_MS, msid=2))
    assert of.subscribers == 2
    take(of, registration(TEN - LATENESS_MS - WINDOW_MS - 1, msid=3))
    assert (of.subscribers, of.counts.late) == (2, 2)


def test_a_source_far_behind_the_others_is_late_once_it_is_behind_the_horizon() -> None:
    of = window()
    take(of, registration(TEN))
    take(of, registration(TEN + 1))
    take(of, registration(TEN - LATENESS_MS - MINUTE, source=1, msid=1))
    assert of.counts.late == 1


# Sources and their clocks.


def test_a_source_holds_the_horizon_until_it_ends() -> None:
    for ended in (False, True):
        of = window()
        take(of, registration(TEN, msid=1, source=1))
        take(of, registration(TEN))
        if ended:
            of.source_ended(1)
        take(of, registration(TEN + 2 * HOUR), registration(TEN + 3 * HOUR))
        take(of, registration(TEN + 1, MSC_C, source=1))
        assert of.counts.late == ended


def test_a_source_whose_lateness_is_set_is_waited_for_before_it_delivers() -> None:
    for announced in (False, True):
        of = window()
        if announced:
            of.set_lateness(1, 2 * LATENESS_MS)
        take(of, registration(TEN))
        take(of, registration(TEN + 1))
        take(of, registration(TEN - 2 * LATENESS_MS + 1, source=1))
        assert of.counts.late == (not announced)


def test_between_two_captures_nothing_is_forgotten() -> None:
    of = window()
    take(of, registration(TEN, msid=1))
    of.source_ended(0)
    assert take(of) == []
    take(of, registration(TEN - LATENESS_MS + 1, source=1, msid=2))
    assert of.counts.late == 0


def test_a_suspect_clock_moves_nothing() -> None:
    of = window()
    suspect = Flags.CLOCK_SUSPECT | Flags.NO_TRANSACTION_ID
    take(of, registration(TEN))
    take(of, registration(TEN + WINDOW_MS, MSC_C, flags=suspect))
    assert of.newest == TEN
    assert of.counts.stored == 2
    take(of, registration(TEN + WINDOW_MS + 1, msid=1, flags=suspect))
    assert (of.counts.stored, of.counts.clock_suspect, of.subscribers) == (2, 2, 1)


@pytest.mark.parametrize("time", [-1, -(2**63), 2**43, 2**63 - 1])
def test_a_time_that_no_clock_reads_is_suspect(time: int) -> None:
    of = window()
    take(of, registration(TEN), registration(time, msid=1))
    assert (of.newest, of.subscribers, of.counts.clock_suspect) == (TEN, 1, 1)


@pytest.mark.parametrize("time", [0, 1, 2**43 - 1])
def test_the_ends_of_time_can_be_kept(time: int) -> None:
    x = registration(time)
    of = window()
    take(of, x)
    assert take(of, replace(x, esn=1, msc=MSC_A)) == []
    assert (of.newest, of.counts.stored) == (time, 2)


def test_nothing_has_a_newest_time_at_first() -> None:
    of = window()
    assert of.newest is None
    take(of, registration(TEN, flags=Flags.CLOCK_SUSPECT))
    assert of.newest is None
    assert of.subscribers == 0


# Memory.


def one_every(step_ms: int, count: int, **further: int) -> Batch:
    return Batch.of(
        [registration(TEN + step_ms * n, n % 2 * 2, esn=n % 7, **further) for n in range(count)]
    )


def test_beyond_the_bound_of_one_msid_the_oldest_is_forgotten() -> None:
    of = window(registrations_per_msid_max=10)
    batch = one_every(MINUTE, 12)
    assert len(of.take(batch)) == 11
    assert (of.counts.window_overflowed, of.counts.stored) == (2, 12)
    between = registration(TEN + 90_000, MSC_C)
    assert take(of, between) == [(False, (between, registration(TEN + 2 * MINUTE, esn=2)))]
    assert (of.counts.window_overflowed, of.counts.stored) == (3, 12)


def test_when_rings_are_used_up_a_row_keeps_its_newest() -> None:
    of = window(overflow_octets_max=0)
    of.take(one_every(MINUTE, 5))
    assert of.counts.window_overflowed == 2
    between = registration(TEN + 150_000, MSC_B)
    ((superseded, pair),) = take(of, between)
    assert superseded
    assert [x.time for x in pair] == [TEN + 2 * MINUTE, TEN + 3 * MINUTE]


def test_when_rows_are_used_up_known_subscribers_are_still_judged() -> None:
    of = window(subscribers_max=3)
    for msid in range(5):
        take(of, registration(TEN, msid=msid))
    assert (of.subscribers, of.counts.window_overflowed) == (3, 2)
    for msid in range(5):
        assert len(take(of, registration(TEN + 1, MSC_C, msid=msid))) == (msid < 3)


def test_many_registrations_of_one_msid_at_one_time() -> None:
    count = 300
    of = window()
    of.take(Batch.of([registration(TEN, esn=n) for n in range(count)]))
    assert of.counts.stored == count
    c = registration(TEN + 1, MSC_C)
    assert take(of, c) == [(False, (registration(TEN, esn=count - 1), c))]


def test_what_leaves_the_window_leaves_memory_and_its_place_is_used_again() -> None:
    of = window(subscribers_max=10_000)
    each_hour = 500
    subscribers = []
    for hour in range(60):
        numbers = range(hour * each_hour, (hour + 1) * each_hour)
        step_ms = HOUR // each_hour
        batch = Batch.of([registration(TEN + n * step_ms, msid=n * 977) for n in numbers])
        for first in range(0, each_hour, 50):
            of.take(batch[first : first + 50])
        subscribers.append(of.subscribers)
    # A window, the lateness, and the time until the sweep comes round.
    assert max(subscribers) < each_hour * (6.5 + 0.75 + 6.5 / CYCLES_EACH_WINDOW + 0.5)
    assert min(subscribers[20:]) > each_hour * 7
    assert of.counts.window_overflowed == 0
    before = of.octets_resident
    of.take(one_every(HOUR // each_hour, 1))
    assert of.octets_resident == before


def test_after_a_jump_of_the_clock_all_that_was_is_gone() -> None:
    of = window(subscribers_max=1000)
    of.take(Batch.of([registration(TEN, msid=msid) for msid in range(900)]))
    later = TEN + 30 * 24 * HOUR
    for n in range(5):
        take(of, registration(later + n, msid=5000))
    assert of.subscribers == 1
    assert take(of, registration(later, MSC_C, msid=3)) == []


def test_within_one_block_the_clock_may_jump_too() -> None:
    a, later = registration(TEN), registration(TEN + 60 * 24 * HOUR)
    c = registration(later.time + MINUTE, MSC_C)
    of = window()
    assert take(of, a, later, registration(TEN + 1, msid=1), c) == [(False, (later, c))]
    assert of.counts.late == 1
    assert of.subscribers == 1


def test_one_from_long_ago_leaves_those_of_today_alone() -> None:
    a, c = registration(TEN), registration(TEN + MINUTE, MSC_C)
    of = window()
    assert take(of, a, registration(TEN - 900 * 24 * HOUR, esn=1), c) == [(False, (a, c))]
    assert (of.counts.late, of.counts.stored) == (1, 2)


def test_a_ring_that_is_not_needed_any_more_serves_another_at_once() -> None:
    of = window(
        subscribers_max=1000,
        registrations_per_msid_max=4,
        overflow_octets_max=64,  # one ring of four places
        lateness_ms=0,
    )
    take(of, *(registration(TEN, msid=msid) for msid in range(500)))  # the sweep has far to go
    for msid, time in ((1000, TEN), (1001, TEN + 3 * MINUTE), (1002, TEN + 6 * MINUTE)):
        take(of, *(registration(time + n, esn=n, msid=msid) for n in range(4)))
        assert of.counts.window_overflowed == 0
        take(of, registration(time + 2 * MINUTE, msid=1))
        take(of, registration(time + 2 * MINUTE + 1, msid=msid))


def test_one_that_registers_for_months_is_judged_as_on_the_first_day() -> None:
    of = window()
    found = 0
    for day in range(0, 200, 3):
        a = registration(TEN + day * 24 * HOUR)
        c = registration(a.time + MINUTE, MSC_C)
        found += take(of, a, c) == [(False, (a, c))]
    assert found == 67
    assert of.subscribers == 1


def test_times_count_from_elsewhere_while_a_ring_is_full_and_the_window_widest() -> None:
    week = 7 * 24 * HOUR
    of = window(window_ms=week, lateness_ms=week)
    history = [registration(TEN + n * 5 * HOUR, n % 2 * 2, esn=n) for n in range(400)]
    shuffled = [x for n in range(0, 400, 8) for x in reversed(history[n : n + 8])]
    reported: set[Pair] = set()
    for superseded, pair in taken_in_blocks(of, shuffled, range(400)):
        (reported.remove if superseded else reported.add)(pair)
    assert reported == fig4(history, week)
    assert of.counts.late == of.counts.window_overflowed == 0


def test_a_window_for_millions_takes_little_memory_for_a_few() -> None:
    of = Window(TRAVEL_MS.astype(np.int32), MSCID_OF)
    a, c = registration(TEN), registration(TEN + 45 * MINUTE, MSC_C)
    assert take(of, a, c) == [(False, (a, c))]
    assert of.octets_resident < 8 << 20


# What the caller gives, and gets.


def test_more_findings_than_one_call_of_the_kernel_holds() -> None:
    count = 10_000
    batch = Batch.empty(count)
    batch.time[:] = TEN + np.arange(count)
    batch.msid[:] = 7
    batch.msc[:] = np.arange(count) % 2 * 2
    batch.esn[:] = np.arange(count)
    found = window().take(batch)
    assert not found["superseded"].any()
    assert found["at"].tolist() == list(range(1, count))
    assert (found["first"]["time"] == batch.time[:-1]).all()
    assert (found["second"]["esn"] == batch.esn[1:]).all()


def test_columns_may_be_read_only_or_lie_apart() -> None:
    batch = Batch.of([registration(TEN + n * MINUTE, n % 2 * 2) for n in range(9)])
    batch.time.flags.writeable = False
    assert len(window().take(batch)) == 8
    assert len(window().take(batch[::2])) == 0
    assert len(window().take(batch[::-1])) == len(window().take(batch[:0])) + 8


def test_a_key_that_is_no_msid_is_refused() -> None:
    batch = Batch.of([registration(TEN)])
    batch.msid[0] = 2**58 - 1
    with pytest.raises(ValueError, match="key"):
        window().take(batch)


@pytest.mark.parametrize(
    "option",
    [
        {"window_ms": 0},
        {"window_ms": 8 * 24 * HOUR},
        {"subscribers_max": 0},
        {"subscribers_max": 1 << 27},
        {"registrations_per_msid_max": 0},
        {"registrations_per_msid_max": 1 << 17},
        {"segments": 3},
        {"segment_slots": 1 << 20},
    ],
)
def test_what_does_not_fit_is_refused(option: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"."):
        window(**option)


def test_new_travel_times_judge_new_registrations() -> None:
    of = window()
    a, b = registration(TEN), registration(TEN + MINUTE, MSC_B)
    take(of, a)
    travel_ms = np.full((6, 6), 2 * MINUTE, np.int32)
    of.set_travel(travel_ms, np.append(MSCID_OF, np.uint32(5)))
    assert take(of, b) == [(False, (a, b))]
    batch = Batch.of([replace(b, time=b.time + MINUTE)])
    batch.msc[0] = 5
    assert of.take(batch)["second"]["msc"].tolist() == [5]


def test_new_travel_times_must_know_the_mscs_there_are() -> None:
    of = window()
    with pytest.raises(ValueError, match="index"):
        of.set_travel(TRAVEL_MS[:4, :4].astype(np.int32), MSCID_OF[:4])
    with pytest.raises(ValueError, match="index"):
        of.set_travel(TRAVEL_MS.astype(np.int32), MSCID_OF[::-1])
    with pytest.raises(ValueError, match="shape"):
        of.set_travel(TRAVEL_MS[:4].astype(np.int32), MSCID_OF)
