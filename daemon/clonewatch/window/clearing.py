"""Pages that another thread has cleared shortly before they are used.

Memory becomes resident when it is touched first: the system clears a page, and whoever touched it
waits, for a huge page a fifth of a millisecond, or five where the host of a virtual machine has to
find it first. Rows, rings and the newest level of an index are used from their front to their end,
so that it is known which page comes next.
"""

from __future__ import annotations

import ctypes
import mmap
import threading
from dataclasses import dataclass
from functools import cache
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

HUGE_PAGE: Final = 2 << 20  # octets
STEP: Final = HUGE_PAGE // 4  # octets in use more, between two looks
AHEAD: Final = HUGE_PAGE  # octets of each front; ours: more would count as memory in use
MADV_POPULATE_WRITE: Final = 23  # Linux 5.14; madvise(2)

_madvise = ctypes.CDLL(None).madvise  # `mmap.madvise` would keep the GIL
_madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)


@dataclass(slots=True)
class Front:
    """A table that is used from its front: *used* tells of how many octets of *array*, so far."""

    array: NDArray[Any]
    used: Callable[[], int]
    cleared: int = 0  # octets

    def clear(self) -> bool:
        """Clear what is missing; False where the system does not do that."""
        first, octets = self.array.ctypes.data, self.array.nbytes
        while (used := self.used()) + AHEAD > self.cleared < octets:
            begin = first + max(used, self.cleared)
            end = min((begin // HUGE_PAGE + 1) * HUGE_PAGE, first + octets)
            begin -= begin % mmap.PAGESIZE
            if _madvise(begin, end - begin, MADV_POPULATE_WRITE):
                return False
            self.cleared = end - first
        return True


class Clearing:
    """Keeps pages cleared ahead of some fronts, where they grow."""

    def __init__(self, *fronts: Front) -> None:
        self._fronts = fronts
        self._looked_at = 0  # octets in use
        self._is_due = False
        self._is_able = True

    def look(self, octets: int) -> None:
        """Have pages cleared, if so many more octets are in use by now that some are missing."""
        if octets - self._looked_at >= STEP and self._is_able and not self._is_due:
            self._looked_at = octets
            self._is_due = True
            _work().put(self)

    def clear(self) -> None:
        """Clear what is missing."""
        self._is_able = all(front.clear() for front in self._fronts)
        self._is_due = False


@cache
def _work() -> SimpleQueue[Clearing]:
    """Whose pages are to be cleared, for the one thread that does it."""
    work: SimpleQueue[Clearing] = SimpleQueue()
    threading.Thread(target=_serve, args=(work,), name="pages", daemon=True).start()
    return work


def _serve(work: SimpleQueue[Clearing]) -> None:
    while True:
        work.get().clear()
