"""Compiled functions: one signature each, made of parts, the same answers without a compiler."""

from __future__ import annotations

import os
import subprocess
import sys
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pytest
from numba import types

from is41.kernel import OCTETS, columns, helper, kernel, part
from messages import TESTS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


class Pairs(NamedTuple):
    left: NDArray[np.int64]
    right: NDArray[np.uint16]


PAIRS: Final = columns(Pairs, {"right": types.uint16, "left": types.int64})


@part
def _widened(octets: NDArray[np.uint8], at: int) -> int:
    return int(np.int64(octets[at]))


@helper
def _added(left: int, right: int) -> int:
    return left + right


@helper
def _increased(number: int, by: int) -> int:
    return number + by


@kernel(types.int64(OCTETS))
def as_number(octets: NDArray[np.uint8]) -> int:
    """Octets as one big-endian number, made of a part and a helper."""
    number = 0
    for at in range(octets.size):
        number = _added(number << 8, _widened(octets, at))
    return number


@kernel(types.void(PAIRS))
def swap(pairs: Pairs) -> None:
    """Columns of a NamedTuple, each of its own type."""
    for row in range(pairs.left.size):
        left = pairs.left[row]
        pairs.left[row] = pairs.right[row]
        pairs.right[row] = left


def answers() -> list[Any]:
    pairs = Pairs(np.array([1, 2], np.int64), np.array([3, 65535], np.uint16))
    swap(pairs)
    return [
        int(as_number(np.frombuffer(bytes.fromhex("7F FF 00 01 80 00 00 FF"), np.uint8))),
        [column.tolist() for column in pairs],
    ]


ANSWERS: Final = [0x7FFF0001_800000FF, [[3, 65535], [1, 2]]]


def run(script: str, *folders: Path, **environment: str) -> str:
    """What a Python of its own prints."""
    path = os.pathsep.join([*map(str, folders), os.environ.get("PYTHONPATH", "")])
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": path, **environment},
        text=True,
    )
    return finished.stdout.strip()


def test_octets_and_columns_are_read_and_written() -> None:
    assert answers() == ANSWERS


def test_without_jit_the_answers_are_the_same() -> None:
    script = "import test_kernel; print(test_kernel.answers())"
    folders = TESTS / "protocol", TESTS / "support"
    assert run(script, *folders, NUMBA_DISABLE_JIT="1") == str(ANSWERS)


def test_without_jit_no_executable_memory_is_wanted() -> None:
    script = (
        "from llvmlite import binding\n"
        "def refuse(): raise OSError('cannot allocate executable memory')\n"
        "binding.check_jit_execution = refuse\n"
        "import is41, test_kernel; print(test_kernel.answers())"
    )
    folders = TESTS / "protocol", TESTS / "support"
    assert run(script, *folders, NUMBA_DISABLE_JIT="1") == str(ANSWERS)


def test_a_kernel_takes_arrays_of_its_one_signature_only() -> None:
    with pytest.raises(TypeError):
        as_number(np.zeros(3, np.int64))


def test_a_helper_is_compiled_once_for_numbers_in_the_source_and_for_others() -> None:
    def sums(number: int) -> int:
        return _increased(number, 1) + _increased(3, 4)

    # A kernel out of the cache compiles nothing: this one is in no file.
    code = sums.__code__.replace(co_filename="<nowhere>")
    compiled = kernel(types.int64(types.int64))(FunctionType(code, {"_increased": _increased}))
    assert compiled(5) == 13
    assert len(_increased.overloads) == 1  # type: ignore[attr-defined]


def test_a_kernel_that_has_no_file_is_compiled_nevertheless() -> None:
    def doubled(number: int) -> int:
        return 2 * number

    code = doubled.__code__.replace(co_filename="<nowhere>")
    compiled = kernel(types.int64(types.int64))(FunctionType(code, {}))
    assert compiled(21) == 42


@pytest.mark.parametrize(
    ("imported", "call"), [("from parts import one", "one()"), ("import parts", "parts.one()")]
)
def test_a_kernel_comes_from_the_cache_until_something_it_is_made_of_changes(
    imported: str, call: str, tmp_path: Path
) -> None:
    tmp_path.joinpath("parts.py").write_text(
        "from is41.kernel import part\nBY = 3\n@part\ndef one():\n    return 1 * BY\n"
    )
    tmp_path.joinpath("whole.py").write_text(
        "from is41.kernel import kernel\n"
        "from numba import types\n"
        f"{imported}\n"
        "@kernel(types.int64())\n"
        f"def whole():\n    return {call}\n"
    )
    script = "from whole import whole; print(whole(), sum(whole.stats.cache_hits.values()))"
    assert run(script, tmp_path) == "3 0"
    parts = tmp_path / "parts.py"
    for before, after, answer in [
        ("import part", "import part  # as it was", "3 1"),
        ("return 1", "return 2", "6 0"),
        ("BY = 3", "BY = 11", "22 0"),
    ]:
        parts.write_text(parts.read_text().replace(before, after))
        assert run(script, tmp_path) == answer


def test_the_cache_lies_where_numba_is_told(tmp_path: Path) -> None:
    code, cache = tmp_path / "code", tmp_path / "cache" / "kernels"
    code.mkdir()
    code.joinpath("alone.py").write_text(
        "from is41.kernel import kernel\n"
        "from numba import types\n"
        "@kernel(types.int64())\n"
        "def alone():\n    return 7\n"
    )
    code.chmod(0o555)
    script = "from alone import alone; print(alone(), sum(alone.stats.cache_hits.values()))"
    outside = {"NUMBA_CACHE_DIR": str(cache), "PYTHONDONTWRITEBYTECODE": "1"}
    assert run(script, code, **outside) == "7 0"
    assert run(script, code, **outside) == "7 1"
    assert list(cache.rglob("alone.alone-*.nbi"))
    assert [path.name for path in code.iterdir()] == ["alone.py"]


def test_a_kernel_is_compiled_anew_where_what_it_calls_is_compiled_otherwise(
    tmp_path: Path,
) -> None:
    parts = tmp_path / "parts.py"
    parts.write_text("from is41.kernel import helper, part\n@part\ndef one():\n    return 1\n")
    tmp_path.joinpath("whole.py").write_text(
        "from is41.kernel import kernel\n"
        "from numba import types\n"
        "from parts import one\n"
        "@kernel(types.int64())\n"
        "def whole():\n    return one()\n"
    )
    script = "from whole import whole; print(sum(whole.stats.cache_hits.values()))"
    assert [run(script, tmp_path) for _ in range(2)] == ["0", "1"]
    parts.write_text(parts.read_text().replace("@part", "@helper"))
    assert [run(script, tmp_path) for _ in range(2)] == ["0", "1"]
