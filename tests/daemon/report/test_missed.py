"""What was missed, and what is not known, is said plainly."""

from __future__ import annotations

from collections import Counter

import numpy as np

from clonewatch.report.arrivals import Arrivals
from clonewatch.report.conflicts import Hour
from clonewatch.report.missed import UNKNOWN, Seen, missed
from clonewatch.report.refusals import Refusals
from clonewatch.report.table import Cell, Table
from reports import SUNDAY
from stores import HOUR, TEN

ALARMS = ("alarm", "about", "raised", "cleared", "times", "text")


def lines(
    came: Arrivals, refusals: Refusals | None = None, *alarms: tuple[Cell, ...]
) -> dict[str, tuple[Cell, Cell]]:
    table = missed(
        Seen(
            day=SUNDAY,
            arrivals=came,
            refusals=refusals or Refusals(),
            hours=[Hour(counted=1, kept_back=2, superseded=3)] * 24,
            alarms=Table("alarms", ALARMS, alarms),
            sources={0: "west", 1: "east"},
        )
    )
    return {str(what): (count, where) for what, count, where in table.rows}


def test_without_a_record_file_nothing_is_claimed() -> None:
    count, where = lines(Arrivals(0))["registrations received"]
    assert count == 0
    assert "nothing below is known" in str(where)


def test_a_record_file_that_begins_later_says_so() -> None:
    found = lines(Arrivals(1440, begins_ms=TEN))
    assert "begins at 10:00:00" in str(found["registrations received"][1])
    assert lines(Arrivals(1440, begins_ms=TEN - 12 * HOUR))["registrations received"][1] == ""


def test_gaps_are_told_by_clock_and_source() -> None:
    west, east = np.ones(1440, np.bool_), np.ones(1440, np.bool_)
    west[60:120] = east[60:90] = False
    found = lines(Arrivals(1440, minutes={0: west, 1: east}))
    assert found["30 min or more with nothing at all"] == (1, "01:00 to 01:30")
    assert found["silences of west"] == (1, "01:00 to 02:00")
    assert "silences of east" not in found  # that was everybody's


def test_holes_groups_late_and_unknown_are_counted() -> None:
    came = Arrivals(
        1440,
        missing=[(5, 9)],
        unreadable=["x.parquet: damaged"],
        late=Counter({0: 7}),
        unknown=Counter({99 << 8: 3}),
    )
    alarm = ("group missing", "spool east", "", "stands", 2, "20261122T1000 did not come")
    found = lines(came, None, alarm, ("link down", "link west", "", "stands", 9, "down"))
    assert found["missing in the record file"] == (4, "sequences 5 to 8")
    assert found["groups that cannot be read"] == (1, "x.parquet: damaged")
    assert found["groups a spool never got"] == (2, "spool east: 20261122T1000 did not come")
    assert found["later than their source may be"] == (7, "west: 7")
    assert found["at MSCs in no table"] == (3, "99-0: 3")
    assert found["conflicts superseded"][0] == 72
    assert found["conflicts kept back"][0] == 48


def test_refused_is_a_lower_bound_where_the_ring_begins_later() -> None:
    refusals = Refusals(reasons=Counter({("west", "truncated"): 4}), begins_ms=TEN)
    count, where = lines(Arrivals(1440), refusals)["messages refused"]
    assert count == 4
    assert str(where).startswith("west: truncated: 4; at least: the ring begins at 10:00:00")
    assert "ring of refused messages is empty" in str(lines(Arrivals(0))["messages refused"][1])


def test_what_nobody_counts_by_day_is_not_known() -> None:
    found = lines(Arrivals(0))
    assert found["copies of one REGNOT"][0] == UNKNOWN
    assert found["pairs without a travel time"][0] == UNKNOWN


def test_long_lists_are_cut() -> None:
    came = Arrivals(0, unknown=Counter({number << 8: 1 for number in range(100)}))
    assert str(lines(came)["at MSCs in no table"][1]).endswith("and 88 more")
