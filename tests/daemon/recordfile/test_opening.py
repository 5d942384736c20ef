"""Opening mends what a crash left."""

from itertools import chain, cycle
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.recordfile import sealing
from clonewatch.recordfile.blocks import NOT_ROWS_OCTETS
from clonewatch.recordfile.groups import GROUP_ROWS_MAX, Group, groups_in
from clonewatch.recordfile.groupwriter import GroupWriter
from clonewatch.recordfile.opening import Opened, opened
from clonewatch.recordfile.pending import NumberedBlock
from clonewatch.recordfile.reading import read
from clonewatch.recordfile.rows import ROW
from clonewatch.recordfile.sealing import seal
from clonewatch.recordfile.verify import verify
from recordfiles import (
    AT_10,
    LATER,
    Told,
    assert_messages_kept,
    blocks,
    message_blocks,
    open_group,
    registrations,
    same,
    whole,
    with_messages,
)

BATCH = with_messages(registrations(100))


def test_an_empty_folder_begins_at_0(tmp_path: Path) -> None:
    assert opened(tmp_path, AT_10, tell=Told()) == Opened()


def test_the_open_group_goes_on_within_its_half_hour(tmp_path: Path) -> None:
    group, told = open_group(tmp_path, BATCH, 500), Told()
    assert opened(tmp_path, LATER - 1, tell=told) == Opened(
        next_sequence=600,
        group=group,
        end=NOT_ROWS_OCTETS + 100 * ROW.itemsize,
        messages_end=len(message_blocks(BATCH, 500)[0]),
    )
    assert not told


def test_an_open_group_of_an_earlier_half_hour_is_to_be_sealed(tmp_path: Path) -> None:
    group = open_group(tmp_path, BATCH, 500)
    assert opened(tmp_path, LATER, tell=Told()) == Opened(next_sequence=600, to_seal=(group,))


def test_a_torn_block_is_cut_back_and_said(tmp_path: Path) -> None:
    group, told = open_group(tmp_path, BATCH, torn=b"CWR1\x07"), Told()
    assert opened(tmp_path, AT_10, tell=told).next_sequence == 100
    assert told.kinds == ["CutBack"]
    assert group.open_path.stat().st_size == NOT_ROWS_OCTETS + 100 * ROW.itemsize
    (rows,) = read(tmp_path)
    assert same(rows.batch, BATCH)


def test_a_group_that_was_just_begun_is_begun_again(tmp_path: Path) -> None:
    before = open_group(tmp_path, BATCH, 400, start_ms=AT_10 - 7_200_000)
    group = open_group(tmp_path, with_messages(registrations(0)), 500, torn=b"CWR1")
    group.messages_open_path.write_bytes(message_blocks(BATCH, 500)[0])
    begun = opened(tmp_path, AT_10, tell=Told())
    # Nobody may seal what the writer is going to write to: it has the same name.
    assert begun == Opened(next_sequence=500, to_seal=(before,))
    assert groups_in(tmp_path) == [before]
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("torn", [b"", b"CWM1\x07"])
def test_messages_that_are_torn_or_whose_rows_were_not_written_are_cut_off(
    tmp_path: Path, torn: bytes
) -> None:
    group, told = open_group(tmp_path, BATCH, 500), Told()
    whole_ones = group.messages_open_path.read_bytes()
    more = message_blocks(with_messages(registrations(5)), 600)[0]
    group.messages_open_path.write_bytes(whole_ones + more + torn)
    begun = opened(tmp_path, AT_10, tell=told)
    assert (begun.next_sequence, begun.messages_end) == (600, len(whole_ones))
    assert group.messages_open_path.read_bytes() == whole_ones
    assert told.kinds == ["CutBack"]
    assert_messages_kept(tmp_path)


def test_only_the_last_group_is_looked_into(tmp_path: Path) -> None:
    before = [open_group(tmp_path, BATCH, first, start_ms=AT_10 - 7_200_000) for first in (0, 100)]
    for group in before:
        group.open_path.unlink()
        group.open_path.mkdir()  # whoever reads it has an OSError
    last = open_group(tmp_path, BATCH, 200)
    begun = opened(tmp_path, AT_10, tell=Told())
    assert (begun.next_sequence, begun.group, begun.to_seal) == (300, last, tuple(before))


def test_a_torn_block_of_an_earlier_group_is_left_out_when_it_is_sealed(tmp_path: Path) -> None:
    group = open_group(tmp_path, BATCH, start_ms=AT_10 - 7_200_000, torn=b"CWR1\x07")
    open_group(tmp_path, BATCH, 100)
    assert opened(tmp_path, AT_10, tell=Told()).to_seal == (group,)
    seal(group, Told())
    sequence, _ = whole(read(tmp_path))
    assert sequence.tolist() == list(range(200))


