"""The record file of one machine."""

import dataclasses
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from clonewatch.errors import InputError
from clonewatch.recordfile import Recorder, RecordFile, Retention
from clonewatch.recordfile.events import Resumed
from clonewatch.recordfile.groups import groups_in
from clonewatch.recordfile.pending import WRITE_WITHIN_S
from clonewatch.recordfile.reading import read
from clonewatch.recordfile.sealer import AT_ONCE, BEHIND_ALL_ELSE, Sealing
from clonewatch.recordfile.verify import verify
from recordfiles import (
    AT_10,
    HALF_HOUR,
    LATER,
    Disk,
    Told,
    assert_messages_kept,
    registrations,
    same,
    whole,
    with_messages,
)


class Clock:
    def __init__(self, now_ms: int = AT_10) -> None:
        self.now_ms = now_ms

    def __call__(self) -> float:
        return self.now_ms / 1000


def test_what_is_flushed_can_be_read_by_others(tmp_path: Path) -> None:
    batch = registrations(10_000)
    it: RecordFile = Recorder(tmp_path / "new", tell=Told(), clock=Clock())
    assert [it.append(part) for part in (batch[:9000], batch[9000:])] == [0, 9000]
    assert it.flush()
    assert it.written == 10_000
    assert same(whole(read(tmp_path / "new"))[1], batch)
    assert it.flush(sync=True)
    assert it.synced == 10_000
    it.close()


def test_what_is_appended_is_written_though_nobody_asks(tmp_path: Path) -> None:
    it = Recorder(tmp_path, tell=Told(), clock=Clock())
    it.append(registrations(3))
    until = time.monotonic() + 10  # ours is 50 ms
    while it.written < 3:
        assert time.monotonic() < until
    it.close()


def test_it_goes_on_after_closing(tmp_path: Path) -> None:
    batch, clock = registrations(30), Clock()
    for at in (0, 10, 20):
        it = Recorder(tmp_path, tell=Told(), clock=clock)
        assert it.append(batch[at : at + 10]) == at
        it.close()
    assert len(groups_in(tmp_path)) == 1
    assert same(whole(read(tmp_path))[1], batch)


@pytest.mark.parametrize("sealing", [BEHIND_ALL_ELSE, AT_ONCE])
def test_groups_are_sealed_when_their_half_hour_is_over(tmp_path: Path, sealing: Sealing) -> None:
    batch, clock, told = registrations(30), Clock(), Told()
    it = Recorder(tmp_path, tell=told, clock=clock, retention=Retention(hours=1), sealing=sealing)
    for at in (0, 10, 20):
        it.append(batch[at : at + 10])
        it.flush()
        clock.now_ms += HALF_HOUR
    assert same(whole(it.batches())[1], batch)
    assert same(whole(it.batches(LATER))[1], batch[10:])
    it.close(seal=True)
    assert told.kinds == ["Sealed"] * 3
    assert all(group.is_sealed for group in groups_in(tmp_path))
    assert same(whole(read(tmp_path))[1], batch)


def test_the_longest_wait_is_known(tmp_path: Path) -> None:
    written = threading.Event()
    it = Recorder(tmp_path, tell=Told(), kept=written.set)
    assert it.wait_s_max == 0
    it.append(registrations(1))
    assert written.wait(60)
    assert it.wait_s_max >= WRITE_WITHIN_S  # nobody was in a hurry
    it.close()


def test_one_record_file_has_one_writer(tmp_path: Path) -> None:
    it = Recorder(tmp_path, tell=Told())
    with pytest.raises(InputError, match="somebody else writes"):
        Recorder(tmp_path, tell=Told())
    it.close()
    Recorder(tmp_path, tell=Told()).close()


def test_who_waits_for_registrations_waits_until_they_are_written(tmp_path: Path) -> None:
    disk, may_write, waited = Disk(), threading.Event(), threading.Event()
    disk.before_write = lambda: may_write.wait(60)
    it = Recorder(tmp_path, tell=Told(), clock=Clock(), open_file=disk)
    it.append(registrations(10))
    it.wait(0)

    def wait() -> None:
        it.wait(10)
        waited.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert not waited.is_set()
    may_write.set()
    waiting.join(60)
    assert (waited.is_set(), it.written) == (True, 10)
    it.close()
    it.wait(11)  # nobody writes any more


def test_nobody_waits_for_registrations_while_the_disk_fails(tmp_path: Path) -> None:
    disk = Disk()
    disk.full = True
    it = Recorder(tmp_path, tell=Told(), clock=Clock(), open_file=disk)
    it.append(registrations(10))
    in_time(lambda: it.wait(10))
    assert it.written == 0
    disk.full = False
    it.close()


