"""Blocks into open groups."""

from dataclasses import replace
from pathlib import Path

from clonewatch.recordfile.groups import groups_in
from clonewatch.recordfile.groupwriter import RETRY_S, SYNC_WITHIN_S, GroupWriter
from clonewatch.recordfile.opening import Opened, opened
from clonewatch.recordfile.pending import NumberedBlock
from clonewatch.recordfile.reading import read
from clonewatch.registrations import Batch
from recordfiles import (
    AT_10,
    LATER,
    Disk,
    Told,
    assert_messages_kept,
    blocks,
    message_blocks,
    messages_kept,
    registrations,
    same,
    whole,
    with_messages,
)

BATCH = with_messages(registrations(50))
BLOCKS = [
    NumberedBlock(AT_10, at * 10, 10, octets) for at, octets in enumerate(blocks(BATCH, rows=10))
]
WITH_MESSAGES = [
    replace(block, messages=octets)
    for block, octets in zip(BLOCKS, message_blocks(BATCH, rows=10), strict=True)
]


class Written:
    """A writer, its disk, and what it told."""

    def __init__(self, directory: Path, *, group_rows_max: int = 1000) -> None:
        self.directory = directory
        self.disk, self.told = Disk(), Told()
        self.writer = GroupWriter(
            directory,
            Opened(),
            tell=self.told,
            open_file=self.disk,
            group_rows_max=group_rows_max,
        )

    def stored(self) -> Batch:
        return whole(read(self.directory))[1]

    def expire(self, now: float) -> None:
        """Sync, if that is due."""
        if self.writer.is_sync_due(now):
            self.sync(now)

    def sync(self, now: float) -> None:
        syncing, error = self.writer.syncing(), None
        try:
            syncing.do()
        except OSError as failure:
            error = failure
        self.writer.synced_by(syncing, error, now)

    def finish(self, now: float) -> None:
        self.writer.finish(now)
        self.expire(now)


def test_a_block_outlives_the_process_at_once_and_a_power_cut_in_a_second(tmp_path: Path) -> None:
    it = Written(tmp_path)
    assert it.writer.next_deadline() is None
    assert it.writer.write(BLOCKS[0], 100.0)
    assert it.writer.write(BLOCKS[1], 100.5)
    assert same(it.stored(), BATCH[:20])
    assert (it.writer.written, it.writer.synced) == (20, 0)
    assert it.writer.next_deadline() == 100.0 + SYNC_WITHIN_S
    it.expire(100.9)
    assert it.writer.synced == 0
    it.expire(101.0)
    assert it.writer.synced == 20
    assert it.writer.next_deadline() is None


def test_writing_goes_on_where_opening_says(tmp_path: Path) -> None:
    it = Written(tmp_path)
    it.writer.write(BLOCKS[0], 0.0)
    it.writer.close()
    again = GroupWriter(tmp_path, opened(tmp_path, AT_10, tell=it.told), tell=it.told)
    assert again.written == 10
    assert again.write(BLOCKS[1], 0.0)
    again.close()
    assert len(groups_in(tmp_path)) == 1
    assert same(it.stored(), BATCH[:20])


def test_each_half_hour_has_its_group(tmp_path: Path) -> None:
    it = Written(tmp_path)
    it.writer.write(BLOCKS[0], 0.0)
    later = NumberedBlock(LATER, 10, 10, BLOCKS[1].octets)
    it.writer.write(later, 0.5)
    first, second = groups_in(tmp_path)
    assert (first.start_ms, second.start_ms, second.first) == (AT_10, LATER, 10)
    assert it.writer.finished == []  # what is not synced is not sealed
    it.expire(0.5)
    assert it.writer.finished == [first]
    assert it.writer.synced == 20


def test_what_is_written_and_left_while_syncing_is_for_the_next(tmp_path: Path) -> None:
    it = Written(tmp_path)
    it.writer.write(BLOCKS[0], 0.0)
    syncing = it.writer.syncing()
    assert it.writer.next_deadline() is None
    it.writer.write(BLOCKS[1], 0.0)
    it.writer.write(replace(BLOCKS[2], start_ms=LATER), 0.5)
    syncing.do()
    it.writer.synced_by(syncing, None, 1.0)
    assert (it.writer.synced, it.writer.finished) == (10, [])
    it.expire(1.0)
    assert (it.writer.synced, it.writer.finished) == (30, groups_in(tmp_path)[:1])


def test_a_half_hour_ends_though_nothing_comes(tmp_path: Path) -> None:
    it = Written(tmp_path)
    it.writer.half_hour_passed(LATER, 0.0)
    it.writer.write(BLOCKS[0], 0.0)
    it.writer.half_hour_passed(LATER - 1, 0.0)
    assert it.writer.finished == []
    it.writer.half_hour_passed(LATER, 0.0)
    it.expire(0.0)
    assert it.writer.finished == groups_in(tmp_path)


def test_a_full_group_is_followed_by_another(tmp_path: Path) -> None:
    it = Written(tmp_path, group_rows_max=20)
    for block in BLOCKS:
        it.writer.write(block, 0.0)
    assert [group.first for group in groups_in(tmp_path)] == [0, 20, 40]
    assert same(it.stored(), BATCH)


