"""What people should look at first."""

from __future__ import annotations

from collections import Counter

from clonewatch.report.arrivals import Arrivals
from clonewatch.report.attention import attention
from clonewatch.report.done import own_alarms, suspect_travel_times, suspensions
from clonewatch.report.dossiers import dossiers
from reports import SUNDAY, alarm, ask_hlr, fill, suspect
from stores import TEN, Desk, desk

CAME = Arrivals(1440, counts=Counter({0: 1}))


def told(it: Desk, came: Arrivals = CAME) -> list[str]:
    c = it.connection
    tables = (
        suspensions(c, SUNDAY),
        own_alarms(c, SUNDAY),
        suspect_travel_times(c, SUNDAY),
    )
    return attention(dossiers(c, SUNDAY)[0], {table.name: table for table in tables}, came)


def test_a_quiet_day_calls_for_nothing() -> None:
    with desk() as it:
        assert told(it) == []


def test_grave_cases_that_nobody_decided_about() -> None:
    with desk() as it:
        fill(it)
        it.connection.exec_driver_sql("UPDATE cases SET confidence = 0.99")
        assert told(it) == ["Nobody has decided about 2 grave cases: 1, 2."]
        it.connection.exec_driver_sql("UPDATE cases SET state = 'confirmed' WHERE id = 1")
        assert told(it) == ["Nobody has decided about 1 grave case: 2."]


def test_what_the_hlr_did_not_do() -> None:
    with desk() as it:
        fill(it)
        it.connection.exec_driver_sql("UPDATE cases SET confidence = 0.1")
        ask_hlr(it.connection, 1)
        ask_hlr(it.connection, 2, outcome="refused", ended_at=TEN)
        ask_hlr(it.connection, 2, outcome="delivered", ended_at=TEN)
        assert told(it) == ["1 request to the HLR: pending.", "1 request to the HLR: refused."]


def test_travel_times_alarms_and_the_record_file() -> None:
    with desk() as it:
        suspect(it.connection, "MSC A", "MSC C")
        alarm(it.connection, "a", TEN)
        assert told(it, Arrivals(1440, missing=[(1, 2)])) == [
            "Travel times look wrong, or a clock is: MSC A and MSC C.",
            "1 alarm about ourselves: link down, link a.",
            "The record file has 1 hole and 0 groups that cannot be read: see what was missed.",
            "The record file has no registration of this day.",
        ]
