"""The cases of a day."""

from __future__ import annotations

from clonewatch.report import dossiers
from clonewatch.report.arrivals import Sighting
from clonewatch.report.dossiers import Point
from reports import MONDAY, SUNDAY, fill
from stores import MARKET, MIN, MINUTE, MSCS, TEN, conflict, desk


def test_new_cases_and_those_in_conflict_again() -> None:
    with desk() as it:
        fill(it)
        them, more = dossiers.dossiers(it.connection, MONDAY)
        assert more == 0
        assert {(each.subscriber, each.is_new) for each in them} == {
            (str(MIN), False),
            (str(MIN + 2), True),
        }
        table = dossiers.cases_table(MONDAY, them, more)
        assert {len(row) for row in table.rows} == {len(table.columns)}


def test_cases_that_are_over_come_last() -> None:
    with desk() as it:
        it.found(*(conflict(MIN + number) for number in range(4)))
        it.connection.exec_driver_sql("UPDATE cases SET state = 'dismissed' WHERE id = 1")
        it.connection.exec_driver_sql("UPDATE cases SET confidence = 0.99 WHERE id = 3")
        them, _ = dossiers.dossiers(it.connection, SUNDAY)
        assert [each.case.id for each in them] == [3, 2, 4, 1]


def test_steps_say_how_impossible_they_are() -> None:
    with desk() as it:
        it.found(conflict(), conflict(at=TEN + 90 * MINUTE, took=10 * MINUTE))
        them, _ = dossiers.dossiers(it.connection, SUNDAY)
        dossiers.fill_in(it.connection, SUNDAY, them)
        one, other = them[0].steps
        assert one.how == one.short == "45 of 80 min"
        assert one.first == Point(TEN, "MSC A", 0x82123456)
        assert [number for number, _ in them[0].gravest] == [2, 1]
        assert other.share == 10 / 80
        assert any("min that it takes" in words for words in one.words)


def test_a_case_with_very_many_conflicts_keeps_the_newest() -> None:
    count = dossiers.CONFLICTS_MAX + 5
    with desk() as it:
        it.found(*(conflict(at=TEN + number * MINUTE) for number in range(count)))
        them, _ = dossiers.dossiers(it.connection, SUNDAY)
        dossiers.fill_in(it.connection, SUNDAY, them)
        assert len(them[0].steps) == dossiers.CONFLICTS_MAX
        assert them[0].left_out == 5
        assert them[0].steps[-1].second.time_ms == TEN + (count - 1) * MINUTE
        assert max(number for number, _ in them[0].gravest) == count


def test_registrations_in_no_conflict_are_added() -> None:
    with desk() as it:
        it.found(conflict())
        them, _ = dossiers.dossiers(it.connection, SUNDAY)
        dossiers.fill_in(it.connection, SUNDAY, them)
        there = Sighting(TEN, MARKET | 1, 0x82123456)
        another = Sighting(TEN + MINUTE, 99 << 8, 7)
        dossiers.add_sightings(them[0], [there, another, another], MSCS)
        assert them[0].others == [Point(TEN + MINUTE, "99-0", 7)]