def test_a_full_disk_loses_only_what_finds_no_room_and_says_how_much(tmp_path: Path) -> None:
    disk, told, failed, resumed = Disk(), Told(), threading.Event(), threading.Event()

    def tell(event: object) -> None:
        told.append(event)  # type: ignore[arg-type]
        (failed if told.kinds == ["Failed"] else resumed).set()

    batch = registrations(100)
    it = Recorder(tmp_path, tell=tell, clock=Clock(), open_file=disk, pending_rows_max=50)
    it.append(batch[:10])
    assert it.flush()
    disk.full = True
    it.append(batch[10:20])
    assert not it.flush()
    assert failed.wait(60)
    assert it.is_failing
    it.append(batch[20:60])
    assert it.append(batch[60:80]) == 60
    assert it.rows_lost == 20
    disk.full = False
    assert resumed.wait(60)
    it.append(batch[80:])
    it.close()
    assert told.kinds == ["Failed", "Resumed"]
    sequence, stored = whole(read(tmp_path))
    assert sequence.tolist() == [*range(60), *range(80, 100)]
    assert same(stored, batch[sequence])
    (verified,) = verify(tmp_path)
    assert verified.faults == ("sequences 60 to 79 are missing",)


def test_a_disk_that_does_not_sync_is_told_to_who_asks(tmp_path: Path) -> None:
    disk, told = Disk(), Told()
    it = Recorder(tmp_path, tell=told, clock=Clock(), open_file=disk)
    disk.syncs = False
    it.append(registrations(10))
    assert not it.flush(sync=True)
    assert it.is_failing
    assert it.flush()  # written it is
    disk.syncs = True
    it.close()
    assert it.synced == 10
    assert told.kinds == ["Failed", "Resumed"]


def test_closing_on_a_full_disk_counts_what_was_not_stored(tmp_path: Path) -> None:
    disk, told = Disk(), Told()
    it = Recorder(tmp_path, tell=told, clock=Clock(), open_file=disk)
    disk.full = True
    it.append(registrations(10_000))
    it.close(seal=True)
    assert told.kinds == ["Failed"]
    assert it.rows_lost == 10_000


def test_messages_are_kept_if_asked_for_and_sealed_with_their_group(tmp_path: Path) -> None:
    batch, clock = with_messages(registrations(10_000)), Clock()
    it = Recorder(tmp_path, tell=Told(), clock=clock, octets=True)
    it.append(batch[:6000])
    it.append(batch[6000:])
    it.flush()
    assert_messages_kept(tmp_path)
    it.close(seal=True)
    assert_messages_kept(tmp_path)
    assert [group.messages_sealed_path.exists() for group in groups_in(tmp_path)] == [True]


def test_messages_are_kept_only_if_asked_for(tmp_path: Path) -> None:
    it = Recorder(tmp_path, tell=Told(), clock=Clock())
    it.append(with_messages(registrations(100)))
    it.close()
    assert [group.messages_path for group in groups_in(tmp_path)] == [None]


def test_a_full_disk_loses_no_message_of_what_it_keeps(tmp_path: Path) -> None:
    disk, told, resumed = Disk(), Told(), threading.Event()

    def tell(event: object) -> None:
        told.append(event)  # type: ignore[arg-type]
        if told.kinds[-1] == "Resumed":
            resumed.set()

    batch = with_messages(registrations(100))
    it = Recorder(
        tmp_path, tell=tell, clock=Clock(), open_file=disk, pending_rows_max=50, octets=True
    )
    it.append(batch[:10])
    assert it.flush()
    disk.full, disk.octets_left = True, 30
    it.append(batch[10:20])
    assert not it.flush()
    it.append(batch[20:60])
    it.append(batch[60:80])
    disk.full = False
    assert resumed.wait(60)
    it.append(batch[80:])
    it.close()
    assert told.kinds == ["Failed", "Resumed"]
    assert it.rows_lost == 20
    assert_messages_kept(tmp_path)


def in_time(act: Callable[[], object]) -> None:
    """Do something that must not wait for ever."""
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()


def test_nobody_waits_for_a_writer_that_fails_otherwise_than_a_disk_does(tmp_path: Path) -> None:
    disk, told, resumed = Disk(), Told(), threading.Event()

    def tell(event: object) -> None:
        told.append(event)  # type: ignore[arg-type]
        if told.kinds[-1] == "Resumed":
            resumed.set()

    disk.full, disk.fault = True, MemoryError("no memory")
    batch = registrations(200)
    it = Recorder(tmp_path, tell=tell, clock=Clock(), open_file=disk, pending_rows_max=50)
    in_time(lambda: [it.append(batch[at : at + 40]) for at in range(0, 160, 40)])
    in_time(it.flush)
    assert it.is_failing
    assert it.rows_lost >= 40
    disk.full = False
    assert resumed.wait(60)
    it.append(batch[160:])
    in_time(it.close)
    assert told.kinds == ["Failed", "Resumed"]
    assert "no memory" in str(told[0])
    sequence, stored = whole(read(tmp_path))
    assert len(sequence) == 200 - it.rows_lost
    assert same(stored, batch[sequence])


