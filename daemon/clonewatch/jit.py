"""Numba in one place, with types: kernels, their helpers, and two things LLVM has no Python name for.

With NUMBA_DISABLE_JIT=1 all of it steps aside and kernels run as plain Python, for machines that
forbid memory which is both writable and executable.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import numpy as np
from llvmlite import ir
from numba import config, njit, types
from numba.core.caching import FunctionCache
from numba.core.cgutils import get_or_insert_function
from numba.extending import intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

# Numba has integers of one width; mypy is told that they are Python's.
int64 = cast("Callable[[Any], int]", np.int64)

F = TypeVar("F", bound="Callable[..., object]")

DISABLED: Final = bool(config.DISABLE_JIT)
U64_MASK: Final = (1 << 64) - 1
# Kernels make no array and keep none, so they need not count references: that would cost atomic
# operations at each use of an array in a tuple. Nobody calls them from C.
OPTIONS: Final = {"nogil": True, "error_model": "numpy", "_nrt": False, "no_cfunc_wrapper": True}


class PackageCache(FunctionCache):  # type: ignore[misc]
    """Numba's cache on disk, stale as soon as any module beside the kernel changes.

    Numba looks at the kernel's own file only, and would go on using helpers as they once were.
    """

    def _index_key(self, signature: object, codegen: object) -> tuple[object, ...]:
        package = Path(self._py_func.__code__.co_filename).parent
        stamp = hashlib.sha256()
        for path in (*sorted(package.glob("*.py")), Path(__file__)):
            stamp.update(path.read_bytes())
        return (*super()._index_key(signature, codegen), stamp.hexdigest())


def kernel(signature: object) -> Callable[[F], F]:
    """Compile for this one signature, on import or, faster, from the cache; release the GIL."""

    def decorate(function: F) -> F:
        if DISABLED:
            return function
        dispatcher = njit(**OPTIONS)(function)
        with contextlib.suppress(RuntimeError):  # no directory to write in: compile at each start
            dispatcher._cache = PackageCache(function)  # noqa: SLF001
        dispatcher.compile(signature)
        dispatcher.disable_compile()
        compiled: F = dispatcher
        return compiled

    return decorate


def helper(function: F) -> F:
    """Compile where a kernel calls it: for what is called seldom."""
    compiled: F = njit(**OPTIONS)(function)
    return compiled


def inlined(function: F) -> F:
    """Compile into the kernel that calls it: for what every registration passes through."""
    compiled: F = njit(**OPTIONS, forceinline=True)(function)
    return compiled


def _wrapping_product(a: np.uint64, b: np.uint64) -> np.uint64:
    """The low 64 bits of a x b."""
    return a * b


def _wrapping_product_in_python(a: np.uint64, b: np.uint64) -> np.uint64:
    """Likewise; NumPy's scalars would warn of the overflow."""
    return np.uint64(int(a) * int(b) & U64_MASK)


def _prefetch_type(_: object, array: Any, at: Any) -> tuple[object, Callable[..., object]]:
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> object:
        data = context.make_array(signature.args[0])(context, builder, values[0]).data
        pointer = builder.bitcast(builder.gep(data, [values[1]]), ir.IntType(8).as_pointer())
        i32 = ir.IntType(32)
        function = get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.VoidType(), [pointer.type, i32, i32, i32]),
            "llvm.prefetch.p0",
        )
        to_write, keep, data_cache = i32(1), i32(3), i32(1)
        builder.call(function, [pointer, to_write, keep, data_cache])
        return context.get_dummy_value()

    return types.void(array, at), generate


def _prefetch_in_python(array: NDArray[Any], at: int) -> None:
    """Python has no cache lines to fetch."""


# Low 64 bits of a product; and: fetch the cache line of array[at] (one dimension, contiguous).
wrapping_product: Callable[[np.uint64, np.uint64], np.uint64]
prefetch: Callable[[NDArray[Any], int], None]
if DISABLED:
    wrapping_product, prefetch = _wrapping_product_in_python, _prefetch_in_python
else:
    wrapping_product, prefetch = inlined(_wrapping_product), intrinsic(_prefetch_type)
