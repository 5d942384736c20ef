"""What the window finds: pairs of registrations, as rows of one structured array."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from .layout import FOUND_AT, FOUND_FIRST, FOUND_MSID, FOUND_NEWEST, FOUND_SECOND, MSC_SHIFT, NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

# fmt: off
# The names are those of `Batch`.
REGISTRATION: Final = np.dtype([
    ("time",           np.int64),   # ms since 1970 UTC
    ("esn",            np.uint32),
    ("transaction_id", np.uint32),
    ("msc",            np.uint16),
    ("source",         np.uint8),
    ("flags",          np.uint8),
])
PAIR: Final = np.dtype([
    ("at",         np.int64),       # index in the batch of the registration that caused it
    ("found_at",   np.int64),       # ms since 1970 UTC: the newest time by then; 0 before any
    ("msid",       np.uint64),
    ("superseded", np.bool_),       # found before, and not so: another belongs between the two
    ("first",      REGISTRATION),
    ("second",     REGISTRATION),
])
# fmt: on

Findings: TypeAlias = "NDArray[np.void]"  # of PAIR, in order of finding


def pairs_of(found: NDArray[np.int64]) -> Findings:
    """Findings from the kernel's words, [finding, FOUND_*]."""
    pairs = np.empty(len(found), PAIR)
    pairs["at"] = found[:, FOUND_AT] >> 1
    pairs["superseded"] = found[:, FOUND_AT] & 1
    newest = found[:, FOUND_NEWEST]
    pairs["found_at"] = np.where(newest == NEVER, 0, newest)
    pairs["msid"] = found[:, FOUND_MSID]
    for name, word in (("first", FOUND_FIRST), ("second", FOUND_SECOND)):
        registration, origin = pairs[name], found[:, word + 2]
        registration["time"] = found[:, word]
        registration["esn"] = found[:, word + 1]
        registration["transaction_id"] = origin >> 32 & 0xFFFFFFFF
        registration["msc"] = origin >> MSC_SHIFT & 0xFFFF
        registration["source"] = origin >> 8 & 0xFF
        registration["flags"] = origin & 0xFF
    return pairs
