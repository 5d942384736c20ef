"""The thread that syncs."""

import threading
from pathlib import Path

from clonewatch.recordfile.groupwriter import GroupWriter
from clonewatch.recordfile.opening import Opened
from clonewatch.recordfile.pending import NumberedBlock
from clonewatch.recordfile.syncer import Syncer
from recordfiles import AT_10, PATIENCE_S, Disk, Told


def block(sequence: int) -> NumberedBlock:
    return NumberedBlock(AT_10, sequence, 1, b"rows")


def test_writing_goes_on_while_it_syncs(tmp_path: Path) -> None:
    disk, ended, ready = Disk(), threading.Event(), threading.Event()
    disk.before_sync = lambda: ready.wait(PATIENCE_S)
    writer = GroupWriter(tmp_path, Opened(), tell=Told(), open_file=disk)
    it = Syncer(writer, ended.set)
    writer.write(block(0), 0.0)
    assert not it.look(0.5, wanted=False)  # nothing is due
    assert not it.is_busy
    assert not it.look(1.0, wanted=False)
    assert it.is_busy
    writer.write(block(1), 1.1)
    assert not it.look(9.0, wanted=True)  # one at a time
    assert (writer.written, writer.synced) == (2, 0)
    ready.set()
    assert ended.wait(PATIENCE_S)
    assert it.has_ended
    assert it.look(1.2, wanted=False)
    assert writer.synced == 1
    it.close(1.3)
    assert writer.synced == 2
    writer.close()


def test_what_fails_is_the_writers_to_tell_and_to_try_again(tmp_path: Path) -> None:
    disk, told, ended = Disk(), Told(), threading.Event()
    writer = GroupWriter(tmp_path, Opened(), tell=told, open_file=disk)
    it = Syncer(writer, ended.set)
    disk.syncs = False
    writer.write(block(0), 0.0)
    it.look(0.0, wanted=True)
    assert ended.wait(PATIENCE_S)
    assert it.look(0.1, wanted=False)
    assert writer.sync_failed
    assert not it.is_busy  # until the writer says that it is due
    disk.syncs = True
    it.close(0.2)
    assert told.kinds == ["Failed", "Resumed"]
    assert writer.synced == 1
    writer.close()
