"""What the record file holds already of a group."""

from collections.abc import Iterator

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.errors import InputError
from clonewatch.recordfile.rows import Rows
from clonewatch.registrations import Batch, Registration
from clonewatch.sources.spool.folders import Note
from clonewatch.sources.spool.kept import Kept

SOURCE = 3
NOTE = Note(100, (SOURCE,))


def batch_of(numbers: list[int], source: int = SOURCE) -> Batch:
    return Batch.of(
        [Registration(time=n, msid=n, esn=0, msc=0, mscid=0, source=source) for n in numbers]
    )


def rows_of(batch: Batch, first: int = 100) -> Rows:
    sequence = np.arange(first, first + len(batch))
    return Rows(sequence=sequence, received=np.zeros(len(batch), np.int64), batch=batch)


def left(kept: Kept, numbers: list[int], size: int) -> list[int]:
    times: list[int] = []
    for at in range(0, len(numbers), size):
        times += kept.without(batch_of(numbers[at : at + size])).time.tolist()
    return times


def test_what_is_kept_to_a_point_is_left_out_to_that_point() -> None:
    kept = Kept([rows_of(batch_of([1, 2, 2])), rows_of(batch_of([3]), 200)], NOTE)
    assert left(kept, [1, 2, 2, 3, 3, 4], 2) == [3, 4]


def test_earlier_sequences_and_other_sources_are_of_no_concern() -> None:
    kept = Kept([rows_of(batch_of([1, 2]), 99), rows_of(batch_of([3], source=4))], NOTE)
    assert left(kept, [1, 2, 3], 3) == [1, 3]


def test_a_record_file_that_breaks_off_keeps_what_can_be_read() -> None:
    def parts() -> Iterator[Rows]:
        yield rows_of(batch_of([1]))
        raise InputError("x.parquet", "damaged")

    assert left(Kept(parts(), NOTE), [1, 2], 1) == [2]


@given(st.data(), st.lists(st.integers(0, 5), max_size=40), st.integers(1, 9))
def test_any_part_kept_and_the_rest_make_the_whole(
    data: st.DataObject, numbers: list[int], size: int
) -> None:
    mask = data.draw(st.lists(st.booleans(), min_size=len(numbers), max_size=len(numbers)))
    kept = [number for number, keep in zip(numbers, mask, strict=True) if keep]
    rest = left(Kept([rows_of(batch_of(kept))], NOTE), numbers, size)
    assert sorted(kept + rest) == sorted(numbers)
