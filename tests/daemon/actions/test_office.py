"""Everything that acts on what the store holds."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from clonewatch.actions.alarms.kinds import Kind
from clonewatch.actions.office import Office, policy_of
from clonewatch.store.tables import alarms, cases, outbox, suspects
from configuration import LEARN, loaded
from couriers import Told, raise_alarms
from lines import whole_records
from stores import DAY, MIN, Clock, conflict, follower, opened, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from clonewatch.config import Config
    from clonewatch.store.store import Store

FILE = '[[alarms]]\nname = "log"\nkind = "file"\nfile = "alarms.jsonl"\n'
FEW = "[cases]\nsuspect_msids = 3\n"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with opened(tmp_path, clock=clock, consequences=follower()) as it:
        yield it


def office(store: Store, config: Config, told: Told | None = None) -> Office:
    consequences = store._follower  # noqa: SLF001
    return Office(store, consequences, config, tell=Told() if told is None else told)  # type: ignore[arg-type]


def lines(folder: Path, count: int) -> list[str]:
    """Alarms and changes in the file, once there are so many."""
    path = folder / "alarms.jsonl"
    while len(told := whole_records(path)) < count:
        pass
    return [f"{line['alarm']} {line['change']}" for line in map(json.loads, told)]


def raised(store: Store) -> set[str]:
    store.do(lambda _: None).result()
    with store.read() as connection:
        rows = connection.execute(select(alarms.c.key).where(alarms.c.cleared_at.is_(None)))
        return set(rows.scalars())


def test_conflicts_and_our_own_troubles_reach_the_outputs(tmp_path: Path, store: Store) -> None:
    it = office(store, loaded(tmp_path, LEARN, FILE))
    store.submit([conflict()], 1)
    assert lines(tmp_path, 1) == ["case-1 raised"]
    it.selves.raise_(Kind.LINK_DOWN, "west", text="gone")
    assert lines(tmp_path, 2)[1] == "link_down-west raised"
    it.orders.close(1, who="ann", note="").result()
    assert lines(tmp_path, 3)[2] == "case-1 cleared"
    assert it.failing() == {}
    it.close()


def test_who_gives_way_goes_on_when_the_alarm_is_out(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Office.__module__ + ".GIVE_WAY_S", 60.0)
    it = office(store, loaded(tmp_path, LEARN, FILE))
    for number in (1, 2, 3):
        store.submit([conflict(6145550000 + number)], number)
        it.give_way()
        assert len(whole_records(tmp_path / "alarms.jsonl")) == number
    it.close()


def test_what_is_raised_is_told_in_lines(tmp_path: Path, store: Store) -> None:
    it = office(store, loaded(tmp_path, LEARN))
    it.selves.raise_(Kind.LINK_DOWN, "west", text="link west has no connection")
    store.do(lambda _: None).result()
    ours = "major, since 2026-11-22T11:00:00.000Z: link west has no connection"
    assert it.alarm_lines() == [ours]
    store.submit([conflict(), conflict(MIN + 1)], 1)
    store.flush()
    assert it.alarm_lines() == [ours, "2 of cases; see `cases list`"]
    it.close()


def test_another_configuration_has_other_outputs(tmp_path: Path, store: Store) -> None:
    blocked = FILE.replace("alarms.jsonl", "none/alarms").replace('"log"', '"blocked"')
    told = Told()
    it = office(store, loaded(tmp_path, LEARN, blocked), told)
    raise_alarms(store, 1, ["blocked"])
    while not it.failing():
        pass
    it.use(loaded(tmp_path, LEARN, FILE, FEW))
    store.submit([conflict(MIN + number) for number in range(3)], 1)
    assert lines(tmp_path, 1) == ["travel-times-MSC A-MSC C raised"]
    it.close()
    with store.read() as connection:
        (row,) = connection.execute(select(outbox).where(outbox.c.output == "blocked"))
    assert (row.outcome, row.reason) == ("cancelled", "the output was removed")
    assert "alarms to blocked wait: [Errno 2] No such file" in told.words[0]


class Spent(Clock):
    """The clock of a machine that has, while it *is_spent*, nothing left for more couriers."""

    is_spent = False

    def __call__(self) -> float:
        if self.is_spent and threading.current_thread().name == "alarms":
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return super().__call__()


def test_outputs_that_cannot_begin_leave_those_that_there_are(tmp_path: Path) -> None:
    clock = Spent()
    with opened(tmp_path, clock=clock, consequences=follower()) as store:
        it = office(store, loaded(tmp_path, LEARN, FILE))
        others = loaded(tmp_path, LEARN, FILE.replace('"log"', '"others"'))
        clock.is_spent = True
        with pytest.raises(OSError, match="Too many open files"):
            it.use(others)
        clock.is_spent = False
        store.submit([conflict()], 1)
        assert lines(tmp_path, 1) == ["case-1 raised"]
        it.close()


def test_every_minute_what_is_old_ends(tmp_path: Path, store: Store, clock: Clock) -> None:
    it = office(store, loaded(tmp_path, LEARN, FEW))
    store.submit([conflict(MIN + number) for number in range(3)], 1)
    store.flush()
    it.selves.raise_(Kind.LINK_DOWN, "west", text="gone")
    it.selves.raise_(Kind.LINK_DOWN, "west", text="gone")
    raise_alarms(store, 1, [])  # by an earlier run
    it.tick()
    assert raised(store) == {"travel-times-MSC A-MSC C", "link_down-west"}
    clock.now_ms += DAY
    it.tick()
    assert raised(store) == {"link_down-west"}
    it.close()


def test_suspicions_that_cannot_end_keep_nothing_from_being_removed(
    tmp_path: Path, store: Store, clock: Clock
) -> None:
    it = office(store, loaded(tmp_path, LEARN, FEW))
    store.submit([conflict(MIN + number) for number in range(3)], 1)
    store.flush()
    raise_alarms(store, 2, ["gone"])
    sent = outbox.update().values(outcome="delivered", ended_at=clock.now_ms)
    store.do(lambda to: to.execute(sent).close()).result()
    refuse(store, "DELETE ON suspects")
    clock.now_ms += 31 * DAY
    with capture_logs() as logs:
        it.tick()
        store.do(lambda _: None).result()
    assert [(each["event"], each["log_level"]) for each in logs] == [("upkeep_failed", "error")]
    assert "stuck" in logs[0]["reason"]
    with store.read() as connection:
        assert connection.execute(select(outbox)).all() == []
        assert connection.execute(select(suspects)).all()
    it.close()


def test_new_travel_times_end_suspicion(tmp_path: Path, store: Store) -> None:
    it = office(store, loaded(tmp_path, LEARN, FEW))
    store.submit([conflict(MIN + number) for number in range(3)], 1)
    store.flush()
    it.travel_changed()
    assert raised(store) == set()
    with store.read() as connection:
        assert connection.execute(select(suspects)).all() == []
    it.close()


def test_the_policy_is_the_configurations(tmp_path: Path) -> None:
    policy = policy_of(loaded(tmp_path, LEARN, FEW, "silence_days = 2"))
    assert (policy.suspect_msids, policy.silence_ms) == (3, 2 * DAY)


WRITER = """
import itertools, sys
from pathlib import Path
from clonewatch.actions.office import Office
from clonewatch.config import load
from stores import conflict, follower, store_in
folder = Path(sys.argv[1])
consequences = follower()
store = store_in(folder, consequences=consequences)
office = Office(store, consequences, load(folder / "clonewatch.toml"), tell=print)
print("judged", store.judged, flush=True)
for number in itertools.count(store.judged + 1):
    store.submit([conflict(6145550000 + number, "ABCDE"[number % 5], "ABCDE"[number % 4])], number)
    if number % 3 == 0:
        assert store.flush()
        print("judged", number, flush=True)
"""


def test_no_kill_loses_an_alarm_or_makes_two_cases_of_one(tmp_path: Path) -> None:
    config = loaded(tmp_path, LEARN, FILE, "[cases]\nsuspect_msids = 100_000\n")
    chance = random.Random(7)
    for _ in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, tmp_path],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        ) as writer:
            assert writer.stdout is not None
            for _ in range(chance.randrange(1, 30)):
                writer.stdout.readline()
            writer.send_signal(signal.SIGKILL)
    consequences = follower()
    with opened(tmp_path, consequences=consequences) as store:
        it = Office(store, consequences, config, tell=Told())
        with store.read() as connection:
            rows = connection.execute(select(cases.c.id, cases.c.msid)).all()
        assert len({row.msid for row in rows}) == len(rows) == store.judged > 20
        told = set(lines(tmp_path, len(rows)))
        while told != {f"case-{row.id} raised" for row in rows}:  # some may be told twice
            told = set(lines(tmp_path, len(rows)))
        it.close()
