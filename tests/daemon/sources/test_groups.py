"""Groups of a record file as a source."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clonewatch.errors import InputError
from clonewatch.mscs import Msc, Mscs
from clonewatch.recordfile.reading import read_group
from clonewatch.recordfile.sealing import seal, table_of
from clonewatch.registrations import MSC_UNKNOWN, Batch
from clonewatch.sources.groups import NEEDED, gathered, is_group, read_groups
from recordfiles import LATER, Told, open_group, registrations, with_messages

MSCS = Mscs([Msc(mscid=4660 << 8 | 1, name="MSC A"), Msc(mscid=4660 << 8 | 2, name="MSC B")])
BATCH = registrations(900)
BATCH.mscid[:] = (4660 << 8) + np.arange(900) % 3


def record_file(directory: Path) -> Path:
    """One sealed group, and one open."""
    seal(open_group(directory, BATCH[:600]), Told())
    open_group(directory, BATCH[600:], 600, start_ms=LATER)
    return directory


def assert_read(paths: list[Path], expected: Batch) -> None:
    batch = Batch.joined(list(read_groups(paths, 7, MSCS)))
    for name in NEEDED:
        assert np.array_equal(getattr(batch, name), getattr(expected, name))
    assert set(batch.source.tolist()) == {7}
    assert batch.msc.tolist() == [(MSC_UNKNOWN, 0, 1)[mscid & 0xFF] for mscid in expected.mscid]


def test_a_record_file_is_read_in_order_of_arrival(tmp_path: Path) -> None:
    assert_read([record_file(tmp_path)], BATCH)


def test_some_of_its_groups_are_read_together(tmp_path: Path) -> None:
    first, second = sorted(record_file(tmp_path).iterdir())
    other = tmp_path / "g.csv"
    assert gathered([second, other, first]) == [[other], [first, second]]
    assert_read([first, second], BATCH)
    assert_read([second], BATCH[600:])


def test_messages_beside_groups_are_left_out(tmp_path: Path) -> None:
    seal(open_group(tmp_path, with_messages(BATCH[:600])), Told())
    open_group(tmp_path, with_messages(BATCH[600:]), 600, start_ms=LATER)
    paths = list(tmp_path.iterdir())
    assert len(paths) == 4
    (together,) = gathered(paths)
    assert_read(together, BATCH)
    (messages,) = tmp_path.glob("*.octets")
    assert gathered([messages]) == [[messages]]  # whoever reads it says that it is no group


def test_a_file_with_a_groups_columns_is_read_under_any_name(tmp_path: Path) -> None:
    group = open_group(tmp_path, BATCH)
    path = tmp_path / "export.parquet"
    pq.write_table(table_of(read_group(group)), path, row_group_size=100)
    assert is_group(path)
    assert_read([path], BATCH)
    path.write_bytes(path.read_bytes()[:100])
    assert not is_group(path)
    with pytest.raises(InputError, match=r"export\.parquet: cannot be read"):
        list(read_groups([path], 0, MSCS))


def test_columns_that_could_be_null_are_read_as_long_as_none_is(tmp_path: Path) -> None:
    table = table_of(read_group(open_group(tmp_path, BATCH)))
    table = table.cast(pa.schema([field.with_nullable(nullable=True) for field in table.schema]))
    path = tmp_path / "export.parquet"
    pq.write_table(table, path)
    assert is_group(path)
    assert_read([path], BATCH)
    esns = pa.array([None, *table["esn"].to_pylist()[1:]], pa.uint32())
    pq.write_table(table.set_column(2, table.schema.field("esn"), esns), path)
    with pytest.raises(InputError, match=r"export\.parquet: column 'esn' lacks 1 values"):
        list(read_groups([path], 0, MSCS))


def test_a_folder_without_groups_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no group of a record file"):
        list(read_groups([tmp_path], 0, MSCS))