def test_numbers_that_others_know_of_are_not_given_again(tmp_path: Path) -> None:
    open_group(tmp_path, BATCH)
    assert opened(tmp_path, AT_10, sequence_min=250, tell=Told()).next_sequence == 250
    assert opened(tmp_path, AT_10, sequence_min=50, tell=Told()).next_sequence == 100


def test_behind_a_sealed_group_a_new_one_begins(tmp_path: Path) -> None:
    seal(open_group(tmp_path, BATCH, 500), Told())
    assert opened(tmp_path, AT_10, tell=Told()) == Opened(next_sequence=600)


def test_a_sealed_group_that_cannot_be_read_gives_its_numbers_to_nobody(tmp_path: Path) -> None:
    group, told = open_group(tmp_path, BATCH, 500), Told()
    group.open_path.rename(group.sealed_path)
    assert opened(tmp_path, AT_10, tell=told).next_sequence == 500 + GROUP_ROWS_MAX
    assert told.kinds == ["Damaged"]


WRITES = list(  # as they are made: a block's messages before its rows
    chain.from_iterable(zip(message_blocks(BATCH, rows=10), blocks(BATCH, rows=10), strict=True))
)


@given(st.integers(0, sum(map(len, WRITES))))
def test_whenever_a_writer_is_killed_what_is_left_is_whole(end: int) -> None:
    with TemporaryDirectory() as folder:
        group = Group(Path(folder), AT_10, 0)
        written = {group.messages_open_path: b"", group.open_path: b""}
        left = end
        for path, octets in zip(cycle(written), WRITES, strict=False):
            written[path] += octets[:left]
            left -= min(left, len(octets))
        for path, octets in written.items():
            path.write_bytes(octets)
        begun = opened(group.directory, AT_10, tell=Told())
        assert begun.next_sequence % 10 == 0
        assert begun.next_sequence == 10 * sum(
            end >= sum(map(len, WRITES[: at + 2])) for at in range(0, len(WRITES), 2)
        )
        assert_messages_kept(group.directory)
        assert [each.faults for each in verify(group.directory) if each.faults] == []
        writer = GroupWriter(group.directory, begun, tell=Told())
        more = with_messages(registrations(5, 9))
        (octets,), (messages,) = (
            blocks(more, begun.next_sequence),
            message_blocks(more, begun.next_sequence),
        )
        assert writer.write(NumberedBlock(AT_10, begun.next_sequence, 5, octets, messages), 0.0)
        writer.close()
        assert_messages_kept(group.directory)
        assert [each.faults for each in verify(group.directory) if each.faults] == []


class Crash(BaseException):
    """The process ends here."""


STEPS = [
    ("write_messages", "before"),
    ("write_messages", "after"),
    ("write_parquet", "before"),
    ("write_parquet", "after"),
    ("sync_file", "after"),
    ("sync_directory", "before"),
    ("sync_directory", "after"),
]


@pytest.mark.parametrize(("step", "when"), STEPS)
def test_a_crash_while_sealing_neither_loses_nor_doubles(
    step: str, when: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = open_group(tmp_path, BATCH, 500)
    act = getattr(sealing, step)

    def crash(*given: object) -> None:
        if when == "after":
            act(*given)
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(sealing, step, crash)
        with pytest.raises(Crash):
            seal(group, Told())
    assert_stored_once(tmp_path)
    begun = opened(tmp_path, LATER, tell=Told())
    assert begun.next_sequence == 600
    assert_stored_once(tmp_path)
    for left in begun.to_seal:
        seal(left, Told())
    assert_stored_once(tmp_path)
    assert sorted(tmp_path.iterdir()) == [group.messages_sealed_path, group.sealed_path]


def test_a_parquet_file_beside_an_open_group_counts_only_if_it_is_whole(tmp_path: Path) -> None:
    group, told = open_group(tmp_path, BATCH, 500), Told()
    group.sealed_path.write_bytes(b"PAR1 and then nothing")
    assert opened(tmp_path, LATER, tell=told).to_seal == (group,)
    assert told.kinds == ["Damaged"]
    assert_stored_once(tmp_path)


def assert_stored_once(directory: Path) -> None:
    sequence, batch = whole(read(directory))
    assert sequence.tolist() == list(range(500, 600))
    assert same(batch, BATCH)
    assert_messages_kept(directory)
