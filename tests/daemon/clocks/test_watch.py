"""Watching clocks while registrations come in."""

from __future__ import annotations

import weakref

import numpy as np

from clonewatch.clocks.watch import ClockWatch
from clonewatch.evidence.network import Network
from clonewatch.mscs import Msc, Mscs
from clonewatch.registrations import Batch
from recordfiles import with_messages

SECOND = 1_000
MSCS = Mscs([Msc(mscid=index, name=f"MSC {index % 5}") for index in range(6)])  # 5 is MSC 0 again
TOUCHING = np.zeros((6, 6), np.int64)
SOURCES = ["spool", "other"]


def batch(start_ms: int, ahead_ms: int = 0, count: int = 3000, source: int = 0) -> Batch:
    """Registrations as they arrive; MSC 0's are ahead."""
    rng = np.random.default_rng(start_ms)
    made = Batch.empty(count)
    made.time[:] = start_ms + np.arange(count) * 100 + rng.integers(0, 300, count)
    made.msc[:] = rng.integers(0, 6, count)
    made.time[made.msc % 5 == 0] += ahead_ms
    made.msid[:] = rng.integers(0, 300, count)
    made.transaction_id[:] = np.arange(count)
    made.source[:] = source
    return made


def test_a_runaway_is_told_once_and_when_it_is_right_again() -> None:
    watch = ClockWatch(rows_max=3000)
    watch.take(batch(0))
    assert watch.look(MSCS, TOUCHING, SOURCES) == []
    watch.take(batch(10**6, ahead_ms=600 * SECOND))
    (changed,) = watch.look(MSCS, TOUCHING, SOURCES)
    assert (changed.name, changed.is_msc, changed.is_runaway) == ("MSC 0", True, True)
    assert str(changed).startswith("MSC MSC 0: its clock runs away: +")
    assert changed.offset is not None
    assert abs(changed.offset.ahead_ms - 600 * SECOND) < 10 * SECOND
    assert watch.look(MSCS, TOUCHING, SOURCES) == []
    assert [index for index, o in watch.clocks.mscs.items() if watch.clocks.runs_away(o)] == [0, 5]
    watch.take(batch(2 * 10**6))
    (changed,) = watch.look(MSCS, TOUCHING, SOURCES)
    assert not changed.is_runaway
    assert str(changed).startswith("MSC MSC 0: its clock is right again")


def test_registrations_of_a_newer_directory_tell_nothing_yet() -> None:
    """A reload places them before it is over, and may be taken back."""
    watch = ClockWatch()
    watch.take(batch(0, ahead_ms=600 * SECOND))
    newer = batch(10**6, count=50)
    newer.msc[:] = len(MSCS.rows)
    watch.take(newer)
    (changed,) = watch.look(MSCS, TOUCHING, SOURCES)
    assert changed.name == "MSC 0"


def test_a_source_is_told_by_its_name() -> None:
    watch = ClockWatch()
    one = batch(0)
    other = Batch.joined([one])
    other.time[:] += 500 * SECOND
    other.source[:] = 1
    watch.take(one)
    watch.take(other)
    changed = watch.look(MSCS, TOUCHING, SOURCES)
    assert [(each.name, each.is_msc) for each in changed] == [("other", False), ("spool", False)]


def test_a_clock_of_which_nothing_tells_runs_away_no_more() -> None:
    watch = ClockWatch(rows_max=3000)
    watch.take(batch(0, ahead_ms=600 * SECOND))
    assert len(watch.look(MSCS, TOUCHING, SOURCES)) == 1
    elsewhere = batch(10**6)
    elsewhere.msc[:] = 1
    watch.take(elsewhere)
    (changed,) = watch.look(MSCS, TOUCHING, SOURCES)
    assert changed.offset is None
    assert str(changed) == "MSC MSC 0: nothing tells of its clock any more"


def test_memory_is_bounded_and_nothing_at_all_is_no_fault() -> None:
    watch = ClockWatch(rows_max=1000)
    assert watch.look(MSCS, TOUCHING, SOURCES) == []
    for start in range(5):
        watch.take(batch(start * 10**6, count=400))
    watch.take(batch(10**8, count=5000))
    watch.take(batch(10**9, count=10))
    assert 1000 <= watch._rows < 2000  # noqa: SLF001
    assert Network(clocks=watch.clocks).clocks is watch.clocks


def test_messages_that_were_lent_are_let_go_of() -> None:
    watch = ClockWatch(rows_max=1000)
    told = with_messages(batch(0, count=10))
    assert told.messages is not None
    lent = weakref.ref(told.messages.octets)
    watch.take(told)
    del told
    assert lent() is None
