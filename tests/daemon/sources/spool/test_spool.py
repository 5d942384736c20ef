"""Groups of a spool into the record file, each exactly once."""

import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from clonewatch.errors import InputError
from clonewatch.mscs import Mscs
from clonewatch.recordfile import Recorder, Retention
from clonewatch.registrations import Batch, Flags
from clonewatch.sources.spool import GroupReader, Spool
from clonewatch.sources.spool.events import Missing, Refused, Removed, Taken
from recordfiles import Disk
from spools import (
    AT_10,
    MINUTE,
    MSCS,
    Takers,
    Told,
    keys,
    put_csv,
    put_parquet,
    recorded,
    registrations,
)

PCAPS = Path(__file__).parents[4] / "pcaps"


class Desk:
    """A record file and a spool, as the daemon has them."""

    def __init__(self, folder: Path, **options: object) -> None:
        self.now_ms = AT_10 + 60 * MINUTE
        self.spool_folder, self.records = folder / "spool", folder / "records"
        self.disk, self.told = Disk(), Told()
        self.delivered: list[Batch] = []
        self.record = Recorder(
            self.records, tell=lambda _: None, open_file=self.disk, pending_rows_max=2000
        )
        self.reader = GroupReader(Mscs.load(MSCS), 3)
        self.spool = Spool(
            self.spool_folder,
            self.reader,
            self.record,
            tell=self.told,
            clock=lambda: self.now_ms / 1000,
            **options,  # type: ignore[arg-type]
        )

    def deliver(self, batch: Batch) -> None:
        self.record.append(batch)
        self.delivered.append(batch)

    def take(self) -> None:
        self.spool.take(self.deliver)

    def names(self, folder: str) -> list[str]:
        return sorted(path.name for path in (self.spool_folder / folder).iterdir())

    def close(self) -> None:
        self.spool.close()
        self.record.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    it = Desk(tmp_path)
    yield it
    it.close()


def test_groups_are_taken_in_order_recorded_and_moved(desk: Desk) -> None:
    later, earlier = registrations(300, 1, AT_10 + 30 * MINUTE), registrations(200, 2)
    put_parquet(desk.spool_folder, "20261122T1030Z.parquet", later)
    put_csv(desk.spool_folder, "20261122T1000Z.csv", earlier)
    desk.take()
    assert [event.registrations for event in desk.told if isinstance(event, Taken)] == [200, 300]
    assert keys(recorded(desk.records)) == keys(Batch.joined([earlier, later]))
    assert keys(desk.delivered[0]) == keys(earlier)
    assert desk.names("done") == ["20261122T1000Z.csv", "20261122T1030Z.parquet"]
    assert desk.names("taking") == []
    desk.take()
    assert len(desk.told) == 2
    assert (desk.spool.counts.groups_taken, desk.spool.counts.registrations_taken) == (2, 500)


def test_captures_are_groups_too_and_what_was_refused_stands_beside(desk: Desk) -> None:
    octets = (PCAPS / "not-counted.pcap").read_bytes()
    (desk.spool_folder / "a.pcap").write_bytes(octets)
    desk.take()
    (event,) = desk.told
    assert isinstance(event, Taken)
    assert event.refused == {"min_malformed": 1, "sccp_unsupported": 1, "tcap_unsupported": 1}
    reason = (desk.spool_folder / "done" / "a.pcap.reason.txt").read_text(encoding="utf-8")
    assert "a.pcap: packet 13: min_malformed: " in reason
    assert desk.spool.counts.refused.total() == 3


def test_a_group_that_cannot_be_used_is_refused_and_the_next_is_taken(desk: Desk) -> None:
    (desk.spool_folder / "a.csv").write_text("what?\n", encoding="utf-8")
    put_csv(desk.spool_folder, "b.csv", registrations(10, 1))
    desk.take()
    assert sorted(desk.told.kinds) == ["Refused", "Taken"]
    assert desk.names("refused") == ["a.csv", "a.csv.reason.txt"]
    assert desk.names("done") == ["b.csv"]
    assert desk.spool.counts.groups_refused == 1


def test_what_was_refused_can_be_read_while_more_is(desk: Desk) -> None:
    def put(name: str, row: str) -> None:
        (desk.spool_folder / name).write_text(f"time,min,esn,mscid\n{row}\n")

    put("20261122T1000Z.csv", "never,6145551234,82123456,4660-1")
    desk.take()
    reading = iter(desk.spool.counts.refused.items())
    first = next(reading)
    put("20261122T1030Z.csv", "2026-11-22T10:30:00Z,nobody,82123456,4660-1")
    desk.take()
    assert not list(reading)
    assert set(desk.spool.counts.refused) > {first[0]}


