"""Memory that is reserved whole and becomes resident page by page, as it is touched."""

from __future__ import annotations

import contextlib
import mmap
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Python names it since 3.13; the number is Linux's on x86 and ARM.
MAP_NORESERVE: Final = getattr(mmap, "MAP_NORESERVE", 0x4000)


def reserve(length: int, dtype: type[np.generic], *, huge_octets: int = 0) -> NDArray[Any]:
    """*length* zeros that cost nothing until touched; huge pages for the first *huge_octets*."""
    octets = max(length, 1) * np.dtype(dtype).itemsize
    pages = mmap.mmap(-1, octets, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_NORESERVE)
    if huge_octets >= mmap.PAGESIZE:
        # Advice only: a kernel without huge pages refuses it, and is only slower.
        whole_pages = huge_octets // mmap.PAGESIZE * mmap.PAGESIZE
        with contextlib.suppress(OSError):
            pages.madvise(mmap.MADV_HUGEPAGE, 0, whole_pages)
    return np.frombuffer(pages, dtype)
