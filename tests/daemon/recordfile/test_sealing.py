"""An open group becomes Parquet."""

from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.errors import InputError
from clonewatch.recordfile.reading import read_group
from clonewatch.recordfile.sealing import (
    SCHEMA,
    may_hold,
    open_contents,
    readable,
    seal,
    write_parquet,
)
from clonewatch.registrations import DTYPES
from recordfiles import (
    AT_10,
    Told,
    blocks,
    messages_kept,
    open_group,
    registrations,
    same,
    with_messages,
)


def test_a_sealed_group_is_sorted_and_reads_back_in_order_of_arrival(tmp_path: Path) -> None:
    batch, told = registrations(10_000), Told()
    group = open_group(tmp_path, batch, 500)
    seal(group, told)
    assert told.kinds == ["Sealed"]
    assert [path.name for path in tmp_path.iterdir()] == [group.sealed_path.name]
    table = pq.read_table(group.sealed_path)
    assert table.schema.equals(SCHEMA)
    columns = [table[name].to_numpy().astype(np.int64) for name in ("sequence", "time", "msid")]
    assert (np.lexsort(columns) == np.arange(10_000)).all()
    rows = read_group(group)
    assert same(rows.batch, batch)
    assert rows.sequence.tolist() == list(range(500, 10_500))
    assert set(rows.received.tolist()) == {AT_10}


def test_what_is_damaged_is_left_out_and_said(tmp_path: Path) -> None:
    batch, told = registrations(9000), Told()
    group = open_group(tmp_path, batch)
    octets = bytearray(group.open_path.read_bytes())
    octets[len(blocks(batch)[0]) + 100] ^= 1
    group.open_path.write_bytes(octets)
    seal(group, told)
    assert told.kinds == ["Damaged", "Sealed"]
    rows = read_group(group)
    assert rows.sequence.tolist() == [*range(4096), *range(8192, 9000)]
    assert same(rows.batch, batch[rows.sequence])


def test_a_group_without_a_row_is_removed(tmp_path: Path) -> None:
    told = Told()
    seal(open_group(tmp_path, registrations(0), torn=b"CWR1"), told)
    assert not told
    assert not list(tmp_path.iterdir())


def test_messages_are_sealed_with_their_group_and_damage_is_said(tmp_path: Path) -> None:
    batch, told = with_messages(registrations(9000)), Told()
    group = open_group(tmp_path, batch)
    octets = bytearray(group.messages_open_path.read_bytes())
    octets[100] ^= 1
    group.messages_open_path.write_bytes(octets)
    seal(group, told)
    assert told.kinds == ["Damaged", "Sealed"]
    assert sorted(tmp_path.iterdir()) == [group.messages_sealed_path, group.sealed_path]
    assert sorted(messages_kept(tmp_path)) == list(range(4096, 9000))
    assert len(read_group(group)) == 9000


def test_messages_of_which_nothing_is_whole_are_removed(tmp_path: Path) -> None:
    group = open_group(tmp_path, registrations(10))
    group.messages_open_path.write_bytes(b"CWM1 and no more")
    seal(group, Told())
    assert list(tmp_path.iterdir()) == [group.sealed_path]


def test_sealing_twice_changes_nothing(tmp_path: Path) -> None:
    group = open_group(tmp_path, registrations(10))
    seal(group, Told())
    before = group.sealed_path.read_bytes()
    seal(group, Told())
    assert group.sealed_path.read_bytes() == before


def test_duckdb_and_polars_read_a_group_as_it_is(tmp_path: Path) -> None:
    batch = registrations(1000)
    group = open_group(tmp_path, batch)
    write_parquet(group.sealed_path, [open_contents(group.open_path).rows()])
    relation = duckdb.execute(
        f"SELECT epoch_ms(time) AS ms, * FROM read_parquet('{group.sealed_path}') ORDER BY sequence"  # noqa: S608
    ).fetchnumpy()
    frame = pl.read_parquet(group.sealed_path).sort("sequence")
    for name in DTYPES:
        values = getattr(batch, name)
        assert (relation["ms" if name == "time" else name] == values).all()
        assert (frame[name].to_physical().to_numpy() == values).all()


MSIDS = st.integers(0, (1 << 64) - 1)


@given(st.lists(MSIDS, min_size=1, max_size=5), st.lists(MSIDS, max_size=5))
def test_a_row_group_is_passed_over_only_if_nothing_wanted_lies_within_its_bounds(
    held: list[int], wanted: list[int]
) -> None:
    octets = pa.BufferOutputStream()
    pq.write_table(pa.table({"msid": pa.array(held, pa.uint64())}), octets)
    file = pq.ParquetFile(pa.BufferReader(octets.getvalue()))
    within = any(min(held) <= msid <= max(held) for msid in wanted)
    assert may_hold(file, 0, 0, np.array(sorted(wanted), np.uint64)) is within


def test_what_cannot_be_read_is_told_with_its_path(tmp_path: Path) -> None:
    path = tmp_path / "none.parquet"
    with pytest.raises(InputError, match=r"none\.parquet: cannot be read"), readable(path):
        pq.ParquetFile(path)
