"""What operators see of cases."""

from __future__ import annotations

import json

from clonewatch.cases import showing
from clonewatch.cases.life import State
from stores import HOUR, MIN, TEN, conflict, desk


def test_a_case_is_told_whole() -> None:
    with desk() as it:
        it.found(conflict(), conflict(at=TEN + 3 * HOUR))
        told = showing.shown(it.connection, 1)
        assert told is not None
        assert json.loads(json.dumps(told)) == told
        assert (told["msid"], told["state"], told["conflicts"]) == ("6145551234", "open", 2)
        assert told["seen"]["mscs"] == {"MSC A": 2, "MSC C": 2}
        assert [record["second"]["msc"] for record in told["clone_records"]] == ["MSC C"] * 2
        assert told["clone_records"][0]["evidence"]["found"][0]["mark"] == "too_soon"
        assert told["alarm"]["count"] == 2
        assert told["alarm"]["cleared"] is None
        # Both came in one transaction: the alarm was raised as it is after them.
        assert [(each["to"], each["what"], each["outcome"]) for each in told["actions"]] == [
            ("log", "raised", "pending")
        ]
        assert told["history"][0]["what"] == "conflict"
        assert "MSC A to MSC C in 45.0 min of 80" in told["history"][0]["note"]


def test_no_case_is_shown_as_none() -> None:
    with desk() as it:
        assert showing.shown(it.connection, 1) is None


def test_a_case_without_an_alarm_is_shown_too() -> None:
    with desk() as it:
        it.found(conflict())
        it.connection.exec_driver_sql("DELETE FROM alarms")
        told = showing.shown(it.connection, 1)
        assert told is not None
        assert told["alarm"] is None


def test_cases_are_listed_by_state_msid_and_number() -> None:
    with desk() as it:
        it.found(*(conflict(MIN + number) for number in range(5)))
        it.connection.exec_driver_sql("UPDATE cases SET state = 'closed' WHERE id = 2")
        c = it.connection
        assert [each["case"] for each in showing.listed(c)] == [5, 4, 3, 1]
        assert [each["case"] for each in showing.listed(c, states=())] == [5, 4, 3, 2, 1]
        assert [each["case"] for each in showing.listed(c, states=[State.CLOSED])] == [2]
        assert [each["case"] for each in showing.listed(c, msid=MIN + 3)] == [4]
        assert [each["case"] for each in showing.listed(c, before=4, limit=1)] == [3]
