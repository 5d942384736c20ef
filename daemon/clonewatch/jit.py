"""What kernels do and Numba has no Python name for; and one name that mypy needs.

With NUMBA_DISABLE_JIT=1 plain Python stands in for all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from is41.kernel import DISABLED, Instruction, part

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

# Numba has integers of one width; mypy is told that they are Python's.
int64 = cast("Callable[[Any], int]", np.int64)

U64_MASK: Final = (1 << 64) - 1


def _wrapping_product(a: np.uint64, b: np.uint64) -> np.uint64:
    """The low 64 bits of a x b."""
    return a * b


def _wrapping_product_in_python(a: np.uint64, b: np.uint64) -> np.uint64:
    """Likewise; NumPy's scalars would warn of the overflow."""
    return np.uint64(int(a) * int(b) & U64_MASK)


def _prefetch_type(_: object, array: Any, at: Any) -> tuple[object, Callable[..., object]]:
    from llvmlite import ir  # noqa: PLC0415  # only where a kernel is compiled
    from numba import types  # noqa: PLC0415
    from numba.core.cgutils import get_or_insert_function  # noqa: PLC0415

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


def _bit_length_type(_: object, number: Any) -> tuple[object, Callable[..., object]]:
    from llvmlite import ir  # noqa: PLC0415  # only where a kernel is compiled
    from numba import types  # noqa: PLC0415

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> object:
        i64 = ir.IntType(64)
        value = context.cast(builder, values[0], signature.args[0], types.int64)
        return builder.sub(i64(64), builder.ctlz(value, ir.IntType(1)(0)))

    return types.int64(number), generate


def _bit_length_in_python(number: int) -> int:
    return int(number).bit_length()


def _prefetch_in_python(array: NDArray[Any], at: int) -> None:
    """Python has no cache lines to fetch."""


# Low 64 bits of a product; fetch the cache line of array[at] (one dimension, contiguous); and the
# bits of a number that is not negative, as of Python's int.bit_length.
wrapping_product: Callable[[np.uint64, np.uint64], np.uint64]
prefetch: Callable[[NDArray[Any], int], None]
bit_length: Callable[[int], int]
if DISABLED:
    wrapping_product, prefetch = _wrapping_product_in_python, _prefetch_in_python
    bit_length = _bit_length_in_python
else:
    wrapping_product = part(_wrapping_product)
    prefetch = cast("Callable[[NDArray[Any], int], None]", Instruction(_prefetch_type))
    bit_length = cast("Callable[[int], int]", Instruction(_bit_length_type))
