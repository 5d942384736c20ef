"""Rows of the record file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clonewatch.recordfile.rows import ROW, joined, moved, pack, unpacked
from clonewatch.registrations import DTYPES
from recordfiles import AT_10, registrations, same

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clonewatch.registrations import Batch


def packed(batch: Batch) -> NDArray[np.void]:
    """Rows of registrations, where something else stood before."""
    rows = np.full(len(batch) * ROW.itemsize, 0xFF, np.uint8).view(ROW)
    pack(batch, AT_10, rows)
    return rows


def test_a_row_holds_every_column_and_the_receipt() -> None:
    assert set(ROW.names or ()) == {*DTYPES, "received", "reserved"}
    assert ROW.itemsize == 48
    assert all(ROW[name] == np.dtype(dtype) for name, dtype in DTYPES.items())


def test_what_is_packed_is_unpacked() -> None:
    batch = registrations(100)
    rows = unpacked(packed(batch), np.arange(100))
    assert same(rows.batch, batch)
    assert set(rows.received.tolist()) == {AT_10}
    assert not packed(batch)["reserved"].any()


def test_rows_are_joined_and_moved_whole() -> None:
    batch = registrations(10)
    rows = joined([packed(batch[:4]), packed(batch[4:])])
    assert rows.tobytes() == packed(batch).tobytes()
    order = np.arange(10)[::-1]
    assert same(unpacked(moved(rows, order), order).batch, batch[order])
    assert len(joined([])) == 0


def test_some_of_the_rows() -> None:
    rows = unpacked(packed(registrations(10)), np.arange(5, 15))
    some = rows[rows.sequence > 12]
    assert some.sequence.tolist() == [13, 14]
    assert len(some) == len(some.batch) == len(some.received) == 2
