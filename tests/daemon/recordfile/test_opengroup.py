"""The files of a group that is being written."""

from dataclasses import replace
from pathlib import Path

import pytest

from clonewatch.recordfile.groups import Group
from clonewatch.recordfile.openfile import OpenFile
from clonewatch.recordfile.opengroup import OpenGroup
from clonewatch.recordfile.pending import NumberedBlock
from recordfiles import AT_10, Disk

BLOCK = NumberedBlock(AT_10, 0, 1, b"rows", b"messages")


def test_rows_and_messages_lie_beside_one_another(tmp_path: Path) -> None:
    it = OpenGroup(Group(tmp_path, AT_10, 0), OpenFile)
    assert it.is_empty
    it.write(BLOCK)
    it.write(BLOCK)
    it.finish()
    assert not it.is_empty
    assert it.group.open_path.read_bytes() == b"rowsrows"
    assert it.group.messages_open_path.read_bytes() == b"messagesmessages"


def test_a_block_of_which_only_the_messages_fit_is_not_there(tmp_path: Path) -> None:
    disk = Disk()
    it = OpenGroup(Group(tmp_path, AT_10, 0), disk)
    it.write(BLOCK)
    rows_fail = iter([False, True])
    disk.before_write = lambda: setattr(disk, "full", next(rows_fail))
    with pytest.raises(OSError, match="No space left"):
        it.write(replace(BLOCK, messages=b"other messages"))
    assert it.group.messages_open_path.read_bytes() == b"messagesother messages"
    it.finish()
    assert it.group.open_path.read_bytes() == b"rows"
    assert it.group.messages_open_path.read_bytes() == b"messages"


def test_it_goes_on_behind_what_is_there(tmp_path: Path) -> None:
    group = Group(tmp_path, AT_10, 0)
    group.open_path.write_bytes(b"rows, torn")
    group.messages_open_path.write_bytes(b"messages, torn")
    it = OpenGroup(group, OpenFile, end=4, messages_end=8)
    assert not it.is_empty
    it.write(BLOCK)
    it.finish()
    assert group.open_path.read_bytes() == b"rowsrows"
    assert group.messages_open_path.read_bytes() == b"messagesmessages"
