"""The thread that seals."""

import os
import threading
from pathlib import Path

import pytest

from clonewatch.recordfile.events import Event
from clonewatch.recordfile.groups import groups_in
from clonewatch.recordfile.retention import Retention
from clonewatch.recordfile.sealer import AT_ONCE, BEHIND_ALL_ELSE, Sealer, Sealing
from recordfiles import AT_10, HALF_HOUR, Told, open_group, registrations

BATCH = registrations(10)


def sealer(directory: Path, told: Told, retention: Retention | None = None) -> Sealer:
    begun = Sealer(
        directory, retention or Retention(), tell=told, clock_ms=lambda: AT_10 + 9 * HALF_HOUR
    )
    begun.start()
    return begun


def test_groups_are_sealed_and_old_ones_removed(tmp_path: Path) -> None:
    groups = [
        open_group(tmp_path, BATCH, 10 * at, start_ms=AT_10 + at * HALF_HOUR) for at in range(8)
    ]
    told = Told()
    it = sealer(tmp_path, told, Retention(hours=2))
    it.add(groups)
    it.close_soon(finish=True)
    it.join()
    assert told.kinds.count("Sealed") == 8
    assert told.kinds.count("Removed") == 4
    assert groups_in(tmp_path) == groups[4:]


@pytest.mark.parametrize(
    ("sealing", "behind"), [(BEHIND_ALL_ELSE, BEHIND_ALL_ELSE.niceness), (AT_ONCE, 0)]
)
def test_sealing_steps_behind_all_else_but_for_captures(
    tmp_path: Path, sealing: Sealing, behind: int
) -> None:
    nicenesses = []
    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def tell(_: Event) -> None:
        nicenesses.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    it = Sealer(tmp_path, Retention(), tell=tell, clock_ms=lambda: AT_10, niceness=sealing.niceness)
    it.add([open_group(tmp_path, BATCH)])
    it.close_soon(finish=True)
    it.start()
    it.join()
    assert nicenesses == [max(own, behind)]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == own


def test_a_failure_is_told_and_ends_nothing(tmp_path: Path) -> None:
    bad, good = (open_group(tmp_path, BATCH, first) for first in (0, 10))
    bad.part_path.mkdir()  # nothing can be written there
    told = Told()

    def tell(event: Event) -> None:
        told(event)
        if told.kinds == ["SealingFailed"]:
            bad.part_path.rmdir()
        if told.kinds.count("Sealed") == 2:
            it.close_soon(finish=False)

    it = Sealer(tmp_path, Retention(), tell=tell, clock_ms=lambda: AT_10, again_s=0)
    it.add([bad, good])
    it.start()
    it.join()
    assert told.kinds == ["SealingFailed", "Sealed", "SealingResumed", "Sealed"]


def test_a_failure_of_ours_is_told_and_ends_nothing(tmp_path: Path) -> None:
    times = iter([0])

    def clock_ms() -> int:
        return AT_10 + next(times)  # StopIteration, the second time

    told = Told()
    it = Sealer(tmp_path, Retention(), tell=told, clock_ms=clock_ms, again_s=0)
    it.add([open_group(tmp_path, BATCH, first) for first in (0, 10, 20)])
    it.close_soon(finish=True)
    it.start()
    it.join()
    assert told.kinds == ["Sealed", "Sealed", "SealingFailed"]


def test_closing_does_not_wait_for_what_fails(tmp_path: Path) -> None:
    bad = open_group(tmp_path, BATCH)
    bad.part_path.mkdir()
    told = Told()
    it = Sealer(tmp_path, Retention(), tell=told, clock_ms=lambda: AT_10)
    it.add([bad])
    it.close_soon(finish=True)
    it.start()
    it.join()
    assert told.kinds == ["SealingFailed"]
    assert bad.open_path.exists()


def test_closing_without_waiting_leaves_the_rest_to_the_next_opening(tmp_path: Path) -> None:
    group = open_group(tmp_path, BATCH)
    told = Told()
    it = Sealer(tmp_path, Retention(), tell=told, clock_ms=lambda: AT_10)
    it.add([group])
    it.close_soon(finish=False)
    it.start()
    it.join()
    assert not told
    assert group.open_path.exists()
