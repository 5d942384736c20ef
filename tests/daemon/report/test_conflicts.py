"""What the clone records of a day come to."""

from __future__ import annotations

from clonewatch.report import conflicts
from clonewatch.report.conflicts import Hour
from reports import MONDAY, SUNDAY, fill
from stores import HOUR, MIN, TEN, conflict, desk


def test_conflicts_are_counted_by_the_hour_of_their_second_registration() -> None:
    with desk() as it:
        fill(it)
        hours = conflicts.hours(it.connection, SUNDAY)
        assert len(hours) == 24
        assert hours[10] == Hour(counted=1, kept_back=0, superseded=1)
        assert sum(hour.counted for hour in hours) == 1
        assert conflicts.subscribers(it.connection, SUNDAY) == 1
        assert conflicts.subscribers(it.connection, MONDAY) == 2


def test_pairs_are_told_by_their_order_with_the_shortest_journey() -> None:
    with desk() as it:
        it.found(conflict(), conflict(MIN + 1, took=585_000), conflict(MIN + 1, "C", "A"))
        busiest, other = conflicts.pairs(it.connection, SUNDAY)
        assert (busiest.first, busiest.second, busiest.conflicts) == ("MSC A", "MSC C", 2)
        assert (busiest.subscribers, busiest.shortest_ms) == (2, 585_000)
        assert (other.first, other.second) == ("MSC C", "MSC A")
        table = conflicts.pairs_table([busiest, other])
        assert table.rows[0] == ("MSC A", "MSC C", 2, 2, 0, 9.75, 80.0)


def test_mscs_tell_where_clones_and_where_owners_were() -> None:
    with desk() as it:
        it.found(conflict(), conflict(MIN + 1))
        mark = "UPDATE clone_records SET evidence = json_set(evidence, '$.clone', ?) WHERE msid = ?"
        it.connection.exec_driver_sql(mark, ("second", MIN))
        it.connection.exec_driver_sql(mark, ("unknown", MIN + 1))
        rows = conflicts.mscs(it.connection, SUNDAY).rows
        assert rows == [("MSC A", 2, 2, 0, 1, 1), ("MSC C", 2, 2, 1, 0, 1)]


def test_an_offender_was_in_conflict_on_another_day_too() -> None:
    with desk() as it:
        fill(it)
        assert conflicts.offenders(it.connection, SUNDAY).rows == []
        (row,) = conflicts.offenders(it.connection, MONDAY).rows
        assert row[:4] == (str(MIN), 2, 1, 2)
        assert row[5:] == (1, 1, "open")


def test_what_counts_no_more_makes_no_offender() -> None:
    with desk() as it:
        fill(it)
        it.connection.exec_driver_sql("UPDATE clone_records SET suspect = 1")
        assert conflicts.offenders(it.connection, MONDAY).rows == []
        assert sum(hour.kept_back for hour in conflicts.hours(it.connection, MONDAY)) == 2


def test_every_clone_record_of_the_day_is_told() -> None:
    with desk() as it:
        fill(it)
        it.found(conflict(MIN + 9, at=TEN + 5 * HOUR))
        table = conflicts.records(it.connection, SUNDAY)
        assert table.more == 0
        assert {row[1] for row in table.rows[:2]} == {str(MIN), str(MIN + 1)}  # at one time
        assert [row[1] for row in table.rows[2:]] == [str(MIN + 9)]
        assert {len(row) for row in table.rows} == {len(table.columns)}
        superseded = [row[1] for row in table.rows if row[-2]]
        assert superseded == [str(MIN + 1)]
