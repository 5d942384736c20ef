"""Compiled functions: one signature each, made of parts, the same answers without a compiler."""

from __future__ import annotations

import threading
import weakref
from functools import partial
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from is41.kernel import OCTETS, Array, bound, columns, helper, kernel, part
from is41.kernel.kernels import Kernel
from messages import TESTS
from pythons import run

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FOLDERS: Final = TESTS / "protocol" / "kernel", TESTS / "support"


class Pairs(NamedTuple):
    left: NDArray[np.int64]
    right: NDArray[np.uint16]


PAIRS: Final = columns(Pairs, {"right": np.uint16, "left": np.int64})


@part
def _widened(octets: NDArray[np.uint8], at: int) -> int:
    return int(np.int64(octets[at]))


@helper
def _added(left: int, right: int) -> int:
    return left + right


@kernel(int, OCTETS)
def as_number(octets: NDArray[np.uint8]) -> int:
    """Octets as one big-endian number, made of a part and a helper."""
    number = 0
    for at in range(octets.size):
        number = _added(number << 8, _widened(octets, at))
    return number


@kernel(None, PAIRS)
def swap(pairs: Pairs) -> None:
    """Columns of a NamedTuple, each of its own type."""
    for row in range(pairs.left.size):
        left = pairs.left[row]
        pairs.left[row] = pairs.right[row]
        pairs.right[row] = left


@kernel((int, bool), Array(np.int32, 3), int, bool)
def weighed(cube: NDArray[np.int32], by: int, odd: bool) -> tuple[int, bool]:  # noqa: FBT001
    """Three dimensions, and two kinds of results."""
    total = 0
    for first in range(cube.shape[0]):
        for second in range(cube.shape[1]):
            for third in range(cube.shape[2]):
                place = 1 + first * 5 + second * 25 + third * 125
                total += place * by * int(np.int64(cube[first, second, third]))
    return total, total > 0 and not odd


@kernel(int, OCTETS, int)
def octet(octets: NDArray[np.uint8], at: int) -> int:
    """One octet of some."""
    return _widened(octets, at)


CUBE: Final = np.arange(24, dtype=np.int32).reshape(2, 3, 4)


def answers() -> list[Any]:
    pairs = Pairs(np.array([1, 2], np.int64), np.array([3, 65535], np.uint16))
    bound(swap, pairs)()
    return [
        int(as_number(np.frombuffer(bytes.fromhex("7F FF 00 01 80 00 00 FF"), np.uint8))),
        [column.tolist() for column in pairs],
        [int(each) for each in bound(weighed, CUBE, -2)(True)],
    ]


ANSWERS: Final = [0x7FFF0001_800000FF, [[3, 65535], [1, 2]], [-130652, 0]]


def test_octets_and_columns_are_read_and_written() -> None:
    assert answers() == ANSWERS


@pytest.mark.parametrize(("checked", "told"), [("0", "7"), ("1", "SystemError")])
def test_an_index_below_0_is_no_other_and_out_of_bounds(
    checked: str, told: str, tmp_path: Path
) -> None:
    script = (
        "import numpy, test_kernels\n"
        "try: print(test_kernels.octet(numpy.frombuffer(bytes([7, 8, 9]), numpy.uint8)[1:], -1))\n"
        "except SystemError as error: print(type(error).__name__)"
    )
    environment = {"NUMBA_BOUNDSCHECK": checked, "NUMBA_CACHE_DIR": str(tmp_path)}
    assert run(script, *FOLDERS, **environment) == told


def test_without_jit_the_answers_are_the_same() -> None:
    script = "import test_kernels; print(test_kernels.answers())"
    assert run(script, *FOLDERS, NUMBA_DISABLE_JIT="1") == str(ANSWERS)


def test_without_jit_no_executable_memory_is_wanted() -> None:
    script = (
        "from llvmlite import binding\n"
        "def refuse(*_): raise OSError('cannot allocate executable memory')\n"
        "binding.check_jit_execution = binding.create_mcjit_compiler = refuse\n"
        "import is41, test_kernels; print(test_kernels.answers())"
    )
    assert run(script, *FOLDERS, NUMBA_DISABLE_JIT="1") == str(ANSWERS)


def test_what_is_bound_sees_what_changes_in_its_arrays_and_keeps_them() -> None:
    octets = np.zeros(2, np.uint8)
    number = bound(as_number, octets)
    octets[1] = 5
    assert number() == 5
    known = weakref.ref(octets)
    del octets
    assert known() is not None
    assert number() == 5
    del number
    assert known() is None


