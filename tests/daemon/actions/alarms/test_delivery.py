"""All couriers, in their thread."""

from __future__ import annotations

import errno
import os
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from clonewatch.actions.alarms.courier import WRITE_WITHIN_S, Backoff
from clonewatch.actions.alarms.delivery import Delivery
from clonewatch.actions.alarms.mail import Mail
from clonewatch.actions.alarms.outputs.output import RefusedError
from clonewatch.store.tables import outbox
from couriers import FakeOutput, Told, raise_alarms
from notices import NOTICE
from stores import MINUTE, Clock, fill_disk, opened, refuse, refuse_no_more

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from clonewatch.store.outbox import Item
    from clonewatch.store.store import Store

SOON = Backoff(first_s=0.002, most_s=0.01)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with opened(tmp_path, clock=clock) as it:
        yield it


def delivery(
    store: Store, told: Told, write_within_s: float = WRITE_WITHIN_S, /, **outputs: FakeOutput
) -> Delivery:
    it = Delivery(
        Mail(store, lambda _: tuple(outputs)),
        outputs,
        tell=told,
        backoff=SOON,
        write_within_s=write_within_s,
    )
    store.committed = it.wake
    it.begin()
    return it


def outcomes(store: Store) -> list[tuple[str, str | None]]:
    with store.read() as connection:
        rows = connection.execute(select(outbox.c.output, outbox.c.outcome).order_by(outbox.c.id))
        return [(row.output, row.outcome) for row in rows]


class NoMail(Mail):
    """Mail of a machine that has nothing left to begin with."""

    def now_ms(self) -> int:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))


def test_what_cannot_begin_is_told_to_who_waits_for_it(store: Store) -> None:
    def begin() -> None:
        with pytest.raises(OSError, match="Too many open files"):
            Delivery(NoMail(store, lambda _: ()), {"log": FakeOutput()}, tell=Told())
        is_told.set()

    is_told = threading.Event()
    beginning = threading.Thread(target=begin, daemon=True)
    beginning.start()
    beginning.join(20)
    assert is_told.is_set()


def test_nothing_is_carried_before_it_begins(store: Store) -> None:
    """Until then another may carry the same."""
    output = FakeOutput()
    raise_alarms(store, 1, ["log"])
    it = Delivery(Mail(store, lambda _: ("log",)), {"log": output}, tell=Told())
    it.send_directly(NOTICE, ["log"])
    it.close()
    assert output.tries == 0
    assert outcomes(store) == [("log", None)]


def test_notices_go_out_in_order_and_are_ended(store: Store) -> None:
    one, other = FakeOutput(), FakeOutput(at_once_max=1)
    raise_alarms(store, 4, ["one", "other"])
    it = delivery(store, Told(), one=one, other=other)
    assert one.wait_for(4) == other.wait_for(4) == [1, 2, 3, 4]
    raise_alarms(store, 3, ["one"], begins=5)
    assert one.wait_for(7) == [1, 2, 3, 4, 5, 6, 7]
    it.close()
    assert one.closed
    assert other.closed
    assert other.sent == [1, 2, 3, 4]
    it = delivery(store, Told(), one=one, other=other)  # nothing is left to go out again
    raise_alarms(store, 1, ["one", "other"], begins=8)
    assert one.wait_for(8)[7:] == [8]
    it.close()


def test_what_was_delivered_is_written_while_the_rest_of_a_backlog_goes_out(store: Store) -> None:
    slow = FakeOutput(at_once_max=1)
    slow.hangs_at = 25  # as if we were killed there
    raise_alarms(store, 40, ["slow"])
    it = delivery(store, Told(), 0.0, slow=slow)
    slow.wait_for_tries(slow.hangs_at)
    done = [outcome for _, outcome in outcomes(store) if outcome is not None]
    assert done == ["delivered"] * 24
    it.close()


class CountingMail(Mail):
    """Counts the items that were read."""

    items = 0

    async def pending(self, output: str, limit: int, after: int = 0) -> list[Item]:
        found = await super().pending(output, limit, after)
        self.items += len(found)
        return found


