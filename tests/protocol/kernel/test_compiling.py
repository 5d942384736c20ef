"""Kernels compiled by Numba. What they answer is in test_kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llvmlite import binding

from is41.kernel import OCTETS
from is41.kernel.compiling import compiled
from is41.kernel.parts import Part
from is41.kernel.signature import Signature

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def last(octets: NDArray[np.uint8]) -> int:
    """The last octet."""
    return int(octets[octets.size - 1])


def test_an_object_holds_the_function_that_is_named() -> None:
    symbol, octets = compiled(Part(last, inlined=False), Signature(int, (OCTETS,)))
    sections = binding.ObjectFileRef.from_data(octets).sections()
    strings = b"".join(each.data() for each in sections if each.name() in {".strtab", b".strtab"})
    assert symbol.encode() in strings