def test_what_is_bound_takes_the_other_arguments_of_its_signature() -> None:
    for others in ((), (True, 1)):
        with pytest.raises(TypeError, match="instead of 3"):
            bound(weighed, CUBE, -2)(*others)
    with pytest.raises(TypeError, match="instead of"):
        bound(weighed, CUBE.T)
    with pytest.raises(TypeError, match="4 arguments instead of 3"):
        bound(weighed, CUBE, 1, True, 4)()


def test_what_was_compiled_once_runs_without_numba() -> None:
    assert answers() == ANSWERS  # compiled by now
    script = "import sys, test_kernels; print(test_kernels.answers(), 'numba' in sys.modules)"
    assert run(script, *FOLDERS) == f"{ANSWERS} False"


@given(
    arrays.arrays(np.int32, arrays.array_shapes(min_dims=3, max_dims=3, min_side=0, max_side=4)),
    st.integers(-100, 100),
    st.booleans(),
)
def test_any_array_is_read_as_numpy_reads_it(cube: NDArray[np.int32], by: int, odd: bool) -> None:  # noqa: FBT001
    first, second, third = np.indices(cube.shape)
    total = int(((1 + first * 5 + second * 25 + third * 125) * by * cube.astype(np.int64)).sum())
    assert weighed(cube, by, odd) == (total, total > 0 and not odd)


@pytest.mark.parametrize(
    "octets",
    [
        np.zeros(3, np.int64),
        np.zeros((2, 2), np.uint8),
        np.zeros(8, np.uint8)[::2],
        b"octets",
        None,
    ],
)
def test_a_kernel_takes_arrays_of_its_one_signature_only(octets: Any) -> None:
    with pytest.raises(TypeError, match="instead of"):
        as_number(octets)


def test_a_helper_is_compiled_once_for_numbers_in_the_source_and_for_others() -> None:
    @helper
    def increased(number: int, by: int) -> int:
        return number + by

    # A kernel out of the cache compiles nothing: this one is in no file.
    code = compile_of("def sums(number): return increased(number, 1) + increased(3, 4)")
    compiled = kernel(int, int)(FunctionType(code, {"increased": increased}))
    assert compiled(5) == 13
    assert len(increased.dispatcher.overloads) == 1  # type: ignore[attr-defined]


def compile_of(source: str) -> Any:
    """Code of a function that stands in no file."""
    names: dict[str, Any] = {}
    exec(compile(source, "<nowhere>", "exec"), names)  # noqa: S102
    return next(value.__code__ for value in names.values() if isinstance(value, FunctionType))


def test_a_kernel_that_has_no_file_is_compiled_nevertheless() -> None:
    doubled = FunctionType(compile_of("def doubled(number): return 2 * number"), {})
    assert kernel(int, int)(doubled)(21) == 42


def test_threads_that_call_a_kernel_at_once_have_it_compiled_once() -> None:
    told: list[object] = []
    tripled = FunctionType(compile_of("def tripled(number): return 3 * number"), {})
    made = kernel(int, int)(tripled)
    assert isinstance(made, Kernel)
    threads = [threading.Thread(target=lambda at=at: told.append(made(at))) for at in range(8)]
    entries = {made.load()}
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [3 * at for at in range(8)]
    assert entries == {made.load()}


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
        f"from is41.kernel import kernel\n{imported}\n"
        f"@kernel(int)\ndef whole():\n    return {call}\n"
    )
    script = "from whole import whole; print(whole(), whole.was_compiled)"
    # Python's own cache tells what changed by its length and the second, which is too coarse here.
    uncached = partial(run, script, tmp_path, PYTHONDONTWRITEBYTECODE="1")
    assert uncached() == "3 True"
    parts = tmp_path / "parts.py"
    for before, after, answer in [
        ("import part", "import part  # as it was", "3 False"),
        ("return 1", "return 2", "6 True"),
        ("BY = 3", "BY = 11", "22 True"),
        ("@part", "@helper", "22 True"),
    ]:
        parts.write_text(parts.read_text().replace(before, after))
        if after == "@helper":
            parts.write_text(parts.read_text().replace("import part", "import helper"))
        assert uncached() == answer


def test_whoever_asked_is_told_of_a_kernel_that_has_to_be_compiled(tmp_path: Path) -> None:
    tmp_path.joinpath("alone.py").write_text(
        "from is41.kernel import kernel\n@kernel(int)\ndef alone():\n    return 7\n"
    )
    script = (
        "from is41.kernel import TOLD_OF_COMPILING, load_all\n"
        "TOLD_OF_COMPILING.append(print)\n"
        "import alone; load_all(); print(alone.alone())"
    )
    assert run(script, tmp_path) == "alone\n7"
    assert run(script, tmp_path) == "7"
