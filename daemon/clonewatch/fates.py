"""What became of messages, by the IS-41 operation that each invokes.

They are counted without an object each. A code is a fate and an operation's specifier in one
number. Only messages that gave no registration are counted by code: the others are all there were,
less these.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from is41.map.operations import Operation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

OTHER: Final = "other"  # what invokes no operation that the table of TIA-41 has
CODES: Final = 1 << 10  # how many there may be
_NAMES: Final = {int(operation): operation.standard_name for operation in Operation}


class Fate(IntEnum):
    """What became of a message."""

    READ = 0  # and it held no registration
    RETURNED = 1  # a unitdata service brought it back to whoever sent it
    REFUSED = 2
    TAKEN = 3  # it gave registrations


def code_of(fate: Fate, operation: int) -> int:
    """The code of a message."""
    return fate << 8 | operation


def fates_of(codes: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """What became of messages, each a `Fate`."""
    return codes >> np.uint16(8)


def counted(codes: NDArray[np.uint16]) -> dict[int, int]:
    """How often each code stands there."""
    counts = np.bincount(codes, minlength=CODES)
    found = np.flatnonzero(counts)
    return dict(zip(found.tolist(), counts[found].tolist(), strict=True))


def by_operation(messages: int, others: Mapping[int, int]) -> dict[tuple[str, str], int]:
    """All *messages* by the name of their operation and their fate; *others*: by code."""
    told: dict[tuple[str, str], int] = {}
    taken = messages - sum(others.values())
    regnots = code_of(Fate.TAKEN, Operation.REGISTRATION_NOTIFICATION)
    for code, count in {regnots: taken, **others}.items():
        key = _NAMES.get(code & 0xFF, OTHER), Fate(code >> 8).name.lower()
        told[key] = told.get(key, 0) + count
    return told
