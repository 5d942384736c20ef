"""Messages of many lines, decoded and judged together."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from clonewatch.live.intake import BITE, FULL, MESSAGE_LENGTH_LEAST, RESTING, SMALL, Intake
from clonewatch.live.lines import Counts, Line
from clonewatch.messages import Message
from clonewatch.mscs import Mscs
from clonewatch.registrations import Flags
from is41.layers import Layer
from live import MSCS, Bench, bench, received, regnot
from network import until
from recordfiles import SlowFile, messages_kept

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from clonewatch.collector import Refusal

NOW = 1_795_341_600.0


class Reader:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.octets_at_once: int | None = None
        self.holds: list[str] = []
        self.released: list[str] = []

    def hold(self, why: str) -> None:
        self.holds.append(why)

    def release(self, why: str) -> None:
        self.released.append(why)


@asynccontextmanager
async def intake(directory: Path, **options: Any) -> AsyncIterator[tuple[Intake, Bench]]:
    with bench(directory, **options.pop("record", {})) as of:
        yield Intake(MSCS, of.judge, clock=lambda: NOW, fresh_s=0.0, **options), of


def stored(of: Bench) -> list[tuple[int, int, int, int]]:
    """What the record file has: time, MSC, source, whether the time is uncertain."""
    return [
        (row.time, row.msc, row.source, int(bool(row.flags & Flags.TIME_UNCERTAIN)))
        for rows in of.record.batches()
        for row in rows.batch.registrations()
    ]


def test_messages_of_one_turn_are_taken_together(tmp_path: Path) -> None:
    async def main() -> None:
        async with intake(tmp_path) as (taking, of):
            one, other = (taking.open_line(source, Counts()) for source in (3, 5))
            taking.take(one, received(regnot(msc=0), regnot(digits="6145550002", msc=1)))
            taking.take(other, received(regnot(digits="6145550003", msc=2)))
            assert of.judge.registrations == 0
            await asyncio.sleep(0)
            assert of.judge.registrations == 3
            at = int(NOW * 1000)
            assert stored(of) == [(at, 0, 3, 0), (at, 1, 3, 0), (at, 2, 5, 0)]
            assert (one.counts.messages, one.counts.registrations) == (2, 2)
            assert one.counts.last_at == other.counts.last_at == NOW
            assert taking.decode_s > 0
            assert taking.judge_s > 0

    asyncio.run(main())


@pytest.mark.parametrize("kept", [False, True])
def test_messages_are_lent_to_the_judge_or_kept_by_sequence(tmp_path: Path, *, kept: bool) -> None:
    async def main() -> None:
        record = {"octets": kept}
        async with intake(tmp_path, record=record) as (taking, of):
            line = taking.open_line(3, Counts())
            messages = [regnot(msc=0), regnot(digits="6145550002"), regnot(msc=4, esn=1)]
            for message in messages:
                taking.take(line, received(message))
                taking.flush()
            of.record.flush()
            of.judge.kept()
            (found,) = of.store.conflicts
            assert (found.first_message, found.second_message) == (
                None,
                Message(Layer.SCCP, messages[2]),
            )
            stored = {
                at: Message(Layer.SCCP, message) for at, message in enumerate(messages) if kept
            }
            assert messages_kept(tmp_path) == stored

    asyncio.run(main())


@pytest.mark.parametrize(("others", "way_given"), [(0, 1), (SMALL, 0)])
def test_where_there_is_time_those_who_tell_of_a_conflict_go_first(
    tmp_path: Path, others: int, way_given: int
) -> None:
    async def main() -> None:
        gave: list[bool] = []
        async with intake(tmp_path, give_way=lambda: gave.append(True)) as (taking, of):
            line = taking.open_line(3, Counts())
            taking.take(line, received(regnot(msc=0)))
            taking.flush()
            assert not gave
            messages = [regnot(f"614{number:07}") for number in range(others)]
            taking.take(line, received(*messages, regnot(msc=4, esn=1)))
            taking.flush()
            assert of.judge.conflicts == 1
            assert gave == [True] * way_given

    asyncio.run(main())


def test_what_was_just_connected_held_back_or_behind_has_an_uncertain_time(tmp_path: Path) -> None:
    async def main() -> None:
        async with intake(tmp_path) as (taking, of):
            line = taking.open_line(0, Counts())
            taking.take(line, received(regnot()), waited=True, drained=False)
            taking.flush()
            taking.take(line, received(regnot("6145550002")), drained=True)
            taking.flush()
            taking.take(line, received(regnot("6145550003")))
            taking.flush()
            fresh = Intake(MSCS, of.judge, clock=lambda: NOW)
            fresh.take(fresh.open_line(0, Counts()), received(regnot("6145550004")))
            fresh.flush()
            assert [row[-1] for row in stored(of)] == [1, 1, 0, 1]

    asyncio.run(main())


def test_what_cannot_be_used_is_counted_and_told_with_its_line(tmp_path: Path) -> None:
    told: list[tuple[Line, Refusal]] = []

    async def main() -> None:
        def refused(line: Line, refusal: Refusal) -> None:
            told.append((line, refusal))

        async with intake(tmp_path, refused=refused) as (taking, of):
            line = taking.open_line(0, Counts())
            broken = regnot()[:-1]
            taking.take(line, received(broken, regnot()))
            taking.flush()
            assert of.judge.registrations == 1
            assert [(of_line, refusal.octets) for of_line, refusal in told] == [(line, broken)]
            assert line.counts.refused.total() == 1

    asyncio.run(main())


def test_a_line_that_closes_is_taken_to_its_end(tmp_path: Path) -> None:
    async def main() -> None:
        async with intake(tmp_path) as (taking, of):
            line = taking.open_line(0, Counts())
            taking.take(line, received(regnot()))
            taking.close_line(line)
            assert of.judge.registrations == 1
            assert taking.open_line(1, Counts()).number == line.number

    asyncio.run(main())


def test_what_is_to_follow_follows_once_the_registrations_are_kept(tmp_path: Path) -> None:
    async def main() -> None:
        done: list[str] = []
        async with intake(tmp_path) as (taking, of):
            line = taking.open_line(0, Counts())
            taking.take(line, received(regnot()), then=lambda: done.append("written"))
            taking.take(line, received(regnot()), then=lambda: done.append("synced"), synced=True)
            taking.flush()

            def looked() -> bool:
                taking.kept()
                return len(done) == 2

            await until(looked)
            assert done == ["written", "synced"]
            assert of.record.synced == of.judge.end

    asyncio.run(main())


def test_more_messages_than_there_is_room_for_are_taken_in_turns(tmp_path: Path) -> None:
    async def main() -> None:
        async with intake(tmp_path) as (taking, of):
            line = taking.open_line(0, Counts())
            some = received(*(regnot(f"614555{number:04}") for number in range(1000)))
            for _ in range(40):
                taking.take(line, some)
            taking.flush()
            assert line.counts.registrations == 40_000
            assert of.judge.registrations == 40_000

    asyncio.run(main())


def test_a_line_of_odd_messages_rests_while_others_have_something_to_say(tmp_path: Path) -> None:
    async def main() -> None:
        async with intake(tmp_path) as (taking, _):
            odd_reader, plain_reader = Reader(), Reader()
            odd = taking.open_line(0, Counts(), odd_reader)
            plain = taking.open_line(1, Counts(), plain_reader)
            odds = received(*(regnot()[:-1] for _ in range(100)))
            taking.take(odd, odds)
            taking.flush()
            assert not odd_reader.holds  # it is alone, and read in small bites nevertheless
            assert odd_reader.octets_at_once == BITE
            taking.take(odd, odds)
            taking.take(plain, received(regnot()))
            taking.flush()
            assert odd_reader.holds == [RESTING]
            assert odd_reader.octets_at_once == BITE
            assert odd.counts.rests == 1
            assert not plain_reader.holds
            assert plain_reader.octets_at_once is None
            await until(lambda: odd_reader.released)
            assert odd_reader.released == [RESTING]

    asyncio.run(main())


def test_all_lines_wait_while_the_record_file_has_no_room(tmp_path: Path) -> None:
    async def main() -> None:
        SlowFile.ready.clear()
        record = {"open_file": SlowFile, "pending_rows_max": 1}
        async with intake(tmp_path, record=record) as (taking, of):
            reader, late_reader = Reader(), Reader()
            line = taking.open_line(0, Counts(), reader)
            while not taking.waits_for_room:
                taking.take(line, received(regnot()))
                taking.flush()
                await asyncio.sleep(0.001)
            before = of.judge.registrations
            assert reader.holds == [FULL]
            taking.take(line, received(regnot()))  # what was read before it held
            late = taking.open_line(0, Counts(), late_reader)
            assert late_reader.holds == [FULL]
            taking.close_line(line)
            assert of.judge.registrations == before
            SlowFile.ready.set()

            def went_on() -> bool:
                taking.kept()
                return not taking.waits_for_room

            await until(went_on)
            assert of.judge.registrations == before + 2
            assert late_reader.released == [FULL]
            assert taking.open_line(0, Counts()).number == line.number
            assert late.number != line.number

    asyncio.run(main())


def test_lines_go_on_waiting_where_the_room_is_gone_at_a_second_look(tmp_path: Path) -> None:
    """While the disk fails there is room for what will be lost; it may work again any moment."""

    async def main() -> None:
        async with intake(tmp_path) as (taking, of):
            reader = Reader()
            line = taking.open_line(0, Counts(), reader)
            looks = iter([False, True, False, True, True])
            of.judge.has_room = lambda rows: bool(rows) and next(looks)  # type: ignore[method-assign]
            taking.take(line, received(regnot()))
            taking.flush()
            assert reader.holds == [FULL]
            taking.kept()
            assert taking.waits_for_room
            assert not reader.released
            taking.kept()
            assert reader.released == [FULL]
            assert of.judge.registrations == 1

    asyncio.run(main())


def test_other_mscs_place_what_comes_from_then_on(tmp_path: Path) -> None:
    async def main() -> None:
        async with intake(tmp_path) as (taking, of):
            line = taking.open_line(0, Counts())
            taking.use(Mscs(MSCS.rows[:1]))
            taking.take(line, received(regnot(msc=0), regnot(msc=2)))
            taking.flush()
            assert [row[1] for row in stored(of)] == [0, 0xFFFF]

    asyncio.run(main())


def test_no_message_is_shorter_than_is_reckoned_with() -> None:
    assert len(regnot()) >= MESSAGE_LENGTH_LEAST


def test_what_a_fault_of_ours_leaves_is_told_once_and_lines_go_on(tmp_path: Path) -> None:
    async def main() -> None:
        async with intake(tmp_path) as (taking, of):
            done: list[str] = []
            line = taking.open_line(0, Counts())
            append = of.record.append
            of.record.append = lambda batch: batch.ours  # type: ignore[method-assign, attr-defined]
            with capture_logs() as logged:
                messages = received(regnot(), regnot(transaction_id=2))
                taking.take(line, messages, then=lambda: done.append("kept"))
                await asyncio.sleep(0)
                taking.flush()
            of.record.append = append  # type: ignore[method-assign]
            (told,) = logged
            assert (told["event"], told["messages"]) == ("messages_left", 2)
            assert "ours" in str(told["exc_info"])
            assert taking.messages_left == 2
            assert done == ["kept"]  # the far end need not wait for what will never be
            taking.take(line, received(regnot(transaction_id=3)))
            taking.close_line(line)
            assert of.judge.registrations == 1
            assert len(stored(of)) == 1
            assert line.counts.messages == 3

    asyncio.run(main())


def test_what_was_recorded_and_cannot_be_judged_is_recorded_once(tmp_path: Path) -> None:
    async def main() -> None:
        async with intake(tmp_path) as (taking, of):
            line = taking.open_line(0, Counts())
            of.detector.take = lambda batch: batch.ours  # type: ignore[method-assign, attr-defined]
            for transaction_id in (1, 2):
                taking.take(line, received(regnot(transaction_id=transaction_id)))
                taking.flush()
            assert len(stored(of)) == of.judge.end == of.judge.registrations_unjudged == 2
            assert taking.messages_left == 0

    asyncio.run(main())
