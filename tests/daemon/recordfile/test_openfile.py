"""The file of an open group."""

import errno
from pathlib import Path

import pytest

from clonewatch.recordfile.openfile import OpenFile


def test_what_a_failed_try_left_is_written_over(tmp_path: Path) -> None:
    file = OpenFile(tmp_path / "g.open")
    file.write(b"whole", 0)
    file.write(b"to", 5)
    file.write(b"torn", 5)
    file.sync()
    file.truncate(7)
    file.close()
    assert (tmp_path / "g.open").read_bytes() == b"wholeto"


def test_a_full_disk_is_an_os_error() -> None:
    file = OpenFile(Path("/dev/full"))
    with pytest.raises(OSError, match="No space left") as fault:
        file.write(b"block", 0)
    assert fault.value.errno == errno.ENOSPC
    file.close()