def test_what_was_delivered_is_not_read_again_until_it_is_written(store: Store) -> None:
    output, mail = FakeOutput(), CountingMail(store, lambda _: ("log",))
    it = Delivery(mail, {"log": output}, tell=Told(), write_within_s=3600)
    store.committed = it.wake
    it.begin()
    for number in range(1, 31):
        raise_alarms(store, 1, ["log"], begins=number)
        output.wait_for(number)
    it.close()
    assert 30 <= mail.items <= 2 * 30
    assert outcomes(store) == [("log", "delivered")] * 30


def test_one_output_down_delays_no_other_and_loses_nothing(store: Store) -> None:
    up, down, hanging, told = FakeOutput(), FakeOutput(), FakeOutput(), Told()
    down.down = hanging.hangs = True
    it = delivery(store, told, up=up, down=down, hanging=hanging)
    raise_alarms(store, 5, ["up", "down", "hanging"])
    assert up.wait_for(5) == [1, 2, 3, 4, 5]
    down.wait_for_tries(4)
    assert it.failing() == {"down": "it is down"}
    assert down.sent == hanging.sent == []
    down.down = False
    assert down.wait_for(5) == [1, 2, 3, 4, 5]
    raise_alarms(store, 1, ["up", "down"], begins=6)
    assert up.wait_for(6) == down.wait_for(6)
    it.close()
    assert told.words == ["alarms to down wait: it is down", "alarms to down are sent again"]
    assert hanging.sent == []
    assert outcomes(store).count(("hanging", None)) == 5


def test_who_waits_for_all_to_be_carried_waits_for_none_that_is_down(store: Store) -> None:
    up, down = FakeOutput(), FakeOutput()
    down.down = True
    it = delivery(store, Told(), up=up, down=down)
    raise_alarms(store, 1, ["up", "down"])
    down.wait_for_tries(2)
    raise_alarms(store, 4, ["up", "down"], begins=2)
    waiting = threading.Thread(target=it.await_rest, args=(60,), daemon=True)
    waiting.start()
    waiting.join(30)
    assert not waiting.is_alive()
    assert up.sent == [1, 2, 3, 4, 5]
    it.close()


def test_what_one_output_refuses_for_good_holds_up_nothing(store: Store) -> None:
    picky, told = FakeOutput(), Told()
    picky.refuses = {2}
    it = delivery(store, told, picky=picky)
    raise_alarms(store, 4, ["picky"])
    assert picky.wait_for(3) == [1, 3, 4]
    raise_alarms(store, 1, ["picky"], begins=5)
    picky.wait_for(4)
    it.close()
    assert told.words == ["picky refused notification 2: not that"]
    assert outcomes(store)[:4] == [
        ("picky", outcome) for outcome in ("delivered", "refused", "delivered", "delivered")
    ]


def test_what_is_raised_is_told_again_every_minute(store: Store, clock: Clock) -> None:
    output = FakeOutput(repeats_s=60)
    it = delivery(store, Told(), am=output)
    assert output.wait_for_repeats(1) == [[]]
    raise_alarms(store, 2, ["am"])
    output.wait_for(2)
    clock.now_ms += MINUTE
    it.wake()
    assert output.wait_for_repeats(2)[1] == ["link_down-1", "link_down-2"]
    it.close()


def test_past_a_store_that_fails_notices_go_straight_out(store: Store) -> None:
    output, other = FakeOutput(), FakeOutput()
    it = delivery(store, Told(), out=output, other=other)
    fill_disk(store)
    it.send_directly(NOTICE, ["out"])
    assert output.wait_for(1) == [NOTICE.number]
    it.close()
    assert other.sent == []


def test_what_was_taken_is_not_sent_again_while_the_store_fails(store: Store) -> None:
    output = FakeOutput()
    output.down = True
    it = delivery(store, Told(), out=output)
    raise_alarms(store, 3, ["out"])
    output.wait_for_tries(1)
    refuse(store, "UPDATE ON outbox")
    output.down = False
    assert output.wait_for(3) == [1, 2, 3]
    refuse_no_more(store)
    raise_alarms(store, 1, ["out"], begins=4)
    assert output.wait_for(4) == [1, 2, 3, 4]
    it.close()
    assert outcomes(store)[:3] == [("out", "delivered")] * 3


