"""Travel times that look wrong."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from clonewatch.cases import suspects
from clonewatch.cases.life import State
from clonewatch.cases.policy import Policy
from clonewatch.store.tables import clone_records
from clonewatch.store.tables import suspects as table
from stores import DAY, HOUR, MIN, TEN, Desk, conflict, desk, follower

if TYPE_CHECKING:
    from clonewatch.detector import Conflict

POLICY = Policy(suspect_msids=5, suspect_hours=24)


def on_pair(
    first: str, second: str, count: int, *, begins: int = 0, at: int = TEN
) -> list[Conflict]:
    """Conflicts of so many MSIDs, one each, half of them the other way."""
    ways = ((first, second), (second, first))
    return [
        conflict(MIN + begins + number, *ways[number % 2], at=at + number)
        for number in range(count)
    ]


def raised(it: Desk) -> list[str]:
    """Keys of alarms that are raised."""
    now: dict[str, None] = {}
    for key, change, _ in it.told():
        if change == "cleared":
            del now[key]
        else:
            now[key] = None
    return list(now)


def kept_back(it: Desk) -> int:
    return it.connection.execute(
        select(func.count()).select_from(clone_records).where(clone_records.c.suspect)
    ).scalar_one()


def test_many_msids_on_one_pair_are_one_alarm_and_no_case() -> None:
    with desk(follower("log", policy=POLICY)) as it:
        for each in on_pair("A", "C", 4):
            it.found(each)
        assert raised(it) == ["case-1", "case-2", "case-3", "case-4"]
        it.found(*on_pair("A", "C", 3, begins=4))
        assert raised(it) == ["travel-times-MSC A-MSC C"]
        assert {case.state for case in it.cases()} == {State.CLOSED}
        assert it.history() == ["conflict", "acquitted"]
        assert kept_back(it) == 7
        it.found(*on_pair("C", "A", 9, begins=20))
        assert raised(it) == ["travel-times-MSC A-MSC C"]
        assert len(it.cases()) == 4
        (row,) = it.connection.execute(select(table)).all()
        assert (row.one, row.other, row.conflicts) == ("MSC A", "MSC C", 12)


def test_one_msid_many_times_is_a_clone() -> None:
    with desk(follower("log", policy=POLICY)) as it:
        it.found(*(conflict(at=TEN + number * HOUR) for number in range(40)))
        it.found(*(conflict(MIN + 1, at=TEN + number * HOUR) for number in range(40)))
        assert raised(it) == ["case-1", "case-2"]


def test_too_slowly_is_not_many() -> None:
    with desk(follower("log", policy=POLICY)) as it:
        for number in range(12):
            it.found(conflict(MIN + number, at=TEN + number * 8 * HOUR))
        assert len(raised(it)) == 12


def test_superseded_conflicts_make_nothing_suspect() -> None:
    with desk(follower("log", policy=POLICY)) as it:
        for each in on_pair("A", "C", 9):
            it.found(replace(each, superseded=True))
        assert raised(it) == []


def test_a_true_clone_keeps_its_case_for_what_is_not_suspect() -> None:
    with desk(follower("log", policy=POLICY)) as it:
        it.found(conflict(), conflict(first="C", second="E", at=TEN + 3 * HOUR))
        it.found(*on_pair("A", "C", 6, begins=1))
        (case,) = it.cases()
        assert (case.state, case.conflicts) == (State.OPEN, 1)
        assert raised(it) == ["case-1", "travel-times-MSC A-MSC C"]


def test_three_suspect_pairs_are_one_suspect_msc() -> None:
    with desk(follower("log", policy=POLICY)) as it:
        it.found(*on_pair("C", "A", 5), *on_pair("C", "B", 5, begins=10))
        assert raised(it) == ["travel-times-MSC A-MSC C", "travel-times-MSC B-MSC C"]
        it.found(conflict(MIN + 99, "C", "E"))
        it.found(*on_pair("D", "C", 5, begins=20))
        assert raised(it) == ["travel-times-MSC C"]
        assert [case.state for case in it.cases()] == [State.CLOSED]
        it.found(*on_pair("E", "C", 9, begins=30))
        assert raised(it) == ["travel-times-MSC C"]
        assert kept_back(it) == 25


def test_a_flood_in_one_transaction_is_one_alarm_too() -> None:
    with desk(follower("log", policy=POLICY)) as it:
        flood = [
            each
            for n, other in enumerate("ABDE")
            for each in on_pair("C", other, 50, begins=100 * n)
        ]
        it.found(*flood)
        assert raised(it) == ["travel-times-MSC C"]
        assert it.cases() == []


def test_suspicion_ends_when_there_was_none_for_long() -> None:
    with desk(follower("log", policy=POLICY)) as it:
        it.found(*on_pair("A", "C", 5))
        end = partial(suspects.expire, now_ms=it.now_ms + DAY - 1, policy=POLICY)
        assert it.consequences.end_suspicion(it.connection, it.now_ms, end) == []
        end = partial(suspects.expire, now_ms=it.now_ms + DAY, policy=POLICY)
        assert it.consequences.end_suspicion(it.connection, it.now_ms, end) == [("MSC A", "MSC C")]
        assert raised(it) == []
        it.found(conflict(MIN + 50, at=TEN + HOUR))
        assert raised(it) == ["case-1"]


def test_new_travel_times_end_all_suspicion() -> None:
    with desk(follower("log", policy=POLICY)) as it:
        it.found(*on_pair("A", "C", 5), *on_pair("B", "D", 5, begins=10))
        ended = it.consequences.end_suspicion(it.connection, it.now_ms, suspects.forget)
        assert len(ended) == 2
        assert raised(it) == []


def test_what_was_found_before_a_start_counts() -> None:
    with desk(follower("log", policy=POLICY)) as it:
        it.found(*on_pair("A", "C", 4))
        it.consequences = follower("log", policy=POLICY)
        it.consequences.begin(it.connection)
        it.found(*on_pair("A", "C", 1, begins=4))
        assert raised(it) == ["travel-times-MSC A-MSC C"]


def test_conflicts_spread_over_many_pairs_are_one_suspect_msc() -> None:
    with desk(follower("log", policy=POLICY)) as it:
        for number, other in enumerate("ABDEABDEABDEABDE"):
            it.found(conflict(MIN + number, "C", other))
        assert raised(it) == ["travel-times-MSC C"]
        assert {case.state for case in it.cases()} == {State.CLOSED}


def test_an_msc_covers_its_pairs_and_not_itself() -> None:
    known = {("MSC C", "MSC C"), ("MSC A", "MSC B")}
    assert suspects.is_covered(("MSC A", "MSC C"), known)
    assert not suspects.is_covered(("MSC A", "MSC B"), known)
    assert not suspects.is_covered(("MSC C", "MSC C"), known)