def test_registrations_that_cannot_be_packed_hang_nothing(tmp_path: Path) -> None:
    told, batch = Told(), registrations(100)
    bad = dataclasses.replace(batch[:40], esn=batch.esn[:3])
    it = Recorder(tmp_path, tell=told, clock=Clock(), pending_rows_max=50)
    in_time(lambda: [it.append(part) for part in (bad, batch[:40], batch[40:80])])
    in_time(it.flush)
    assert it.is_failing
    in_time(it.close)
    assert told.kinds == ["Failed"]
    assert it.rows_lost == 120


def test_who_is_told_may_fail_and_nobody_waits(tmp_path: Path) -> None:
    def tell(_: object) -> None:
        raise ValueError("cannot be told")

    disk = Disk()
    disk.full = True
    it = Recorder(tmp_path, tell=tell, clock=Clock(), open_file=disk, pending_rows_max=50)
    batch = registrations(120)
    in_time(lambda: [it.append(batch[at : at + 40]) for at in (0, 40, 80)])
    assert it.is_failing
    disk.full = False
    in_time(it.close)
    assert it.rows_lost == 40
    assert same(whole(read(tmp_path))[1], batch[:80])


def test_nobody_waits_for_what_was_lost_behind_all_that_is_written(tmp_path: Path) -> None:
    disk, resumed, batch = Disk(), threading.Event(), registrations(120)

    def tell(event: object) -> None:
        if isinstance(event, Resumed):
            resumed.set()

    disk.full = True
    it = Recorder(tmp_path, tell=tell, clock=Clock(), open_file=disk, pending_rows_max=50)
    in_time(lambda: [it.append(batch[at : at + 40]) for at in (0, 40, 80)])
    assert it.rows_lost == 40
    disk.full = False
    assert resumed.wait(60)
    in_time(it.flush)
    in_time(lambda: it.wait(120))
    assert it.written == 120
    in_time(it.close)
    assert it.synced == 120
    assert same(whole(read(tmp_path))[1], batch[:80])


def test_while_the_disk_is_merely_slow_nothing_is_lost(tmp_path: Path) -> None:
    batch = registrations(5000)
    it = Recorder(tmp_path, tell=Told(), clock=Clock(), pending_rows_max=60)
    for at in range(0, 5000, 50):
        it.append(batch[at : at + 50])
    it.close()
    assert it.rows_lost == 0
    assert same(whole(read(tmp_path))[1], batch)


WRITER = """
import sys, itertools
from pathlib import Path
from clonewatch.recordfile import Recorder, Retention
from recordfiles import AT_10, registrations, with_messages
times = itertools.count(AT_10, 60_000)  # a half hour is thirty appends: groups are sealed, too
it = Recorder(Path(sys.argv[1]), tell=lambda event: None, clock=lambda: next(times) / 1000,
              octets=True)
print("opened", it.append(registrations(0)), flush=True)
for number in itertools.count():
    batch = registrations(700, number)
    batch.esn[:] = range(number * 700, number * 700 + 700)
    it.append(with_messages(batch))
    assert it.flush()
    print("written", it.written, flush=True)
"""


def test_what_was_written_is_there_once_after_any_kill(tmp_path: Path) -> None:
    chance = random.Random(7)
    behind = 0
    for _ in range(20):
        begins_at, said = killed_writer(tmp_path, chance.randrange(1, 60))
        assert begins_at >= behind
        behind = max(begins_at, said)
        again = Recorder(tmp_path, tell=Told(), clock=Clock())
        assert again.append(registrations(0)) >= behind
        again.close()
        assert [each.faults for each in verify(tmp_path) if each.faults] == []
        stored = whole(read(tmp_path))[1]
        mine = stored.esn[begins_at:behind]
        assert np.array_equal(mine, np.arange(behind - begins_at, dtype=np.uint32))
        assert_messages_kept(tmp_path)


def killed_writer(directory: Path, lines: int) -> tuple[int, int]:
    """Where a writer began, and what it last said that it had written."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, directory],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline() for _ in range(lines)]
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.readlines()
    numbers = [int(line.split()[1]) for line in said if line.endswith("\n")]
    return numbers[0], numbers[-1]
