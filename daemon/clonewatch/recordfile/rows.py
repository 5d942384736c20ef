"""One registration as the record file keeps it: fixed-width rows, and columns again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.registrations import DTYPES, Batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

RECEIVED: Final = "received"
# A row of an open group: little-endian, 48 octets without gaps. The columns are `Batch`'s, widest
# first.
ROW: Final = np.dtype(
    [
        (RECEIVED, "<i8"),  # ms since 1970 UTC
        ("time", "<i8"),
        ("msid", "<u8"),
        ("esn", "<u4"),
        ("mscid", "<u4"),
        ("transaction_id", "<u4"),
        ("msc", "<u2"),
        ("transaction_capability", "<u2"),
        ("location_area", "<u2"),
        ("source", "u1"),
        ("flags", "u1"),
        ("terminal_type", "u1"),
        ("system_access_type", "u1"),
        ("system_capabilities", "u1"),
        ("reserved", "u1"),
    ]
)
WORDS: Final = np.dtype("<u8")  # rows move as plain words, many times faster than field by field
WORDS_A_ROW: Final = ROW.itemsize // WORDS.itemsize


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Registrations of the record file, in order of arrival unless said otherwise."""

    sequence: NDArray[np.int64]
    received: NDArray[np.int64]  # ms since 1970 UTC
    batch: Batch

    def __len__(self) -> int:
        return len(self.sequence)

    def __getitem__(self, rows: slice | NDArray[np.intp] | NDArray[np.bool_]) -> Rows:
        """Some of the rows: views for a slice, copies otherwise."""
        return Rows(
            sequence=self.sequence[rows], received=self.received[rows], batch=self.batch[rows]
        )


def pack(batch: Batch, received_ms: int, rows: NDArray[np.void]) -> None:
    """Fill *rows*, as many, with registrations that were received together."""
    rows[RECEIVED] = received_ms
    for name in DTYPES:
        rows[name] = getattr(batch, name)
    rows["reserved"] = 0


def unpacked(rows: NDArray[np.void], sequence: NDArray[np.int64]) -> Rows:
    """Columns of rows, copied out of whatever file these lie in."""
    columns = {name: rows[name].astype(dtype) for name, dtype in DTYPES.items()}
    batch = Batch(**columns, messages=None)
    return Rows(sequence=sequence, received=rows[RECEIVED].astype(np.int64), batch=batch)


def joined(
    parts: Sequence[NDArray[np.void]], out: NDArray[np.uint64] | None = None
) -> NDArray[np.void]:
    """Rows of *parts*, one after another; in *out*, as many words, if that is given."""
    words = [np.empty(0, WORDS), *(part.view(WORDS) for part in parts)]
    return np.concatenate(words, out=out).view(ROW)


def moved(rows: NDArray[np.void], order: NDArray[np.intp]) -> NDArray[np.void]:
    """Give *rows* in another *order*."""
    words = rows.view(WORDS).reshape(len(rows), WORDS_A_ROW)
    return np.take(words, order, axis=0).reshape(-1).view(ROW)
