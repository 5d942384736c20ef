"""Parquet of others' making."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.errors import InputError
from clonewatch.mscs import Msc, Mscs
from clonewatch.registrations import Batch
from clonewatch.sources.parquet import is_parquet, read_parquet
from clonewatch.sources.records import read_records

MSCS = Mscs([Msc(mscid=4660 << 8 | 1, name="MSC A"), Msc(mscid=4660 << 8 | 2, name="MSC B")])
Refused = list[tuple[str, int, str]]
AT_10 = datetime(2026, 11, 22, 10, 0, 0, 250_999, UTC)


def read(path: Path, **most: int) -> tuple[list[dict[str, Any]], Refused]:
    refused: Refused = []
    batches = list(read_parquet(path, 7, MSCS, refuse=lambda *told: refused.append(told), **most))
    return rows_of(batches), refused


def rows_of(batches: list[Batch]) -> list[dict[str, Any]]:
    batch = Batch.joined(batches)
    names = ("time", "msid", "esn", "msc", "mscid", "transaction_id", "source", "flags")
    return [{name: int(getattr(batch, name)[at]) for name in names} for at in range(len(batch))]


def written(folder: Path, columns: dict[str, Any], **options: Any) -> Path:
    path = folder / "g.parquet"
    pq.write_table(pa.table(columns), path, **options)
    return path


TEXT = {
    "time": ["2026-11-22T10:00:00.250Z"],
    "min": ["0145551234"],
    "esn": ["82123456"],
    "mscid": ["4660-2"],
}
NUMBERS = {"min": [145551234], "esn": [0x82123456], "mscid": [4660 << 8 | 2]}


@pytest.mark.parametrize(
    "columns",
    [
        TEXT,
        {**TEXT, "mscid": ["MSC B"], "colour": ["green"]},
        {**NUMBERS, "time": [AT_10]},
        {**NUMBERS, "time": pa.array([AT_10], pa.timestamp("ns", "America/New_York"))},
        {**NUMBERS, "time": pa.array([AT_10.replace(tzinfo=None)], pa.timestamp("us"))},
        {**NUMBERS, "time": [1795341600.25]},
    ],
)
def test_what_stands_in_records_csv_may_stand_in_parquet(
    columns: dict[str, Any], tmp_path: Path
) -> None:
    (row,), refused = read(written(tmp_path, columns))
    assert not refused
    assert (row["time"], row["msid"]) == (1_795_341_600_250, 145_551_234)
    assert (row["esn"], row["msc"], row["mscid"]) == (0x82123456, 1, 4660 << 8 | 2)
    assert row["source"] == 7


_WHOLE = st.integers(-2, 1 << 33) | st.sampled_from([10**10 - 1, 10**10, 1 << 40, 10**14])


@given(
    st.lists(
        st.tuples(
            st.integers(-5, 1 << 32), _WHOLE, _WHOLE, st.integers(-2, 1 << 25), _WHOLE, _WHOLE
        ),
        min_size=1,
        max_size=8,
    )
)
def test_numbers_mean_what_their_text_means(rows: list[tuple[int, ...]]) -> None:
    names = ("time", "min", "esn", "mscid", "transaction_id", "flags")
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    texts: dict[str, list[str]] = {name: list(map(str, cells)) for name, cells in columns.items()}
    texts["min"] = [f"{number:010d}" for number in columns["min"]]
    texts["esn"] = [f"{number:08X}" for number in columns["esn"]]
    texts["mscid"] = [f"{number >> 8}-{number & 0xFF}" for number in columns["mscid"]]
    with TemporaryDirectory() as folder:
        expected = read(written(Path(folder), texts))
        assert read(written(Path(folder), columns)) == expected


def test_a_number_beyond_64_bits_with_a_sign_is_refused(tmp_path: Path) -> None:
    columns = {**NUMBERS, "time": [1], "transaction_id": pa.array([1 << 63], pa.uint64())}
    rows, refused = read(written(tmp_path, columns))
    assert not rows
    assert [reason for reason, _, _ in refused] == ["record_malformed"]


def test_duckdb_makes_a_group_of_a_csv_file(tmp_path: Path) -> None:
    csv, path = tmp_path / "g.csv", tmp_path / "g.parquet"
    csv.write_text(
        "time,min,imsi,esn,mscid,transaction_id\n"
        "2026-11-22T10:00:00.250Z,6145551234,,82123456,4660-1,\n"
        "2026-11-22T10:01:00.000Z,,310006145551234,80123456,4660-2,7\n"
    )
    duckdb.execute(f"COPY (FROM read_csv('{csv}', all_varchar = true)) TO '{path}'")
    assert is_parquet(path)
    assert not is_parquet(csv)
    expected = rows_of(list(read_records(csv, 7, MSCS, refuse=lambda *_: None)))
    assert read(path) == (expected, [])


def test_rows_of_a_row_group_are_taken_in_order_of_time(tmp_path: Path) -> None:
    columns = {name: values * 4 for name, values in NUMBERS.items()} | {"time": [9, 3, 8, 2]}
    rows, _ = read(written(tmp_path, columns, row_group_size=2))
    assert [row["time"] // 1000 for row in rows] == [3, 9, 2, 8]


def test_a_bad_row_is_refused_with_its_number(tmp_path: Path) -> None:
    columns: dict[str, Any] = {name: values * 3 for name, values in TEXT.items()}
    columns["esn"] = ["82123456", "8212345x", "82123456"]
    columns["min"] = ["6145551234", "6145551234", None]
    rows, refused = read(written(tmp_path, columns, row_group_size=2))
    assert len(rows) == 1
    assert [(reason, row) for reason, row, _ in refused] == [
        ("esn_malformed", 2),
        ("record_malformed", 3),
    ]


def test_a_row_group_that_is_too_large_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    columns = {name: values * 5 for name, values in TEXT.items()}
    path = written(tmp_path, columns, row_group_size=3)
    rows, refused = read(path, rows_max=2)
    assert len(rows) == 2
    ((reason, row, detail),) = refused
    assert (reason, row) == ("row_group_too_large", 1)
    assert detail.startswith("row group 0 begins here and has 3 rows; write groups of at most 2 ")
    rows, refused = read(path, octets_max=1)
    assert (len(rows), [row for _, row, _ in refused]) == (0, [1, 4])


def test_a_column_that_contradicts_its_own_statistics_ends_no_process(tmp_path: Path) -> None:
    path = written(tmp_path, TEXT)
    optional, required = b"\x25\x02\x18\x03min", b"\x25\x00\x18\x03min"  # Thrift, of the schema
    octets = path.read_bytes()
    assert octets.count(optional) == 1
    path.write_bytes(octets.replace(optional, required))
    with pytest.raises(InputError, match="breaks off in row group 0"):
        read(path)


def test_what_cannot_be_read_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="heading 'mscid' is missing"):
        read(written(tmp_path, {name: v for name, v in TEXT.items() if name != "mscid"}))
    with pytest.raises(InputError, match="column 'esn'"):
        read(written(tmp_path, {**TEXT, "esn": [["8", "2"]]}))
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match="cannot be read"):
        read(broken)