def test_what_we_cannot_write_holds_up_nothing(store: Store) -> None:
    output, told = FakeOutput(), Told()
    output.breaks_at = {2, 5}
    it = delivery(store, told, out=output)
    raise_alarms(store, 5, ["out"])
    assert output.wait_for(3) == [1, 3, 4]
    raise_alarms(store, 1, ["out"], begins=6)
    assert output.wait_for(4) == [1, 3, 4, 6]
    it.close()
    why = "by a fault of ours: ValueError: so there"
    assert told.words == [f"notification {number} cannot go to out, {why}" for number in (2, 5)]
    assert outcomes(store)[1] == ("out", "refused")


def test_a_row_that_nobody_can_read_holds_up_nothing(store: Store) -> None:
    raise_alarms(store, 2, ["out"])
    spoil = "UPDATE outbox SET payload = json_set(payload, '$.kind', 'odd') WHERE id = 1"
    store.do(lambda to: to.exec_driver_sql(spoil).close()).result()
    output, told = FakeOutput(), Told()
    it = delivery(store, told, out=output)
    assert output.wait_for(1) == [2]
    it.close()
    assert told.words == [
        "notification 1 cannot go to out, by a fault of ours: ValueError: 'odd' is not a valid Kind"
    ]


def test_an_output_that_we_cannot_write_to_at_all_loses_nothing(store: Store) -> None:
    output, told = FakeOutput(), Told()
    output.breaks_at = {1, 2, 3}
    it = delivery(store, told, out=output)
    raise_alarms(store, 3, ["out"])
    output.wait_for_tries(9)
    assert it.failing() == {"out": "so there"}
    assert outcomes(store) == [("out", None)] * 3
    output.breaks_at = set()
    assert sorted(output.wait_for(3)) == [1, 2, 3]
    it.close()


def test_a_notice_past_the_store_that_we_cannot_write_holds_up_nothing(store: Store) -> None:
    output, told = FakeOutput(), Told()
    output.breaks_at = {NOTICE.number}
    it = delivery(store, told, out=output)
    it.send_directly(NOTICE, ["out"])
    it.send_directly(replace(NOTICE, number=NOTICE.number + 1), ["out"])
    assert output.wait_for(1) == [NOTICE.number + 1]
    it.close()
    (words,) = told.words
    assert words.endswith("cannot go to out, by a fault of ours: ValueError: so there")


def test_one_alarm_that_cannot_be_told_again_keeps_no_other_from_it(
    store: Store, clock: Clock
) -> None:
    output, told = FakeOutput(at_once_max=9, repeats_s=60), Told()
    output.breaks_at_alarms = {
        "link_down-2": RefusedError("not that"),
        "link_down-4": ValueError("so there"),
    }
    it = delivery(store, told, am=output)
    output.wait_for_repeats(1)
    raise_alarms(store, 5, ["am"])
    output.wait_for(5)
    for _ in range(2):
        repeats = len(output.repeated)
        clock.now_ms += MINUTE
        it.wake()
        parts = output.wait_for_repeats(repeats + 3)[repeats:]
        assert sorted(key for part in parts for key in part) == [
            f"link_down-{number}" for number in (1, 3, 5)
        ]
    it.close()
    assert sorted(told.words) == [
        "am refused to be told of link_down-2 again: not that",
        "link_down-4 cannot go to am, by a fault of ours: ValueError: so there",
    ]


def test_what_tells_no_alarm_again_is_failing(store: Store, clock: Clock) -> None:
    output = FakeOutput(at_once_max=9, repeats_s=60)
    output.breaks_at_alarms = {f"link_down-{number}": ValueError("odd") for number in (1, 2)}
    it = delivery(store, Told(), am=output)
    output.wait_for_repeats(1)
    raise_alarms(store, 2, ["am"])
    output.wait_for(2)
    clock.now_ms += MINUTE
    it.wake()
    while it.failing() != {"am": "odd"}:
        pass
    it.close()