def test_the_same_group_again_is_refused_and_another_of_its_name_taken(desk: Desk) -> None:
    for seed in (1, 1, 2):
        put_csv(desk.spool_folder, "a.csv", registrations(10, seed))
        desk.take()
    assert desk.told.kinds == ["Taken", "Refused", "Taken"]
    assert desk.names("done") == ["a.csv", "a~2.csv"]
    refused = desk.told[1]
    assert isinstance(refused, Refused)
    assert "the same group was taken before" in refused.reason
    assert len(recorded(desk.records)) == 20


def test_names_that_are_no_groups_are_told_once(desk: Desk) -> None:
    (desk.spool_folder / "a.zip").write_bytes(b"PK")
    (desk.spool_folder / ".b.csv").write_bytes(b"")
    desk.take()
    desk.take()
    assert desk.told.kinds == ["Ignored"]
    assert (desk.spool_folder / "a.zip").exists()


def test_a_group_that_does_not_come_is_missing_and_may_come_yet(tmp_path: Path) -> None:
    desk = Desk(tmp_path, group_minutes=30, lateness_minutes=15)
    put_csv(desk.spool_folder, "20261122T1000Z.csv", registrations(10, 1))
    desk.take()
    desk.now_ms = AT_10 + 75 * MINUTE - 1
    desk.take()
    assert desk.told.kinds == ["Taken"]
    desk.now_ms += 1
    desk.take()
    assert desk.told[1] == Missing(desk.spool_folder, AT_10 + 30 * MINUTE, 1)
    put_csv(desk.spool_folder, "20261122T1030Z.csv", registrations(10, 2))
    desk.take()
    assert isinstance(desk.told[2], Taken)
    assert desk.told[2].was_missing
    assert desk.spool.counts.groups_missing == 1
    desk.close()
    again = Desk(tmp_path, group_minutes=30, lateness_minutes=15)
    again.now_ms = AT_10 + 105 * MINUTE
    again.take()
    assert again.told == [Missing(desk.spool_folder, AT_10 + 60 * MINUTE, 1)]
    again.close()


def test_time_stamps_ahead_of_the_clock_are_flagged(desk: Desk) -> None:
    put_csv(desk.spool_folder, "a.csv", registrations(100, 1, desk.now_ms + 10 * MINUTE))
    put_csv(desk.spool_folder, "b.csv", registrations(100, 2))
    desk.take()
    suspect = recorded(desk.records).flags & Flags.CLOCK_SUSPECT
    assert suspect[:100].all()
    assert not suspect[100:].any()


def test_a_spool_has_one_taker(desk: Desk) -> None:
    with pytest.raises(InputError, match="somebody else takes from this spool"):
        Spool(desk.spool_folder, desk.reader, desk.record, tell=desk.told)


def test_while_the_record_file_takes_nothing_groups_wait_and_none_is_lost(desk: Desk) -> None:
    batch = registrations(3000, 1)
    put_parquet(desk.spool_folder, "a.parquet", batch)
    desk.disk.full = True
    desk.take()
    desk.take()
    assert desk.told.kinds == ["Failed"]
    assert desk.spool.is_failing
    assert desk.names("taking") == ["a.parquet"]
    desk.disk.full = False
    while desk.record.is_failing:  # it tries again each second
        desk.record.flush()
    desk.take()
    assert desk.told.kinds == ["Failed", "Taken", "Resumed"]
    assert keys(recorded(desk.records)) == keys(batch)


def test_what_the_record_file_lost_is_taken_again(desk: Desk) -> None:
    batch = registrations(300, 1)
    put_parquet(desk.spool_folder, "a.parquet", batch)
    lose = [False, True, False]

    def deliver(part: Batch) -> None:
        if lose.pop(0):
            desk.record._pending.lose(len(part))  # noqa: SLF001  # as when no room is left
        else:
            desk.record.append(part)

    desk.spool.take(deliver)
    assert desk.told.kinds == ["Failed"]
    assert len(recorded(desk.records)) == 200
    desk.take()
    assert keys(recorded(desk.records)) == keys(batch)
    assert desk.names("done") == ["a.parquet"]


def test_stopping_in_the_middle_of_a_group_leaves_the_rest_for_later(tmp_path: Path) -> None:
    desk, batch = Desk(tmp_path), registrations(1000, 1)
    put_parquet(desk.spool_folder, "a.parquet", batch)

    def deliver(part: Batch) -> None:
        desk.deliver(part)
        if len(desk.delivered) == 4:
            desk.spool.stop()

    thread = threading.Thread(target=desk.spool.run, args=(deliver,))
    thread.start()
    thread.join()
    assert (len(desk.delivered), desk.told) == (4, [])
    desk.close()
    again = Desk(tmp_path)
    again.take()
    assert keys(recorded(again.records)) == keys(batch)
    assert sum(map(len, again.delivered)) == 600
    again.close()


