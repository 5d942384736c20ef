"""What operators see of cases."""

from __future__ import annotations

import json
from dataclasses import replace

from clonewatch.cases import showing
from clonewatch.cases.life import State
from clonewatch.messages import Message
from clonewatch.recordfile.keys import Kept, Row, key_of
from clonewatch.store import outbox
from is41.layers import Layer
from stores import HOUR, MIN, TEN, conflict, desk, follower


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


def test_phones_and_messages_are_told() -> None:
    consequences = follower()
    first = conflict().first
    consequences.find = lambda _: {
        key_of(first): Kept(Row(1, 32, 0, 0), Message(Layer.MTP3, b"first"))
    }
    with desk(consequences) as it:
        it.found(replace(conflict(), second_message=Message(Layer.TCAP, b"second")))
        told = showing.shown(it.connection, 1)
        assert told is not None
        assert json.loads(json.dumps(told)) == told
        assert told["terminal_types"] == ["IS_95"]
        assert told["seen"]["terminal_types"] == {"IS_95": 1}
        (record,) = told["clone_records"]
        assert record["first"]["terminal_type"] == "IS_95"
        assert record["first"]["message"] == {"layer": "mtp3", "octets": b"first".hex()}
        assert record["second"]["terminal_type"] is None
        assert record["second"]["message"] == {"layer": "tcap", "octets": b"second".hex()}
    with desk() as it:
        it.found(conflict())
        told = showing.shown(it.connection, 1)
        assert told is not None
        assert told["clone_records"][0]["second"]["message"] is None


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


def test_what_waits_behind_others_says_what_the_first_of_them_waits_for() -> None:
    with desk() as it:
        it.found(conflict())
        it.found(conflict(MIN + 1))
        (head, _) = outbox.pending(it.connection, "log", 9)
        outbox.put_off(it.connection, head.id, TEN, "it is down")
        for case_id, tries in ((1, 1), (2, 0)):
            told = showing.shown(it.connection, case_id)
            assert told is not None
            (action,) = told["actions"]
            assert (action["outcome"], action["attempts"]) == ("pending", tries)
            assert action["reason"] == "it is down"
        outbox.end(it.connection, [head.id + 1], outbox.Outcome.DELIVERED, TEN)
        told = showing.shown(it.connection, 2)
        assert told is not None
        assert told["actions"][0]["reason"] is None
