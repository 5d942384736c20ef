"""What waits to be committed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clonewatch.store.pending import JUDGED_EVERY_S, TRANSACTION_MAX, Pending
from stores import conflict

CONFLICT = conflict()


def test_conflicts_are_due_at_once_and_a_position_in_a_while() -> None:
    it = Pending(0)
    assert it.due_at() is None
    assert it.take() is None
    it.add([], 5, 10.0)
    it.add([], 6, 10.5)
    assert it.due_at() == 10.0 + JUDGED_EVERY_S
    it.add([CONFLICT], 7, 10.6)
    assert it.due_at() == 0
    work = it.take()
    assert work is not None
    assert (list(work.found), work.judged) == ([CONFLICT], 7)
    assert it.due_at() is None


def test_what_is_refused_stops_the_position() -> None:
    it = Pending(3, found_max=2)
    assert it.add([CONFLICT], 4, 0)
    assert not it.add([CONFLICT] * 2, 5, 0)
    assert it.add([CONFLICT], 6, 0)
    assert it.add([], 7, 0)
    assert it.refused == 2
    work = it.take()
    assert work is not None
    assert (len(work.found), work.judged) == (2, 4)
    assert it.take() is None


def test_a_transaction_is_bounded() -> None:
    it = Pending(0)
    for at in range(3):
        it.add([CONFLICT] * (TRANSACTION_MAX - 1), at + 1, 0)
    first, second = it.take(), it.take()
    assert first is not None
    assert second is not None
    assert (len(first.found), first.judged) == (2 * TRANSACTION_MAX - 2, 2)
    assert second.judged == 3


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 4)), max_size=30),
    st.integers(1, 6),
)
def test_no_position_passes_a_conflict_that_was_not_taken(
    steps: list[int | None], room: int
) -> None:
    it = Pending(0, found_max=room)
    refused_at, given_out, taken_in = None, 0, 0
    for judged, step in enumerate(steps, 1):
        if step is None:
            work = it.take()
            if work is not None:
                given_out += len(work.found)
                assert refused_at is None or work.judged < refused_at
        elif it.add([CONFLICT] * step, judged, 0):
            taken_in += step
        else:
            refused_at = refused_at or judged
    while (work := it.take()) is not None:
        given_out += len(work.found)
        assert refused_at is None or work.judged < refused_at
    assert given_out == taken_in
    assert it.count == 0
