"""Kernels, their cache, and what stands in for them in plain Python."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from clonewatch import jit

if TYPE_CHECKING:
    from pathlib import Path

KERNEL = """
from numba import types
from clonewatch.jit import kernel, prefetch
from helpers import add
@kernel(types.int64(types.int64[::1]))
def total(numbers):
    found = 0
    for at in range(len(numbers)):
        prefetch(numbers, at + 8)
        found = add(found, numbers[at])
    return found
"""
HELPER = """
from clonewatch.jit import inlined
@inlined
def add(a, b):
    return a + b
"""
SCRIPT = """
import numpy, kernels
print(kernels.total(numpy.arange(5)))
"""


def run(folder: Path, script: str = SCRIPT, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "kernels.py").write_text(KERNEL, encoding="utf-8")
    (tmp_path / "helpers.py").write_text(HELPER, encoding="utf-8")
    return tmp_path


def test_a_changed_helper_makes_its_kernel_compile_anew(folder: Path) -> None:
    assert run(folder) == "10"
    compiled = {path: path.stat().st_mtime_ns for path in folder.glob("__pycache__/*.nbc")}
    assert len(compiled) == 1
    assert run(folder) == "10"
    assert {path: path.stat().st_mtime_ns for path in folder.glob("__pycache__/*.nbc")} == compiled
    (folder / "helpers.py").write_text(HELPER.replace("a + b", "a + 2 * b"), encoding="utf-8")
    assert run(folder) == "20"


def test_without_a_place_for_a_cache_it_still_compiles(folder: Path) -> None:
    (folder / "__pycache__").write_text("in the way", encoding="utf-8")
    nowhere = str(folder / "kernels.py")  # no directory either
    assert run(folder, NUMBA_CACHE_DIR="", HOME=nowhere, XDG_CACHE_HOME=nowhere) == "10"


def test_it_steps_aside_where_jit_is_disabled(folder: Path) -> None:
    assert run(folder, NUMBA_DISABLE_JIT="1") == "10"
    assert not list(folder.glob("__pycache__/*.nbc"))


def test_a_product_keeps_its_low_64_bits() -> None:
    a, b = np.uint64(0xFFFF_FFFF_FFFF_FFFB), np.uint64(0x9E37_79B9_7F4A_7C15)
    expected = int(a) * int(b) % 2**64
    assert int(jit.wrapping_product(a, b)) == expected
    assert int(jit._wrapping_product_in_python(a, b)) == expected  # noqa: SLF001
