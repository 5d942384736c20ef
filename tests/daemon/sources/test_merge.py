"""Several sources in the order of their time stamps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.registrations import Batch, Flags
from clonewatch.sources.merge import AHEAD_MAX_MS, SLACK_MS, merged, suspect_marked

if TYPE_CHECKING:
    from collections.abc import Iterator

MINUTE = 60_000


def batch_of(times: list[int], source: int = 0) -> Batch:
    batch = Batch.empty(len(times))
    batch.time[:] = times
    batch.source[:] = source
    return batch


def batches_of(times: list[int], source: int, size: int) -> Iterator[Batch]:
    for at in range(0, len(times), size):
        yield batch_of(times[at : at + size], source)


SOURCES = st.lists(
    st.lists(st.integers(0, 600 * MINUTE), max_size=30).map(sorted), min_size=1, max_size=5
)


@given(SOURCES, st.integers(1, 8))
def test_nothing_is_lost_and_no_source_runs_far_ahead(sources: list[list[int]], size: int) -> None:
    ended: list[int] = []
    streams = [batches_of(times, number, size) for number, times in enumerate(sources)]
    out = Batch.joined(list(merged(streams, ended.append)))
    for number, times in enumerate(sources):
        assert out.time[out.source == number].tolist() == times
    if len(out):
        assert (np.maximum.accumulate(out.time) - out.time).max() <= SLACK_MS
    assert sorted(ended) == [number for number, times in enumerate(sources) if times]


def test_what_is_late_in_its_source_stays_where_it_stands() -> None:
    times = [0, 10 * MINUTE, 5 * MINUTE, 11 * MINUTE]
    assert Batch.joined(list(merged([iter([batch_of(times)])]))).time.tolist() == times


def test_empty_batches_and_empty_sources_are_passed() -> None:
    streams = [iter([batch_of([]), batch_of([1]), batch_of([])]), iter([batch_of([])]), iter([])]
    assert Batch.joined(list(merged(streams))).time.tolist() == [1]


def test_a_lone_time_stamp_far_ahead_is_suspect() -> None:
    far = 100 * MINUTE
    batch = suspect_marked(batch_of([0, 1, far, 2, 3]))
    assert (batch.flags & Flags.CLOCK_SUSPECT).tolist() == [0, 0, Flags.CLOCK_SUSPECT, 0, 0]


def test_a_silence_is_not_suspect_nor_is_what_comes_late() -> None:
    batch = suspect_marked(
        batch_of([0, 1, 100 * MINUTE, 100 * MINUTE + 1, 60 * MINUTE, 101 * MINUTE])
    )
    assert not (batch.flags & Flags.CLOCK_SUSPECT).any()


def test_a_time_stamp_just_as_far_ahead_as_is_believed_is_not_suspect() -> None:
    assert not suspect_marked(batch_of([0, AHEAD_MAX_MS, 0])).flags.any()
    assert suspect_marked(batch_of([0, AHEAD_MAX_MS + 1, 0])).flags.any()
