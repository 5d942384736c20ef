"""The store of one machine."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from clonewatch.store.store import Store
from clonewatch.store.tables import clone_records, set_aside
from stores import (
    MIN,
    TEN,
    WORDS,
    Clock,
    Told,
    conflict,
    empty_disk,
    fill_disk,
    follower,
    opened,
    poison,
    refuse,
    refuse_no_more,
    store_in,
)

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from clonewatch.detector import Conflict


def count(store: Store) -> int:
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(clone_records)).scalar_one()


def test_conflicts_and_the_judged_position_are_there_after_closing(tmp_path: Path) -> None:
    with opened(tmp_path, clock=Clock(TEN)) as store:
        assert store.judged == 0
        assert store.submit([conflict()], 10)
        assert store.flush()
        assert store.judged == 10
        assert store.submit([], 20)
    with opened(tmp_path) as store:
        assert store.judged == 20
        assert store.submit([conflict(), replace(conflict(), superseded=True)], 21)
        assert store.flush()
        with store.read() as connection:
            rows = connection.execute(
                select(clone_records.c.superseded, clone_records.c.stored_at)
            ).all()
        assert rows == [(True, TEN)]


def test_what_is_submitted_is_committed_though_nobody_asks(tmp_path: Path) -> None:
    committed = threading.Event()
    with opened(tmp_path) as store:
        store.committed = committed.set
        store.submit([conflict()], 10)
        assert committed.wait(60)
        assert store.judged == 10
        committed.clear()
        store.submit([], 11)
        assert committed.wait(60)
        assert store.judged == 11


def test_who_waits_for_a_commit_waits_for_no_disk(tmp_path: Path) -> None:
    many = [conflict(6145550000 + at) for at in range(400)]
    with opened(tmp_path) as store:
        store.submit([conflict()], 10)
        store.await_committed(60)
        assert (store.judged, store.pending) == (10, 0)
        fill_disk(store)
        store.submit(many, 11)
        waiting = threading.Thread(target=store.await_committed, args=(60,), daemon=True)
        waiting.start()
        waiting.join(30)
        assert not waiting.is_alive()
        assert store.is_failing
        assert store.pending == len(many)
        empty_disk(store)


def test_a_full_disk_loses_nothing_and_says_so(tmp_path: Path) -> None:
    told = Told()
    with opened(tmp_path, told=told) as store:
        fill_disk(store)
        many = [conflict(6145550000 + at) for at in range(400)]
        assert store.submit(many, 10)
        assert not store.flush()
        assert store.is_failing
        assert store.judged == 0
        assert store.pending == 400
        assert store.submit([conflict()], 11)
        empty_disk(store)
        while store.is_failing:  # pytest's patience is the limit, ours is 10 ms
            pass
        assert store.flush()
        assert store.judged == 11
        assert count(store) == 401
    assert told.kinds == ["Failed", "Resumed"]
    assert "disk is full" in str(told[0])


def test_what_finds_no_room_in_memory_is_found_again_after_a_start(tmp_path: Path) -> None:
    told = Told()
    many = [conflict(6145550000 + at) for at in range(400)]
    with opened(tmp_path, told=told, found_max=450) as store:
        fill_disk(store)
        assert store.submit(many[:300], 300)
        assert not store.submit(many[300:] + many[:60], 400)
        assert not store.submit(many, 500)
        assert store.submit([], 600)
        empty_disk(store)
        while store.is_failing or not store.flush():
            pass
        assert store.judged == 300
        assert store.conflicts_refused == 560
        assert count(store) == 300
    assert told.kinds.count("Overflowed") == 1  # by our thread; the others by the store's
    assert [kind for kind in told.kinds if kind != "Overflowed"] in (["Failed", "Resumed"], [])
    with opened(tmp_path) as store:
        assert store.judged == 300
        assert store.submit(many[300:], 400)
        assert store.flush()
        assert count(store) == 400


def aside(store: Store) -> list[str]:
    """MSIDs of what was set aside."""
    with store.read() as connection:
        rows = connection.execute(select(set_aside.c.msid).order_by(set_aside.c.msid))
        return list(rows.scalars())


def test_what_we_cannot_store_holds_up_nobody(tmp_path: Path) -> None:
    told = Told()
    with opened(tmp_path, told=told) as store:
        found = [conflict(MIN + at) for at in range(7)]
        assert store.submit([*found[:4], poison(MIN + 9), *found[4:]], 8)
        assert store.flush()
        assert store.judged == 8
        assert count(store) == 7
        assert aside(store) == [str(MIN + 9)]
        assert store.conflicts_set_aside == 1
        assert not store.is_failing
        assert store.submit([conflict(MIN + 8)], 9)
        assert store.flush()
        assert count(store) == 8
    assert told.kinds == ["SetAside"]
    assert f"conflict of {MIN + 9} cannot be stored" in str(told[0])
    with opened(tmp_path, told=told) as store:
        assert store.judged == 9
        assert store.conflicts_set_aside == 1
    assert told.kinds == ["SetAside"]


def test_what_we_cannot_store_waits_for_the_disk_as_all_else_does(tmp_path: Path) -> None:
    told = Told()
    with opened(tmp_path, told=told) as store:
        fill_disk(store)
        assert store.submit([conflict(MIN + at) for at in range(400)], 400)
        assert store.submit([poison(MIN + 400)], 401)
        assert not store.flush()
        assert store.judged == store.conflicts_set_aside == 0
        empty_disk(store)
        while store.is_failing or not store.flush():
            pass
        assert store.judged == 401
        assert count(store) == 400
        assert aside(store) == [str(MIN + 400)]
    assert sorted(told.kinds) == ["Failed", "Resumed", "SetAside"]


def test_registrations_that_cannot_be_awaited_are_no_fault_of_a_conflict(tmp_path: Path) -> None:
    told = Told()
    with opened(tmp_path, told=told) as store:
        may_end = threading.Event()

        def await_written(_: int) -> None:
            if not may_end.is_set():
                raise ZeroDivisionError

        store.await_written = await_written
        assert store.submit([conflict()], 10)
        assert not store.flush()
        assert store.judged == 0
        may_end.set()
        while store.is_failing or not store.flush():
            pass
        assert store.judged == 10
        assert count(store) == 1
    assert told.kinds == ["Failed", "Resumed"]


@pytest.mark.parametrize("found", [[], [conflict(), poison(MIN + 1)]])
def test_what_is_stored_and_set_aside_goes_with_the_position_or_not_at_all(
    tmp_path: Path, found: list[Conflict]
) -> None:
    told = Told()
    with opened(tmp_path, told=told) as store:
        refuse(store, "INSERT ON positions WHEN NEW.name = 'judged'")
        assert store.submit(found, 10)
        assert not store.flush()
        assert store.judged == store.conflicts_set_aside == count(store) == 0
        assert aside(store) == []
        refuse_no_more(store)
        while store.is_failing or not store.flush():
            pass
        assert store.judged == 10
        assert count(store) == store.conflicts_set_aside == len(aside(store)) == len(found) // 2
    assert told.kinds == ["Failed", "Resumed", *["SetAside"] * (len(found) // 2)]


def test_closing_on_a_full_disk_leaves_the_position(tmp_path: Path) -> None:
    told = Told()
    store = store_in(tmp_path, told=told)
    fill_disk(store)
    store.submit([conflict(6145550000 + at) for at in range(400)], 10)
    assert not store.close()
    with opened(tmp_path) as store:
        assert store.judged == 0
        assert count(store) == 0
    assert told.kinds == ["Failed"]


def test_who_is_told_may_fail_and_the_thread_goes_on(tmp_path: Path) -> None:
    """The log may stand on the disk that is full."""

    def tell(event: object) -> None:
        told.append(type(event).__name__)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    told: list[str] = []
    path = tmp_path / "clonewatch.sqlite"
    store = Store.open(path, WORDS, follower(), tell=tell, retry_s=0.01)
    fill_disk(store)
    store.submit([conflict(6145550000 + at) for at in range(400)], 10)
    flushing = threading.Thread(target=store.flush, daemon=True)
    flushing.start()
    flushing.join(60)
    assert not flushing.is_alive()
    empty_disk(store)
    assert store.close()
    assert told == ["Failed", "Resumed"]


def test_closing_on_a_full_disk_passes_over_orders_that_nobody_waits_for(tmp_path: Path) -> None:
    asked, is_closing = threading.Event(), threading.Event()

    def await_written(_: int) -> None:
        asked.set()
        assert is_closing.wait(60)

    store = store_in(tmp_path)
    fill_disk(store)
    store.await_written = await_written
    store.submit([conflict(6145550000 + at) for at in range(400)], 10)
    assert asked.wait(60)
    given_up, waited_for = store.do(lambda _: None), store.do(lambda _: None)
    assert given_up.cancel()
    with ThreadPoolExecutor(1) as pool:
        closed = pool.submit(store.close)
        with suppress(RuntimeError):  # as soon as it takes nothing any more
            while not closed.done():
                store.submit([], 10)
        is_closing.set()
        assert closed.result() is False
    assert isinstance(waited_for.exception(), RuntimeError)
    store_in(tmp_path).close()


def test_a_conflict_is_committed_when_its_registrations_are_written(tmp_path: Path) -> None:
    asked, are_written = threading.Event(), threading.Event()

    def await_written(sequence: int) -> None:
        assert sequence == 10
        asked.set()
        assert are_written.wait(60)

    with opened(tmp_path) as store:
        store.await_written = await_written
        store.submit([conflict()], 10)
        assert asked.wait(60)
        assert count(store) == store.judged == 0
        are_written.set()
        assert store.flush()
        assert count(store) == 1
        assert store.judged == 10


def test_an_order_is_a_transaction_with_a_result_or_an_error(tmp_path: Path) -> None:
    def fail(connection: Connection) -> None:
        connection.execute(clone_records.delete())
        raise ZeroDivisionError

    with opened(tmp_path) as store:
        store.submit([conflict()], 10)
        store.flush()
        with pytest.raises(ZeroDivisionError):
            store.do(fail).result()
        assert count(store) == 1
        gone = store.do(lambda connection: connection.execute(clone_records.delete()).rowcount)
        assert gone.result() == 1
        assert count(store) == 0


def test_a_closed_store_takes_nothing(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    assert store.close()
    with pytest.raises(RuntimeError, match="closed"):
        store.submit([], 1)
    with pytest.raises(RuntimeError, match="closed"):
        store.do(lambda _: None)


WRITER = """
import itertools, sys
from pathlib import Path
from clonewatch.store.store import Store
from stores import WORDS, conflict, follower, poison
store = Store.open(Path(sys.argv[1]), WORDS, follower(), tell=lambda event: None)
print("judged", store.judged, flush=True)
for number in itertools.count(store.judged + 1):
    store.submit([(conflict if number % 3 else poison)(6145550000 + number)], number)
    if number % 5 == 0:
        assert store.flush()
        print("judged", number, flush=True)
"""


def test_what_was_judged_is_stored_once_after_any_kill(tmp_path: Path) -> None:
    chance = random.Random(7)
    path = tmp_path / "clonewatch.sqlite"
    said = 0
    for _ in range(5):
        said = max(said, killed_writer(path, chance.randrange(1, 40)))
        store = Store.open(path, WORDS, follower(), tell=Told())
        assert store.judged >= said
        bad = range(3, store.judged + 1, 3)
        assert aside(store) == [str(6145550000 + number) for number in bad]
        assert count(store) == store.judged - len(bad)
        store.close()
    assert said > 50


def killed_writer(path: Path, lines: int) -> int:
    """What a writer last said that it had judged."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, path],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as writer:
        assert writer.stdout is not None
        told = [writer.stdout.readline() for _ in range(lines)]
        writer.send_signal(signal.SIGKILL)
        told += writer.stdout.readlines()
    return int([line for line in told if line.endswith("\n")][-1].split()[1])
