"""What the record file holds already of a group whose reading was cut short.

The process may have been killed between a registration's way into the record file and any note of
it, so that only the record file itself can tell. What it kept are the group's registrations in
their order: but for the end, and for what a failing disk or a power cut tore out.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from clonewatch.recordfile.rows import Rows
    from clonewatch.registrations import Batch

    from .folders import Note

# What tells one registration from another, and comes out of the group alone.
KEY: Final = np.dtype(
    [
        ("time", "<i8"),
        ("msid", "<u8"),
        ("esn", "<u4"),
        ("mscid", "<u4"),
        ("transaction_id", "<u4"),
    ]
)
WINDOW_ROWS: Final = 1 << 19  # looked through for a batch, which has half as many at most: ours
_TEXT: Final = f"S{KEY.itemsize}"  # compares as octets, which void types do not


class Kept:
    """Registrations that are kept, to be left out when they are read again."""

    def __init__(self, rows: Iterable[Rows], note: Note) -> None:
        self._parts = _keys_of_parts(rows, note)
        self._keys = np.empty(0, KEY)  # not met again yet

    def without(self, batch: Batch) -> Batch:
        """Those of *batch* that are not kept. To be asked for all batches, in their order."""
        wanted = keys_of(batch)
        while len(self._keys) < WINDOW_ROWS and (more := next(self._parts, None)) is not None:
            self._keys = np.concatenate([self._keys, more])
        if np.array_equal(self._keys[: len(wanted)], wanted):
            self._keys = self._keys[len(wanted) :]
            return batch[:0]
        window = self._keys[:WINDOW_ROWS]
        both = _each_once(np.concatenate([window, wanted]).view(_TEXT), len(window))
        left = ~np.isin(both[: len(window)], both[len(window) :])
        new = ~np.isin(both[len(window) :], both[: len(window)])
        self._keys = np.concatenate([window[left], self._keys[WINDOW_ROWS:]])
        return batch[new]


def keys_of(batch: Batch) -> NDArray[np.void]:
    """The keys of registrations."""
    keys = np.empty(len(batch), KEY)
    for name in KEY.names or ():
        keys[name] = getattr(batch, name)
    return keys


def _keys_of_parts(parts: Iterable[Rows], note: Note) -> Iterator[NDArray[np.void]]:
    # What cannot be read of the record file is not kept; copies of what may follow do no harm, as
    # the detector knows them.
    with contextlib.suppress(InputError):
        for rows in parts:
            ours = (rows.sequence >= note.sequence) & np.isin(rows.batch.source, note.sources)
            yield keys_of(rows.batch[ours])


def _each_once(keys: NDArray[np.bytes_], first: int) -> NDArray[np.int64]:
    """A number for each key; equal keys share it in pairs, one of the *first* and one behind."""
    numbers = np.unique(keys, return_inverse=True)[1].astype(np.int64).ravel()
    return np.concatenate(
        [_numbered(part, len(keys)) for part in (numbers[:first], numbers[first:])]
    )


def _numbered(numbers: NDArray[np.int64], factor: int) -> NDArray[np.int64]:
    """Each number times *factor*, plus how often it stood there before."""
    order = np.argsort(numbers, kind="stable")
    at = np.arange(len(numbers))
    begins = np.ones(len(numbers), np.bool_)
    begins[1:] = numbers[order][1:] != numbers[order][:-1]
    before = np.empty(len(numbers), np.int64)
    before[order] = at - np.maximum.accumulate(np.where(begins, at, 0))
    return numbers * factor + before