# Killed at any instant.


def groups(folder: Path) -> Batch:
    """Put groups of each format into a spool."""
    spool = folder / "spool"
    spool.mkdir(parents=True)
    parts = [registrations(400, 1), registrations(30, 2), registrations(20, 3)]
    put_parquet(spool, "20261122T1000Z.parquet", parts[0])
    put_csv(spool, "20261122T1030Z.csv.gz", parts[1])
    put_csv(spool, "20261122T1100Z.csv", parts[2])
    (spool / "20261122T0900Z.csv").write_text("time,min,esn,mscid\nx,1,2,3\n", encoding="utf-8")
    return Batch.joined(parts)


def check(folder: Path, batch: Batch) -> None:
    """See that each registration is there once, and each group where it belongs."""
    assert keys(recorded(folder / "records")) == keys(batch)
    done = ["20261122T1000Z.parquet", "20261122T1030Z.csv.gz", "20261122T1100Z.csv"]
    assert sorted(path.name for path in (folder / "spool/done").iterdir()) == done
    refused = sorted(path.name for path in (folder / "spool/refused").iterdir())
    assert refused == ["20261122T0900Z.csv", "20261122T0900Z.csv.reason.txt"]
    assert not list((folder / "spool/taking").iterdir())


def test_killed_at_each_step_a_group_is_taken_once(tmp_path: Path) -> None:
    with Takers() as takers:
        batch = groups(tmp_path / "whole")
        killed, steps = takers.run(tmp_path / "whole")
        assert not killed
        check(tmp_path / "whole", batch)
        assert steps > 40
        for step in range(1, steps):
            folder = tmp_path / str(step)
            batch = groups(folder)
            assert takers.run(folder, kill_at=step)[0]
            assert not takers.run(folder)[0]
            check(folder, batch)


def test_killed_at_any_time_a_group_is_taken_once(tmp_path: Path) -> None:
    chance, kills = random.Random(7), 0
    with Takers() as takers:
        for number in range(20):
            folder = tmp_path / str(number)
            batch = groups(folder)
            for _ in range(3):
                kills += takers.run(folder, kill_after_s=chance.uniform(0, 0.05))[0]
            takers.run(folder)
            check(folder, batch)
    assert kills > 0


def test_killed_again_and_again_and_renumbered_a_group_is_taken_once(tmp_path: Path) -> None:
    chance = random.Random(4)
    with Takers() as takers:
        for number in range(8):
            folder = tmp_path / str(number)
            batch = groups(folder)
            for _ in range(20):
                takers.run(folder, kill_at=chance.randrange(1, 40), source=chance.randrange(3, 5))
            takers.run(folder)
            check(folder, batch)


def test_groups_taken_long_ago_are_removed_and_nothing_else(tmp_path: Path) -> None:
    desk = Desk(tmp_path, retention=Retention(hours=2))
    folder = desk.spool_folder
    bad = "time,min,esn,mscid\n0,6145551234,82123456,1-1\n0,x,y,z\n"
    for name in ("20261122T1000Z.csv", "20261122T1030Z.csv"):
        (folder / f".{name}").write_text(bad)
        (folder / f".{name}").rename(folder / name)
    (folder / "20261122T0930Z.csv").write_text("nonsense\n")
    (folder / "done" / "mine.txt").write_text("somebody's own")
    desk.take()
    taken_ms = max(path.stat().st_ctime_ns for path in (folder / "done").iterdir()) // 1_000_000
    (folder / "20261122T1100Z.csv.part").write_text(bad)
    desk.now_ms = taken_ms + 119 * MINUTE
    desk.take()
    before = [f"20261122T{time}Z.csv{end}" for time in (1000, 1030) for end in ("", ".reason.txt")]
    assert desk.names("done") == [*before, "mine.txt"]
    desk.now_ms = taken_ms + 121 * MINUTE
    desk.take()
    assert desk.names("done") == [*before[2:], "mine.txt"]
    assert desk.names("refused") == ["20261122T0930Z.csv", "20261122T0930Z.csv.reason.txt"]
    assert (folder / "20261122T1100Z.csv.part").exists()
    assert [event for event in desk.told if isinstance(event, Removed)] == [
        Removed(folder / "done", 1)
    ]
    desk.close()
