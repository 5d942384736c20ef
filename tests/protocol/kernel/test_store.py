"""Machine code in files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.kernel.store import MachineCode, Place

if TYPE_CHECKING:
    from pathlib import Path

CODE = MachineCode("entry", b"\x7fELF and so on\n\n")


def function_in(file: Path, name: str = "walk") -> Any:
    """A function of a module that stands in *file*."""
    names: dict[str, Any] = {}
    source = f"def {name}(): pass\n"
    file.write_text(source)
    exec(compile(source, str(file), "exec"), names)  # noqa: S102
    return names[name]


@pytest.fixture(autouse=True)
def no_other_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))


@given(st.text(st.characters(codec="ascii", exclude_characters="\n")), st.binary())
def test_machine_code_is_read_as_it_was_written(symbol: str, octets: bytes) -> None:
    code = MachineCode(symbol, octets)
    assert MachineCode.decode(code.encode()) == code


@given(st.data())
def test_damage_is_noticed(data: st.DataObject) -> None:
    octets = bytearray(CODE.encode())
    at = data.draw(st.integers(0, len(octets) - 1))
    assert MachineCode.decode(bytes(octets[:at])) is None
    octets[at] ^= data.draw(st.integers(1, 255))
    assert MachineCode.decode(bytes(octets)) is None


def test_it_lies_beside_the_code(tmp_path: Path) -> None:
    place = Place(function_in(tmp_path / "module.py"), "cpu", "content")
    assert place.read() is None
    place.write(CODE)
    assert place.read() == CODE
    (file,) = (tmp_path / "__pycache__").iterdir()
    assert file.name.startswith("module.walk.py3")
    assert file.stat().st_mode == (tmp_path / "module.py").stat().st_mode  # others may read it, too


def test_a_damaged_file_is_as_good_as_none(tmp_path: Path) -> None:
    place = Place(function_in(tmp_path / "module.py"), "cpu", "content")
    place.write(CODE)
    (file,) = (tmp_path / "__pycache__").iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    assert place.read() is None


def test_newer_code_takes_the_place_of_older_and_of_no_other(tmp_path: Path) -> None:
    walk = function_in(tmp_path / "module.py")
    other = function_in(tmp_path / "module.py", "walk_2")
    for place in (
        Place(walk, "cpu", "older"),
        Place(walk, "another", "older"),
        Place(other, "cpu", "older"),
        Place(walk, "cpu", "newer"),
    ):
        place.write(CODE)
    assert Place(walk, "cpu", "older").read() is None
    assert Place(walk, "cpu", "newer").read() == CODE
    assert Place(walk, "another", "older").read() == CODE
    assert Place(other, "cpu", "older").read() == CODE


def test_it_lies_where_numba_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "told"))
    place = Place(function_in(tmp_path / "module.py"), "cpu", "content")
    place.write(CODE)
    assert place.read() == CODE
    assert len(list((tmp_path / "told").rglob("module.walk.*"))) == 1
    assert not (tmp_path / "__pycache__").exists()


def test_where_the_code_cannot_be_written_it_lies_in_the_users_cache(tmp_path: Path) -> None:
    (tmp_path / "__pycache__").write_text("no folder")
    place = Place(function_in(tmp_path / "module.py"), "cpu", "content")
    place.write(CODE)
    assert place.read() == CODE
    assert len(list((tmp_path / "home" / "is41").rglob("module.walk.*"))) == 1


def test_where_nothing_can_be_written_it_is_not_kept(tmp_path: Path) -> None:
    for name in ("__pycache__", "home"):
        (tmp_path / name).write_text("no folder")
    place = Place(function_in(tmp_path / "module.py"), "cpu", "content")
    place.write(CODE)
    assert place.read() is None


def test_a_function_of_no_file_is_not_kept(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    walk = function_in(file)
    file.unlink()
    Place(walk, "cpu", "content").write(CODE)
    assert os.listdir(tmp_path) == []  # noqa: PTH208
