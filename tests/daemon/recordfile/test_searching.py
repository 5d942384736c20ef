"""Registrations searched for in one group."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.errors import InputError
from clonewatch.recordfile.blocks import block_of
from clonewatch.recordfile.keys import Key, Row, key_of
from clonewatch.recordfile.rows import RECEIVED, ROW
from clonewatch.recordfile.sealing import seal
from clonewatch.recordfile.searching import (
    EXPECTED_BLOCKS,
    Budget,
    OpenGroupSearch,
    search_sealed,
)
from clonewatch.registrations import Batch
from recordfiles import AT_10, Told, open_group, registrations

PLENTY = 1 << 20
BATCH = registrations(500)
KEYS = [key_of(each) for each in BATCH.registrations()]


def assert_found(found: dict[Key, Row], rows: list[int], first: int = 0) -> None:
    """Just these are found, with their columns and sequences."""
    assert sorted(found) == sorted({KEYS[row] for row in rows})
    for key, row in found.items():
        at = row.sequence - first
        assert KEYS[at] == key
        assert row[1:] == tuple(getattr(BATCH, name)[at] for name in Row._fields[1:])


ROWS = st.lists(st.integers(0, len(BATCH) - 1), min_size=1, max_size=20)
STRANGE = Key(6145550000, AT_10, 1, 2)


@pytest.mark.parametrize("sealed", [False, True])
@given(rows=ROWS)
def test_those_that_are_there_are_found(*, sealed: bool, rows: list[int]) -> None:
    keys = {KEYS[row] for row in rows} | {STRANGE}
    with TemporaryDirectory() as folder:
        group = open_group(Path(folder), BATCH, 70)
        if sealed:
            seal(group, Told())
            found = search_sealed(group.sealed_path, keys, Budget(PLENTY))
        else:
            found = OpenGroupSearch(group.open_path).search(keys, Budget(PLENTY))
        assert_found(found, rows, 70)


def test_of_copies_the_first_is_found(tmp_path: Path) -> None:
    group = open_group(tmp_path, Batch.joined([BATCH[:3], BATCH[1:2]]), 70)
    (row,) = OpenGroupSearch(group.open_path).search({KEYS[1]}, Budget(PLENTY)).values()
    assert row.sequence == 71


def test_a_sealed_group_of_many_row_groups_is_read_where_the_subscriber_may_be(
    tmp_path: Path,
) -> None:
    group = open_group(tmp_path, registrations(200_000, 7))
    seal(group, Told())
    assert pq.read_metadata(group.sealed_path).num_row_groups == 2
    batch = registrations(200_000, 7)
    for row in (int(batch.msid.argmin()), int(batch.msid.argmax())):
        key = next(batch[row : row + 1].registrations())
        budget = Budget(131_073)
        (found,) = search_sealed(group.sealed_path, {key_of(key)}, budget).values()
        assert found.sequence == row
        assert not budget.is_spent


class Receipts:
    """An open group whose blocks are received one second after another."""

    def __init__(self, folder: Path, blocks: int) -> None:
        self.path = folder / "group"
        self.written = 0
        self.write(blocks)
        self.group = OpenGroupSearch(self.path)

    def write(self, blocks: int) -> None:
        """Write more blocks of one row each."""
        with self.path.open("ab") as file:
            for row in range(self.written, self.written + blocks):
                file.write(block_of([(BATCH[row : row + 1], self.received(row))], row))
        self.written += blocks

    def received(self, row: int) -> int:
        return AT_10 + 1000 * row

    def key(self, row: int, *, received_later_ms: int = 0) -> Key:
        """The key of a registration, of such a time that it was received so much later."""
        return KEYS[row]._replace(time=self.received(row) - received_later_ms)


@pytest.fixture
def receipts(tmp_path: Path) -> Receipts:
    BATCH.time[:] = AT_10 + 1000 * np.arange(len(BATCH))
    return Receipts(tmp_path, 400)


def test_a_search_begins_where_the_registration_was_received(receipts: Receipts) -> None:
    for row in (0, 1, 200, 399):
        budget = Budget(EXPECTED_BLOCKS + 1)
        (found,) = receipts.group.search({receipts.key(row)}, budget).values()
        assert found.sequence == row
        assert not budget.is_spent


def test_what_is_written_later_is_found_later(receipts: Receipts) -> None:
    assert receipts.group.search({receipts.key(450)}, Budget(PLENTY)) == {}
    receipts.write(60)
    assert list(receipts.group.search({receipts.key(450)}, Budget(PLENTY))) == [receipts.key(450)]


def test_what_was_received_long_after_its_time_is_found_as_well(tmp_path: Path) -> None:
    before = BATCH.time.copy()
    BATCH.time[:] = AT_10
    it = Receipts(tmp_path, 400)
    key = KEYS[390]._replace(time=AT_10)
    try:
        assert list(it.group.search({key}, Budget(PLENTY))) == [key]
        assert it.group.search({key}, Budget(100)) == {}  # that is not enough to come so far
    finally:
        BATCH.time[:] = before


def test_a_damaged_block_costs_its_own_rows(tmp_path: Path) -> None:
    group = open_group(tmp_path, BATCH)
    octets = bytearray(group.open_path.read_bytes())
    octets[100] ^= 1
    group.open_path.write_bytes(octets)
    assert OpenGroupSearch(group.open_path).search({KEYS[3]}, Budget(PLENTY)) == {}


def test_a_damaged_sealed_group_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "group.parquet"
    path.write_bytes(b"PAR1 and nothing else")
    with pytest.raises(InputError, match="cannot be read"):
        search_sealed(path, {KEYS[0]}, Budget(PLENTY))
    with pytest.raises(FileNotFoundError):
        search_sealed(tmp_path / "other", {KEYS[0]}, Budget(PLENTY))


def test_the_receipt_is_what_a_row_begins_with() -> None:
    assert ROW.names is not None
    assert ROW.names[0] == RECEIVED
