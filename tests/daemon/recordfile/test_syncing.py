"""What a power cut could still take."""

from pathlib import Path

import pytest

from clonewatch.recordfile.groups import Group
from clonewatch.recordfile.opengroup import OpenGroup
from clonewatch.recordfile.pending import NumberedBlock
from clonewatch.recordfile.syncing import Syncing
from recordfiles import AT_10, Disk


def group(directory: Path, disk: Disk, first: int) -> OpenGroup:
    it = OpenGroup(Group(directory, AT_10, first), disk)
    it.write(NumberedBlock(AT_10, first, 1, b"rows"))
    return it


def test_finished_groups_and_the_open_one_are_synced_in_order(tmp_path: Path) -> None:
    disk = Disk()
    one, two = group(tmp_path, disk, 0), group(tmp_path, disk, 1)
    it = Syncing(2, (one,), two)
    it.do()
    assert disk.synced == [one.group.open_path, two.group.open_path]
    assert it.path == one.group.open_path
    two.close()


def test_what_failed_may_be_tried_again(tmp_path: Path) -> None:
    disk = Disk()
    one, two = group(tmp_path, disk, 0), group(tmp_path, disk, 1)
    it = Syncing(2, (one,), two)
    disk.syncs = False
    with pytest.raises(OSError, match="Input/output error"):
        it.do()
    disk.syncs = True
    disk.synced.clear()
    it.do()
    it.do()  # what is closed is left alone
    assert disk.synced == [one.group.open_path, two.group.open_path, two.group.open_path]
    two.close()


def test_nothing_to_sync_is_soon_done() -> None:
    it = Syncing(0, (), None)
    it.do()
    assert it.path is None
