"""A file that grows by whole writes."""

from pathlib import Path

import pytest

from clonewatch.recordfile.growing import GrowingFile
from clonewatch.recordfile.openfile import OpenFile
from recordfiles import Disk


def test_it_is_made_when_something_is_written(tmp_path: Path) -> None:
    it = GrowingFile(tmp_path / "file", 0, OpenFile)
    it.truncate()
    it.sync()
    it.close()
    assert not it.path.exists()
    it.write(b"one")
    it.end += 3
    it.write(b"two")
    it.close()
    assert it.path.read_bytes() == b"onetwo"


def test_what_does_not_count_is_written_over_or_cut_off(tmp_path: Path) -> None:
    disk = Disk()
    it = GrowingFile(tmp_path / "file", 0, disk)
    disk.full, disk.octets_left = True, 2
    with pytest.raises(OSError, match="No space left"):
        it.write(b"failed")
    disk.full = False
    it.write(b"one")
    it.end += 3
    it.write(b"two")
    it.truncate()
    it.sync()
    it.close()
    assert it.path.read_bytes() == b"one"


def test_it_goes_on_behind_its_end(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"one, torn")
    it = GrowingFile(path, 3, OpenFile)
    it.write(b"two")
    it.end += 3
    it.truncate()
    it.close()
    assert path.read_bytes() == b"onetwo"
