"""What was done on a day, by the program and by people, and what was wrong with ourselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, func, or_, select

from clonewatch.actions.alarms.kinds import Kind
from clonewatch.cases.life import Input
from clonewatch.store import outbox as box
from clonewatch.store.tables import (
    alarms,
    case_events,
    cases,
    clone_records,
    outbox,
    suspects,
    suspension_switch,
)
from is41.msid import msid_digits

from .table import Table, minutes

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from .day import Day
    from .table import Cell

ROWS_MAX: Final = 5_000  # ours: of each table
# What the detector does to cases is told by their conflicts.
_BY_ITSELF: Final = [*map(str, (Input.CONFLICT, Input.GRAVER, Input.LATER)), "severity"]


def suspensions(connection: Connection, day: Day) -> Table:
    """What the HLR was asked on the day, or still to be asked when it ended; the newest last."""
    it = outbox.c
    waiting = and_(it.made_at < day.end_ms, or_(it.ended_at.is_(None), it.ended_at >= day.start_ms))
    where = and_(it.kind != box.ALARM, waiting)
    total = connection.execute(select(func.count()).where(where)).scalar_one()
    found = connection.execute(
        select(outbox, cases.c.msid)
        .join(cases, cases.c.id == it.case_id, isouter=True)
        .where(where)
        .order_by(it.id.desc())
        .limit(ROWS_MAX)
    )
    rows = [
        (
            row["case_id"],
            None if row["msid"] is None else msid_digits(row["msid"]),
            str(row["payload"].get("change", row["kind"])),
            day.moment(row["made_at"]),
            row["output"],
            row["attempts"],
            row["outcome"] or "pending",
            day.moment(row["ended_at"]),
            row["reason"],
        )
        for row in found.mappings()
    ][::-1]
    columns = (
        "case", "subscriber", "what", "decided", "to", "tries", "outcome", "ended", "why",
    )  # fmt: skip
    return Table("suspensions", columns, rows, more=total - len(rows))


def history(connection: Connection, day: Day) -> Table:
    """The audit trail of the day but for conflicts: orders of people, decisions, acquittals.

    The kill switch stands in it, too.
    """
    where = and_(day.has(case_events.c.at), case_events.c.what.not_in(_BY_ITSELF))
    total = connection.execute(select(func.count()).where(where)).scalar_one()
    found = connection.execute(
        select(case_events, cases.c.msid)
        .join(cases, cases.c.id == case_events.c.case_id, isouter=True)
        .where(where)
        .order_by(case_events.c.id)
        .limit(ROWS_MAX)
    )
    told: list[tuple[int, tuple[Cell, ...]]] = [
        (
            row["at"],
            (
                row["case_id"],
                None if row["msid"] is None else msid_digits(row["msid"]),
                row["who"],
                row["what"],
                row["state"],
                row["note"],
            ),
        )
        for row in found.mappings()
    ]
    left_out = total - len(told)
    it = suspension_switch.c
    turned = connection.execute(select(suspension_switch).where(day.has(it.at)).order_by(it.id))
    told += [
        (row.at, (None, None, row.who, f"all suspension: {row.what}", "", row.note))
        for row in turned
    ]
    told.sort(key=lambda each: each[0])
    rows = [(day.moment(at), *row) for at, row in told]
    columns = ("when", "case", "subscriber", "who", "what", "state then", "note")
    return Table("done", columns, rows, more=left_out)


def own_alarms(connection: Connection, day: Day) -> Table:
    """Alarms about ourselves that stood at some time of the day, the newest first."""
    it = alarms.c
    found = connection.execute(
        select(alarms)
        .where(
            it.kind != str(Kind.CLONE),
            it.raised_at < day.end_ms,
            or_(it.cleared_at.is_(None), it.cleared_at >= day.start_ms),
        )
        .order_by(it.raised_at.desc(), it.key)
        .limit(ROWS_MAX)
    )
    rows = [
        (
            row["kind"].replace("_", " "),
            row["object"],
            day.moment(row["raised_at"]),
            day.moment(row["cleared_at"]) or "stands",
            row["count"],
            row["text"],
        )
        for row in found.mappings()
    ]
    return Table("alarms", ("alarm", "about", "raised", "cleared", "times", "text"), rows)


def suspect_travel_times(connection: Connection, day: Day) -> Table:
    """Pairs, and MSCs, whose travel time looks wrong: now, or by conflicts kept back on the day."""
    it = clone_records.c
    low, high = func.min(it.first_msc, it.second_msc), func.max(it.first_msc, it.second_msc)
    count = func.count()
    found = connection.execute(
        select(
            low.label("one"),
            high.label("other"),
            count.label("conflicts"),
            func.count(it.msid.distinct()).label("subscribers"),
            func.min(it.elapsed_ms).label("shortest_ms"),
            func.max(it.travel_time_ms).label("needs_ms"),
        )
        .where(day.has(it.second_time), it.suspect, ~it.superseded)
        .group_by(low, high)
        .order_by(count.desc())
        .limit(ROWS_MAX)
    ).all()
    now = {(row.one, row.other): row for row in connection.execute(select(suspects)).all()}
    rows: list[tuple[str | int | float | None, ...]] = []
    for row in found:
        stands = now.pop((row.one, row.other), None)
        covered = next((msc for msc in (row.one, row.other) if (msc, msc) in now), None)
        since = f"by its MSC, {covered}" if covered else "no more"
        rows.append(
            (row.one, row.other, row.conflicts, row.subscribers, minutes(row.shortest_ms),
             minutes(row.needs_ms), day.moment(stands.since) if stands else since)
        )  # fmt: skip
    for (one, other), stands in now.items():
        name = "(all its pairs)" if one == other else other
        rows.append((one, name, None, None, None, None, day.moment(stands.since)))
    columns = (
        "MSC", "and", "kept back that day", "subscribers", "shortest, min", "needs, min",
        "suspect since",
    )  # fmt: skip
    return Table("suspects", columns, rows)


def waiting(connection: Connection, day: Day) -> Table:
    """What is to leave the machine and has not, now."""
    rows = [
        (each.output, each.pending, day.moment(each.oldest_at), each.reason)
        for each in box.backlogs(connection)
    ]
    return Table("waiting", ("to", "waiting", "oldest", "why"), rows)
