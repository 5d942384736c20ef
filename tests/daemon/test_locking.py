"""One writer for a directory."""

import os
from pathlib import Path

import pytest

from clonewatch.errors import InputError
from clonewatch.locking import locked


def test_a_directory_is_locked_until_the_descriptor_is_closed(tmp_path: Path) -> None:
    descriptor = locked(tmp_path, "taken")
    with pytest.raises(InputError, match="taken"):
        locked(tmp_path, "taken")
    os.close(descriptor)
    os.close(locked(tmp_path, "taken"))


def test_what_is_no_directory_cannot_be_locked(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        locked(tmp_path / "none", "taken")
