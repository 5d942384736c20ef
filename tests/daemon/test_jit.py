"""What kernels do that Numba has no Python name for."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from clonewatch import jit

SCRIPT = """
import numpy
from clonewatch.jit import bit_length, prefetch, wrapping_product
from is41.kernel import Array, kernel
@kernel(None, Array(numpy.uint64))
def product(numbers):
    found = numpy.uint64(1)
    for at in range(len(numbers)):
        prefetch(numbers, at + 8)
        found = wrapping_product(found, numbers[at])
    numbers[1], numbers[2] = bit_length(at << 40), bit_length(0)
    numbers[0] = found
numbers = numpy.array([2**63 + 3, 5, 7], numpy.uint64)
product(numbers)
print(numbers.tolist())
"""


def test_a_product_keeps_its_low_64_bits() -> None:
    a, b = np.uint64(0xFFFF_FFFF_FFFF_FFFB), np.uint64(0x9E37_79B9_7F4A_7C15)
    expected = int(a) * int(b) % 2**64
    assert int(jit.wrapping_product(a, b)) == expected
    assert int(jit._wrapping_product_in_python(a, b)) == expected  # noqa: SLF001


@pytest.mark.parametrize("disabled", ["0", "1"])
def test_a_kernel_gives_the_same_with_and_without_a_compiler(disabled: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "NUMBA_DISABLE_JIT": disabled},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str([(2**63 + 3) * 35 % 2**64, 42, 0])


def test_nothing_asks_for_executable_memory_without_a_compiler() -> None:
    script = (
        "from llvmlite import binding\n"
        "def refuse(*_): raise OSError('cannot allocate executable memory')\n"
        "binding.check_jit_execution = binding.create_mcjit_compiler = refuse\n"
        "import clonewatch.window, numba\n"  # a package may import numba only when it is used
    )
    for disabled, code in (("1", 0), ("0", 1)):
        environment = {**os.environ, "NUMBA_DISABLE_JIT": disabled}
        done = subprocess.run(
            [sys.executable, "-c", script + SCRIPT],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert ("cannot allocate executable memory" in done.stderr) == bool(code)
