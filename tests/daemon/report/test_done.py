"""What was done on a day."""

from __future__ import annotations

from clonewatch.report import done
from clonewatch.store.tables import suspension_switch
from reports import MONDAY, SUNDAY, alarm, ask_hlr, fill, suspect, tell
from stores import DAY, MIN, TEN, desk


def test_suspensions_stand_with_their_outcome() -> None:
    with desk() as it:
        fill(it)
        ask_hlr(it.connection, 1, outcome="refused", ended_at=TEN + 5_000, reason="error 129")
        ask_hlr(it.connection, 3)
        first, second = done.suspensions(it.connection, SUNDAY).rows
        assert first == (
            1, str(MIN), "suspend", "2026-11-22T10:00:00+00:00", "the HLR", 1, "refused",
            "2026-11-22T10:00:05+00:00", "error 129",
        )  # fmt: skip
        assert second[6] == "pending"
        # What waits is told on the next day, too; what ended is not.
        assert [row[0] for row in done.suspensions(it.connection, MONDAY).rows] == [3]


def test_alarms_on_their_way_are_no_suspensions() -> None:
    with desk() as it:
        fill(it)
        assert done.suspensions(it.connection, SUNDAY).rows == []
        (row,) = done.waiting(it.connection, SUNDAY).rows
        assert row[0] == "log"


def test_the_history_leaves_out_what_the_detector_does() -> None:
    with desk() as it:
        fill(it)
        tell(it.connection, 1, "confirm", "called her")
        tell(it.connection, 1, "severity", "minor to major")
        tell(it.connection, 1, "note", "tomorrow", at=TEN + DAY)
        (row,) = done.history(it.connection, SUNDAY).rows
        assert row[1:] == (1, str(MIN), "maria", "confirm", "open", "called her")


def test_own_alarms_are_those_that_stood_at_some_time_of_the_day() -> None:
    with desk() as it:
        fill(it)
        alarm(it.connection, "a", TEN)
        alarm(it.connection, "b", TEN, TEN + 1)
        alarm(it.connection, "c", TEN + DAY)
        assert {row[1] for row in done.own_alarms(it.connection, SUNDAY).rows} == {
            "link a",
            "link b",
        }
        monday = done.own_alarms(it.connection, MONDAY).rows
        assert [(row[1], row[3]) for row in monday] == [("link c", "stands"), ("link a", "stands")]


def test_suspect_travel_times_are_those_of_the_day_and_those_that_stand() -> None:
    with desk() as it:
        fill(it)
        mark = "UPDATE clone_records SET suspect = 1 WHERE msid = ?"
        it.connection.exec_driver_sql(mark, (MIN,))
        suspect(it.connection, "MSC A", "MSC C")
        suspect(it.connection, "MSC E", "MSC E")
        pair, msc = done.suspect_travel_times(it.connection, SUNDAY).rows
        assert pair == ("MSC A", "MSC C", 1, 1, 45.0, 80.0, "2026-11-22T10:00:00+00:00")
        assert msc[:3] == ("MSC E", "(all its pairs)", None)


def test_a_pair_that_is_suspect_no_more_says_so() -> None:
    with desk() as it:
        fill(it)
        it.connection.exec_driver_sql("UPDATE clone_records SET suspect = 1")
        assert done.suspect_travel_times(it.connection, SUNDAY).rows[0][-1] == "no more"
        suspect(it.connection, "MSC A", "MSC A")
        assert done.suspect_travel_times(it.connection, SUNDAY).rows[0][-1] == ("by its MSC, MSC A")


def test_the_kill_switch_stands_in_the_history() -> None:
    with desk() as it:
        fill(it)
        tell(it.connection, 1, "confirm", "called her", at=TEN + 60_000)
        row = {"at": TEN, "who": "joe", "what": "paused", "note": "the HLR is being moved"}
        it.connection.execute(suspension_switch.insert(), row)
        first, second = done.history(it.connection, SUNDAY).rows
        assert first[3:5] == ("joe", "all suspension: paused")
        assert second[4] == "confirm"
