"""Numbers in octets, the high octet first, as parts of kernels.

Without loops: one of a length that is told would be compiled as if the length could be any, and one
that copies would copy the last few one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from .kernel import DISABLED, Instruction, part

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


@part
def octet(octets: NDArray[np.uint8], at: int) -> int:
    """Read the octet *at* as a number of 64 bits, signed: wide enough to shift."""
    return int(np.int64(octets[at]))


@part
def half_word(octets: NDArray[np.uint8], at: int) -> int:
    """Read two octets."""
    return octet(octets, at) << 8 | octet(octets, at + 1)


@part
def word(octets: NDArray[np.uint8], at: int) -> int:
    """Read four octets."""
    return half_word(octets, at) << 16 | half_word(octets, at + 2)


def _move_type(
    _: object, source: Any, _at: object, target: Any, _to: object, _length: object
) -> tuple[object, Callable[..., object]]:
    from llvmlite import ir  # noqa: PLC0415  # only where a kernel is compiled
    from numba import types  # noqa: PLC0415
    from numba.core.cgutils import raw_memmove  # noqa: PLC0415

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> object:
        begins = [
            builder.gep(context.make_array(kind)(context, builder, array).data, [at])
            for kind, array, at in zip(
                signature.args[:4:2], values[:4:2], values[1:4:2], strict=True
            )
        ]
        raw_memmove(builder, begins[1], begins[0], values[4], ir.Constant(values[4].type, 1))
        return context.get_dummy_value()

    return types.void(source, types.int64, target, types.int64, types.int64), generate


def _move_in_python(
    source: NDArray[np.uint8], at: int, target: NDArray[np.uint8], to: int, length: int
) -> None:
    target[to : to + length] = source[at : at + length]


# As many octets as are told, at least one, from one array to another, or within one.
_move: Callable[[NDArray[np.uint8], int, NDArray[np.uint8], int, int], None]
_move = _move_in_python if DISABLED else cast("Any", Instruction(_move_type))


@part
def copy(source: NDArray[np.uint8], at: int, end: int, target: NDArray[np.uint8], to: int) -> None:
    """Copy octets *at* to *end*; where the arrays are one, all are read before any is written."""
    if end > at:
        _move(source, at, target, to, end - at)
