"""Groups read back."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clonewatch.errors import InputError
from clonewatch.recordfile.reading import earliest_ms, read, read_group, read_sealed
from clonewatch.recordfile.sealing import seal, table_of
from recordfiles import AT_10, HALF_HOUR, LATER, Told, open_group, registrations, same, whole

BATCH = registrations(1000)


def test_sealed_and_open_groups_follow_one_another_as_they_arrived(tmp_path: Path) -> None:
    seal(open_group(tmp_path, BATCH[:600]), Told())
    open_group(tmp_path, BATCH[600:], 600, start_ms=LATER, torn=b"CWR1")
    sequence, batch = whole(read(tmp_path))
    assert sequence.tolist() == list(range(1000))
    assert same(batch, BATCH)


def test_groups_received_long_ago_can_be_passed_over(tmp_path: Path) -> None:
    open_group(tmp_path, BATCH[:600])
    open_group(tmp_path, BATCH[600:], 600, start_ms=LATER)
    assert [len(rows) for rows in read(tmp_path, since_ms=LATER - 1)] == [600, 400]
    assert [len(rows) for rows in read(tmp_path, since_ms=LATER)] == [400]


def test_groups_before_a_sequence_can_be_passed_over(tmp_path: Path) -> None:
    assert not list(read(tmp_path, since_sequence=5))
    open_group(tmp_path, BATCH[:600])
    open_group(tmp_path, BATCH[600:], 600, start_ms=LATER)
    assert [len(rows) for rows in read(tmp_path, since_sequence=599)] == [600, 400]
    assert [len(rows) for rows in read(tmp_path, since_sequence=600)] == [400]
    assert [len(rows) for rows in read(tmp_path, since_sequence=2000)] == [400]


def test_the_earliest_half_hour_is_told_by_names_even_after_a_clock_was_set_back(
    tmp_path: Path,
) -> None:
    assert earliest_ms(tmp_path, 0) is None
    open_group(tmp_path, BATCH[:600], start_ms=LATER)
    assert earliest_ms(tmp_path, 600) == LATER
    open_group(tmp_path, BATCH[600:], 600)
    assert earliest_ms(tmp_path, 0) == earliest_ms(tmp_path, 600) == AT_10


def test_only_the_columns_asked_for_are_read(tmp_path: Path) -> None:
    group = open_group(tmp_path, BATCH)
    seal(group, Told())
    rows = read_group(group, ("time", "msid"))
    assert np.array_equal(rows.batch.time, BATCH.time)
    assert np.array_equal(rows.batch.msid, BATCH.msid)
    assert not rows.batch.esn.any()


def test_a_group_that_is_sealed_meanwhile_is_read_sealed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = open_group(tmp_path, BATCH)
    seal(group, Told())
    looked = iter([False])  # it was not, a moment ago
    monkeypatch.setattr(type(group), "is_sealed", property(lambda _: next(looked)))
    assert same(read_group(group).batch, BATCH)


def test_what_is_no_sealed_group_is_an_input_error(tmp_path: Path) -> None:
    path = tmp_path / "g.parquet"
    path.write_bytes(b"PAR1, or not")
    with pytest.raises(InputError, match=r"g\.parquet: cannot be read"):
        read_sealed(path)
    pq.write_table(pa.table({"time": [1], "sequence": [1]}), path)
    with pytest.raises(InputError, match="not a sealed group's"):
        read_sealed(path)


@pytest.mark.parametrize(
    ("sequences", "words"),
    [([5, 6, 5], "1 sequences stand twice"), ([5, 6, 1 << 40], "too many for a group")],
)
def test_sequences_that_no_group_has_are_an_input_error(
    sequences: list[int], words: str, tmp_path: Path
) -> None:
    group = open_group(tmp_path, BATCH[:3])
    table = table_of(read_group(group))
    index = table.schema.get_field_index("sequence")
    path = tmp_path / "odd.parquet"
    pq.write_table(table.set_column(index, table.schema.field(index), [sequences]), path)
    with pytest.raises(InputError, match=words):
        read_sealed(path)


def test_a_sealed_group_without_a_row_is_none_to_trip_over(tmp_path: Path) -> None:
    path = tmp_path / "empty.parquet"
    pq.write_table(table_of(read_group(open_group(tmp_path, BATCH[:0], AT_10))), path)
    assert len(read_sealed(path)) == 0


def test_a_group_that_retention_takes_while_others_are_read_is_passed_over(tmp_path: Path) -> None:
    groups = [
        open_group(tmp_path, registrations(10), 10 * at, start_ms=AT_10 + at * HALF_HOUR)
        for at in range(3)
    ]
    for group in groups:
        seal(group, Told())
    reading = read(tmp_path)
    assert next(reading).sequence[0] == 0
    groups[1].sealed_path.unlink()
    (rest,) = reading
    assert rest.sequence[0] == 20
