"""Files in memory."""

from pathlib import Path

import pytest

from clonewatch.recordfile.mapping import mapped


def test_a_file_is_there_as_long_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"octets")
    octets = mapped(path)
    with path.open("ab") as file:
        file.write(b" and more")
    assert bytes(octets) == b"octets"


def test_an_empty_file_and_none(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    assert bytes(mapped(path)) == b""
    with pytest.raises(FileNotFoundError):
        mapped(tmp_path / "other")