def test_a_full_disk_is_said_once_and_tried_again_every_second(tmp_path: Path) -> None:
    it = Written(tmp_path)
    it.writer.write(BLOCKS[0], 0.0)
    it.disk.full, it.disk.octets_left = True, 100
    assert not it.writer.write(BLOCKS[1], 1.0)
    assert it.writer.retry_at == 1.0 + RETRY_S
    assert not it.writer.write(BLOCKS[1], 2.0)
    assert it.told.kinds == ["Failed"]
    assert "No space left on device" in str(it.told[0])
    assert same(it.stored(), BATCH[:10])
    it.disk.full = False
    assert it.writer.write(BLOCKS[1], 3.0, rows_lost=7)
    assert it.told.kinds == ["Failed", "Resumed"]
    assert "7 registrations lost" in str(it.told[1])
    assert it.writer.retry_at is None
    assert same(it.stored(), BATCH[:20])


def test_a_disk_full_from_the_beginning_leaves_nothing_odd(tmp_path: Path) -> None:
    it = Written(tmp_path)
    it.disk.full = True
    assert not it.writer.write(BLOCKS[0], 0.0)
    it.finish(0.0)
    assert it.writer.finished == []
    assert len(it.stored()) == 0


def test_what_a_failed_write_left_is_cut_off_before_sealing(tmp_path: Path) -> None:
    it = Written(tmp_path)
    it.writer.write(BLOCKS[0], 0.0)
    it.disk.full, it.disk.octets_left = True, 100
    it.writer.write(BLOCKS[1], 0.0)
    it.finish(0.0)
    assert it.writer.finished[0].open_path.read_bytes() == BLOCKS[0].octets


def test_a_sync_that_fails_is_said_once_and_tried_again(tmp_path: Path) -> None:
    it = Written(tmp_path)
    it.disk.syncs = False
    it.writer.write(BLOCKS[0], 0.0)
    it.expire(1.0)
    it.expire(1.5)
    it.expire(2.0)
    assert it.told.kinds == ["Failed"]
    assert it.writer.synced == 0
    assert it.writer.write(BLOCKS[1], 2.0)  # a killed process loses nothing still
    it.finish(2.5)
    assert it.writer.finished == []
    it.disk.syncs = True
    it.expire(3.5)
    assert it.told.kinds == ["Failed", "Resumed"]
    assert it.writer.synced == 20
    assert it.writer.finished == groups_in(tmp_path)


def test_messages_are_written_beside_and_go_on_where_opening_says(tmp_path: Path) -> None:
    it = Written(tmp_path)
    assert it.writer.write(WITH_MESSAGES[0], 0.0)
    assert_messages_kept(tmp_path)
    it.writer.close()
    again = GroupWriter(tmp_path, opened(tmp_path, AT_10, tell=it.told), tell=it.told)
    assert again.write(WITH_MESSAGES[1], 0.0)
    assert again.write(replace(WITH_MESSAGES[2], start_ms=LATER), 0.0)
    again.close()
    first, second = groups_in(tmp_path)
    assert first.messages_path != second.messages_path
    assert_messages_kept(tmp_path)
    assert len(it.stored()) == 30
    assert not it.told


def test_without_messages_there_is_no_file_of_them(tmp_path: Path) -> None:
    it = Written(tmp_path)
    it.writer.write(BLOCKS[0], 0.0)
    it.finish(0.0)
    assert it.writer.finished[0].messages_path is None


def test_messages_may_begin_and_end_within_a_group(tmp_path: Path) -> None:
    it = Written(tmp_path)
    for block in (BLOCKS[0], WITH_MESSAGES[1], BLOCKS[2]):
        it.writer.write(block, 0.0)
    assert sorted(messages_kept(tmp_path)) == list(range(10, 20))


def test_a_full_disk_loses_no_message_of_what_is_stored(tmp_path: Path) -> None:
    it = Written(tmp_path)
    it.writer.write(WITH_MESSAGES[0], 0.0)
    it.disk.full, it.disk.octets_left = True, 100
    assert not it.writer.write(WITH_MESSAGES[1], 1.0)
    assert it.writer.written == 10
    it.disk.full = False
    assert it.writer.write(WITH_MESSAGES[1], 2.0)
    assert_messages_kept(tmp_path)
    it.disk.full, it.disk.octets_left = True, 100
    assert not it.writer.write(WITH_MESSAGES[2], 3.0)
    it.disk.full = False
    it.finish(4.0)
    size = it.writer.finished[0].messages_open_path.stat().st_size
    assert size == sum(len(block.messages) for block in WITH_MESSAGES[:2])
    assert it.told.kinds == ["Failed", "Resumed", "Failed"]


def test_messages_are_synced_before_their_rows(tmp_path: Path) -> None:
    it = Written(tmp_path)
    it.disk.syncs = False
    it.writer.write(WITH_MESSAGES[0], 0.0)
    it.expire(1.0)
    assert it.disk.synced == [tmp_path / "20261122T1000Z-000000000000.octets.open"]
    assert it.writer.synced == 0
