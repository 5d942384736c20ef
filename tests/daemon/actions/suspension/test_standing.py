"""The table `suspensions`."""

from __future__ import annotations

from clonewatch.actions.suspension import standing
from stores import HOUR, MIN, TEN, conflict, desk
from suspensions import consequences, decide_due, send


def test_a_case_of_which_nothing_was_decided_has_an_empty_row() -> None:
    with desk() as it:
        assert set(standing.of(it.connection, 1).values()) == {None}


def test_rows_are_made_and_changed() -> None:
    with desk() as it:
        it.found(conflict(), conflict(MIN + 1))
        standing.put(it.connection, [1, 2], look_at=TEN)
        standing.put(it.connection, [2], look_at=None, restore_at=TEN + 1)
        standing.put(it.connection, [])
        assert standing.due(it.connection, TEN - 1, 9, {}) == {}
        assert standing.due(it.connection, TEN, 9, {}) == {1: TEN}
        assert standing.to_restore(it.connection, TEN + 1, 9, {}) == {2: TEN + 1}
        assert standing.next_at(it.connection, {}, {}) == TEN


def test_what_is_left_is_not_due_until_its_time_is_another() -> None:
    with desk() as it:
        it.found(*(conflict(MIN + number) for number in range(4)))
        for case_id in range(1, 5):
            standing.put(it.connection, [case_id], look_at=TEN + case_id, restore_at=TEN + case_id)
        left = {1: TEN + 1, 2: TEN + 7}
        assert standing.due(it.connection, TEN + 9, 2, left) == {2: TEN + 2, 3: TEN + 3}
        assert standing.next_at(it.connection, left, {}) == TEN + 1
        assert standing.next_at(it.connection, left, left) == TEN + 2


def test_only_cases_that_can_be_suspended_are_looked_at_again() -> None:
    with desk() as it:
        it.found(conflict(), conflict(MIN + 1))
        it.connection.exec_driver_sql("UPDATE cases SET state = 'dismissed' WHERE id = 2")
        standing.look_again(it.connection, it.cases(), TEN)
        assert standing.due(it.connection, TEN, 9, {}) == {1: TEN}


def test_who_is_suspended_and_since_when() -> None:
    with desk(consequences()) as it:
        it.found(conflict(), conflict(MIN + 1))
        decide_due(it)
        send(it)
        assert standing.suspended(it.connection) == {MIN}
        assert standing.suspended_with(it.connection, MIN, 0x82123456) == {1}
        assert standing.suspended_with(it.connection, MIN, 1) == set()
        assert standing.suspended_with(it.connection, MIN + 1, 0x82123456) == set()
        assert standing.suspended_since(it.connection, TEN + HOUR) == [1]
        assert standing.suspended_since(it.connection, TEN + HOUR + 1) == []


def test_who_wants_a_decision() -> None:
    with desk() as it:
        it.found(*(conflict(MIN + number) for number in range(3)))
        standing.put(it.connection, [1, 2], look_at=TEN)
        standing.put(it.connection, [3], look_at=None)
        it.connection.exec_driver_sql("UPDATE cases SET state = 'dismissed' WHERE id = 2")
        assert standing.undecided(it.connection, range(1, 9)) == {1}
