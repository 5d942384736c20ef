"""Rows: up to three registrations inline, more in a ring, always in their order."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clonewatch.window import layout, rows
from clonewatch.window.layout import Kept, Seen, Tables
from clonewatch.window.tables import Limits, empty_tables
from fig4 import HOUR, MSCID_OF, TRAVEL_MS

WINDOW_MS = 10 * HOUR
KEPT_MAX = 20
START = 1_700_000_000_000


def tables(overflow_octets_max: int = 1 << 12) -> Tables:
    return empty_tables(
        TRAVEL_MS.astype(np.int32),
        MSCID_OF,
        limits=Limits(
            subscribers_max=3,
            registrations_per_msid_max=KEPT_MAX,
            overflow_octets_max=overflow_octets_max,
            segments=1,
            segment_slots=8,
        ),
        window_ms=WINDOW_MS,
        lateness_ms=0,
        seed=1,
    )


def seen(number: int, time: int = START) -> Seen:
    return Seen(time, number, -number << 32 | number)


def all_seen(of: Tables, row: int, kept: Kept) -> list[Seen]:
    base = rows.base_of(of, row)
    return [Seen(*rows.seen(of, base, kept, at)) for at in range(kept.length)]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), st.integers(0, 99)),
        st.tuples(st.just("insert"), st.just(99)),
        st.tuples(st.just("remove"), st.integers(0, 99)),
        st.tuples(st.just("drop"), st.integers(0, 2)),
        st.tuples(st.just("bring back"), st.just(0)),
    ),
    max_size=80,
)


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_a_row_is_a_list(steps: list[tuple[str, int]]) -> None:
    of = tables()
    row = rows.new_row(of, 5, START)
    model: list[Seen] = []
    for number, (step, at) in enumerate(steps):
        kept = rows.kept_of(of, row)
        if step == "insert":
            place = at % (len(model) + 1)
            has_room = bool(rows.make_room(of, row, kept))
            assert has_room == (len(model) < KEPT_MAX)
            if has_room:
                rows.insert(of, row, rows.kept_of(of, row), place, seen(number))
                model.insert(place, seen(number))
        elif step == "remove" and model:
            rows.remove(of, row, kept, at % len(model))
            del model[at % len(model)]
        elif step == "drop":
            dropped = min(at, len(model))
            rows.drop_oldest(of, row, kept, dropped)
            del model[:dropped]
        elif not rows.is_inline(kept) and len(model) <= layout.INLINE_MAX:
            rows.bring_back(of, row)
            assert rows.is_inline(rows.kept_of(of, row))
        assert all_seen(of, row, rows.kept_of(of, row)) == model


def test_without_rings_a_row_holds_three() -> None:
    of = tables(overflow_octets_max=0)
    row = rows.new_row(of, 5, START)
    for number in range(3):
        kept = rows.kept_of(of, row)
        assert rows.make_room(of, row, kept)
        rows.insert(of, row, kept, number, seen(number))
    assert not rows.make_room(of, row, rows.kept_of(of, row))
    assert all_seen(of, row, rows.kept_of(of, row)) == [seen(0), seen(1), seen(2)]


def test_freed_rows_are_used_first_and_give_their_rings_back() -> None:
    of = tables()
    first, second = rows.new_row(of, 5, START), rows.new_row(of, 6, START)
    for number in range(20):
        rows.make_room(of, first, rows.kept_of(of, first))
        rows.insert(of, first, rows.kept_of(of, first), number, seen(number))
    rows.free_row(of, first)
    rows.free_row(of, second)
    assert [rows.new_row(of, msid, START) for msid in (7, 8, 9, 10)] == [second, first, 3, 0]
    assert rows.kept_of(of, first).length == 0
    assert of.rings_free[of.state[layout.RING_ORDER_LIMIT]] >= 0


def test_a_row_counts_from_elsewhere_when_a_time_does_not_fit() -> None:
    of = tables()
    for inline in (True, False):
        row = rows.new_row(of, 5, START)
        model = [seen(n, START + n * HOUR) for n in range(2 if inline else 9)]
        for at, x in enumerate(model):
            rows.make_room(of, row, rows.kept_of(of, row))
            rows.insert(of, row, rows.kept_of(of, row), at, x)
        of.memory[row * layout.ROW_WORDS + layout.BASE] |= 0x5BCDE << 44  # spare
        for time in (START + layout.OFFSET_FRESH, START - 100 * HOUR, START + 100 * HOUR):
            rows.fit_base(of, row, rows.kept_of(of, row), time)
            assert 0 <= time - rows.base_of(of, row) < layout.OFFSET_END
            assert all_seen(of, row, rows.kept_of(of, row)) == model
        assert of.memory[row * layout.ROW_WORDS + layout.BASE] >> 44 == 0x5BCDE


def test_what_nothing_can_meet_any_more_is_forgotten() -> None:
    of = tables()
    row = rows.new_row(of, 5, START)
    times = [START, START + 1, START + 60_000, START + 60_001]
    for at, time in enumerate(times):
        rows.make_room(of, row, rows.kept_of(of, row))
        rows.insert(of, row, rows.kept_of(of, row), at, seen(at, time))
    for horizon, expected in (
        (START + 60_001, times),  # a copy of the second may still come
        (START + 60_002, times[1:]),
        (START + 120_001, times[2:]),
        (START + 120_002, times[3:]),
        (START + 60_001 + WINDOW_MS, times[3:]),
        (START + 60_002 + WINDOW_MS, []),
    ):
        of.state[layout.HORIZON] = horizon
        kept = rows.forget(of, row, rows.kept_of(of, row))
        assert [x.time for x in all_seen(of, row, kept)] == expected
