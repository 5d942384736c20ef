"""Memory for sealing that is used again for each group.

What the system hands out it clears first. A group needs some 80 MB, for a moment: on a virtual
machine, clearing that took as long as sorting the group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .rows import WORDS

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Room:
    """Arrays by what they are for; whoever asks for one gives up what stood in it before."""

    def __init__(self) -> None:
        self._arrays: dict[str, NDArray[np.uint64]] = {}

    def words(self, purpose: str, count: int) -> NDArray[np.uint64]:
        """Give *count* words of eight octets, whatever stands in them."""
        array = self._arrays.get(purpose)
        if array is None or len(array) < count:
            # The old one goes before the new one comes.
            self._arrays.pop(purpose, None)
            del array
            array = self._arrays[purpose] = np.empty(count, WORDS)
        return array[:count]

    def numbers(self, purpose: str, count: int) -> NDArray[np.int64]:
        """The same as signed numbers."""
        return self.words(purpose, count).view(np.int64)
