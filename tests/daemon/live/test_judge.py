"""From registrations to conflicts; what a start finds in the record file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from structlog.testing import capture_logs

from clonewatch.live.judge import Judge
from clonewatch.messages import Held
from clonewatch.mscs import Mscs
from clonewatch.registrations import MSC_UNKNOWN, Batch
from fig4 import HOUR, MINUTE, MSC_A, MSC_C, registration
from live import MSCS, Bench, bench
from recordfiles import Disk

if TYPE_CHECKING:
    from pathlib import Path

TEN = 1_795_341_600_000
FIRST = registration(TEN, MSC_A)
SECOND = registration(TEN + 45 * MINUTE, MSC_C)
CLONED = Batch.of([FIRST, SECOND])
# One after the other, at one MSC: of one ESN, another, and the first again.
TWICE = [registration(TEN + at * HOUR, MSC_A, esn=(7, 8)[at % 2]) for at in range(3)]


def full() -> Disk:
    disk = Disk()
    disk.full = True
    return disk


def fault(batch: Batch) -> Any:
    raise KeyError(f"ours, of {len(batch)}")


def written(of: Bench) -> None:
    """Let the record file write all there is, and the judge see it."""
    assert of.record.flush()
    of.judge.kept()


def test_registrations_are_recorded_judged_and_their_conflicts_stored(tmp_path: Path) -> None:
    with bench(tmp_path) as of:
        of.judge.take(CLONED)
        written(of)
        assert [(each.first, each.second) for each in of.store.conflicts] == [(FIRST, SECOND)]
        assert of.store.judged == of.judge.end == 2
        assert (of.judge.registrations, of.judge.conflicts) == (2, 1)
        assert of.found == [1]
        assert sum(len(rows) for rows in of.record.batches()) == 2


@pytest.mark.parametrize(("octets", "held"), [(False, Held.LENT), (True, Held.OWNED)])
def test_messages_are_lent_to_it_unless_the_record_file_keeps_them(
    tmp_path: Path, *, octets: bool, held: Held
) -> None:
    with bench(tmp_path, octets=octets) as of:
        assert of.judge.messages is held


def test_without_a_detector_registrations_are_only_recorded(tmp_path: Path) -> None:
    with bench(tmp_path) as of:
        of.judge.detector = None
        of.judge.take(CLONED)
        written(of)
        assert not of.store.conflicts
        assert of.store.judged == 2
        assert sum(len(rows) for rows in of.record.batches()) == 2


@pytest.mark.parametrize("synced", [False, True])
def test_what_waits_is_done_when_all_before_it_is_kept(tmp_path: Path, *, synced: bool) -> None:
    done: list[int] = []
    with bench(tmp_path) as of:
        of.judge.when_kept(lambda: done.append(0), synced=synced)
        assert done == [0]  # there was nothing to wait for
        of.judge.take(CLONED)
        of.judge.when_kept(lambda: done.append(1), synced=synced)
        of.judge.when_kept(lambda: done.append(2), synced=synced)
        while len(done) < 3:
            assert of.written.wait(20)
            of.written.clear()
            of.judge.kept()
        assert done == [0, 1, 2]
        kept = of.record.synced if synced else of.record.written
        assert kept == 2


def test_nothing_is_kept_while_the_disk_fails(tmp_path: Path) -> None:
    done: list[int] = []
    with bench(tmp_path, open_file=full()) as of:
        of.judge.take(CLONED)
        of.judge.when_kept(lambda: done.append(1))
        assert of.written.wait(20)
        of.judge.kept()
        assert not done
        assert of.store.conflicts  # it goes on detecting


def test_a_start_fills_the_window_silently_and_judges_what_was_not(tmp_path: Path) -> None:
    with bench(tmp_path) as of:
        of.judge.take(CLONED)
        of.judge.take(Batch.of([registration(TEN + 50 * MINUTE, MSC_A)]))
        written(of)
        assert len(of.store.conflicts) == 2
    with bench(tmp_path, judged=2) as of:
        assert of.judge.end == 3
        assert of.judge.rebuild(MSCS, 0) == 3
        (again,) = of.store.conflicts
        assert (again.first, again.second.time) == (SECOND, TEN + 50 * MINUTE)
        assert of.store.judged == 3
    with bench(tmp_path, judged=3) as of:
        of.judge.rebuild(MSCS, 0)
        assert not of.store.conflicts
        of.judge.take(Batch.of([registration(TEN + 55 * MINUTE, MSC_C)]))
        written(of)
        assert len(of.store.conflicts) == 1


def test_a_start_places_registrations_as_the_mscs_are_now(tmp_path: Path) -> None:
    batch = Batch.of([FIRST, SECOND])
    with bench(tmp_path) as of:
        of.judge.detector = None
        of.judge.take(batch)
    turned = Mscs(MSCS.rows[::-1])
    with bench(tmp_path) as of:
        of.judge.rebuild(turned, 0)
        assert not of.store.conflicts  # C is where A was, and E where C was: 200 becomes 0
    unknown = Mscs(MSCS.rows[:1])
    assert unknown.place(np.array([SECOND.mscid], np.uint32)) == [MSC_UNKNOWN]
    with bench(tmp_path) as of:
        of.judge.rebuild(unknown, 0)
        assert of.detector.counts["unknown_msc"] == 1


def test_a_start_reads_no_more_than_the_window_needs(tmp_path: Path) -> None:
    now = [(TEN - 10 * HOUR) / 1000]
    with bench(tmp_path, clock=lambda: now[0]) as of:
        of.judge.take(Batch.of([registration(TEN - 10 * HOUR)]))
        of.record.flush()
        now[0] = TEN / 1000
        of.judge.take(Batch.of([registration(TEN)]))
    with bench(tmp_path, judged=2, clock=lambda: now[0]) as of:
        assert of.judge.rebuild(MSCS, TEN - 6 * HOUR) == 1


def test_room_is_the_record_files(tmp_path: Path) -> None:
    with bench(tmp_path, pending_rows_max=1, open_file=full()) as of:
        assert of.judge.has_room(1000)
        of.judge.take(CLONED)
        assert of.written.wait(20)
        assert of.judge.has_room(1000)  # the disk fails: what finds no room is counted as lost


def test_a_start_judges_what_was_not_however_old_it_is(tmp_path: Path) -> None:
    with bench(tmp_path, clock=lambda: TEN / 1000) as of:
        of.judge.detector = None
        of.judge.take(CLONED)
    with bench(tmp_path, judged=0, clock=lambda: (TEN + 100 * HOUR) / 1000) as of:
        assert of.judge.rebuild(MSCS, TEN + 90 * HOUR) == 2
        assert len(of.store.conflicts) == 1


def test_a_start_judges_what_came_after_the_clock_was_set_back(tmp_path: Path) -> None:
    now = [TEN / 1000]
    with bench(tmp_path, clock=lambda: now[0]) as of:
        of.judge.detector = None
        of.judge.take(Batch.of([registration(TEN - HOUR)]))
        of.record.flush()
        now[0] = (TEN - 100 * HOUR) / 1000
        of.judge.take(CLONED)
    with bench(tmp_path, judged=0, clock=lambda: TEN / 1000) as of:
        assert of.judge.rebuild(MSCS, TEN - 6 * HOUR) == 3
        assert len(of.store.conflicts) == 1


def test_twins_go_to_the_store_and_a_start_learns_them_silently(tmp_path: Path) -> None:
    with bench(tmp_path) as of:
        of.judge.take(Batch.of(TWICE[:2]))
        written(of)
        assert of.store.twins == []
    with bench(tmp_path, judged=1) as of:
        of.judge.rebuild(MSCS, TEN)
        of.judge.take(Batch.of(TWICE[2:]))
        written(of)
        (twins,) = of.store.twins
        assert (twins.msid, twins.changes) == (FIRST.msid, 2)


def test_what_cannot_be_judged_by_a_fault_of_ours_is_told_once_and_left(tmp_path: Path) -> None:
    third = registration(TEN + 50 * MINUTE, MSC_A)
    with bench(tmp_path) as of, capture_logs() as logged:
        take = of.detector.take
        of.detector.take = fault  # type: ignore[method-assign]
        of.judge.take(Batch.of([replace(third, msid=7)]))
        of.detector.take = take  # type: ignore[method-assign]
        of.judge.take(CLONED)
        written(of)
        (told,) = logged
        assert (told["event"], told["registrations"]) == ("registrations_left", 1)
        assert [str(each) for each in told["exc_info"].exceptions] == ["'ours, of 1'"]
        assert of.judge.registrations_unjudged == 1
        assert len(of.store.conflicts) == 1
        assert of.store.judged == of.judge.end == 3
        assert sum(len(rows) for rows in of.record.batches()) == 3  # each once


def test_conflicts_are_kept_where_it_is_the_rest_that_cannot_be_judged(tmp_path: Path) -> None:
    with bench(tmp_path) as of, capture_logs() as logged:
        judge = Judge(of.record, of.detector, of.store, sightings=fault, twins=fault)
        judge.take(CLONED)
        assert len(of.store.conflicts) == 1
        (told,) = logged
        assert len(told["exc_info"].exceptions) == 2


def test_a_start_goes_on_behind_what_cannot_be_judged(tmp_path: Path) -> None:
    with bench(tmp_path) as of:
        of.judge.take(CLONED)
        written(of)
    with bench(tmp_path, judged=1) as of:
        of.detector.take = fault  # type: ignore[method-assign]
        assert of.judge.rebuild(MSCS, 0) == 2
        assert of.judge.registrations_unjudged == 2
        assert of.store.judged == 2
