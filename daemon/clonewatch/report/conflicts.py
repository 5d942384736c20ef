"""What the clone records of a day come to, counted by the database.

A conflict belongs to the day of its second registration. One that *counts* is neither superseded
nor kept back because its travel time looks wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, case, func, literal, or_, select, union_all

from clonewatch.cases.case import latest_by_msid
from clonewatch.evidence.findings import Side
from clonewatch.store.tables import cases, clone_records
from is41.msid import msid_digits

from .day import HOUR_MS
from .table import Table, minutes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection

    from .day import Day

ROWS_MAX: Final = 10_000  # ours: of a table
OFFENDERS_MAX: Final = 1_000  # ours
DAY_MS: Final = 24 * HOUR_MS

_IT: Final = clone_records.c
_COUNTS: Final = and_(~_IT.superseded, ~_IT.suspect)
_SIDE: Final = _IT.evidence["clone"].as_string()
_RECORD: Final = [
    _IT[name]
    for name in (
        "id", "msid", "case_id", "first_time", "first_msc", "first_esn",
        "second_time", "second_msc", "second_esn", "elapsed_ms", "travel_time_ms",
        "evidence", "confidence", "superseded", "suspect",
    )
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """Conflicts of one hour."""

    counted: int
    kept_back: int
    superseded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Conflicts from one MSC to another that are not superseded."""

    first: str
    second: str
    conflicts: int
    subscribers: int
    kept_back: int
    shortest_ms: int
    needs_ms: int


def hours(connection: Connection, day: Day) -> list[Hour]:
    """Conflicts of each hour of the day."""
    hour = ((_IT.second_time - day.start_ms) // HOUR_MS).label("hour")
    found = connection.execute(
        select(
            hour,
            _sum(_COUNTS).label("counted"),
            _sum(and_(_IT.suspect, ~_IT.superseded)).label("kept_back"),
            _sum(_IT.superseded).label("superseded"),
        )
        .where(day.has(_IT.second_time))
        .group_by(hour)
    )
    by_hour = {row.hour: row for row in found}
    nothing = Hour(counted=0, kept_back=0, superseded=0)
    return [
        Hour(counted=row.counted, kept_back=row.kept_back, superseded=row.superseded)
        if (row := by_hour.get(at)) is not None
        else nothing
        for at in range(len(day.hours))
    ]


def subscribers(connection: Connection, day: Day) -> int:
    """Subscribers with conflicts that count."""
    them = select(func.count(_IT.msid.distinct())).where(day.has(_IT.second_time), _COUNTS)
    return connection.execute(them).scalar_one()


def pairs(connection: Connection, day: Day) -> list[Pair]:
    """Pairs of MSCs by the order of the registrations, the busiest first."""
    count = func.count()
    found = connection.execute(
        select(
            _IT.first_msc.label("first"),
            _IT.second_msc.label("second"),
            count.label("conflicts"),
            func.count(_IT.msid.distinct()).label("subscribers"),
            _sum(_IT.suspect).label("kept_back"),
            func.min(_IT.elapsed_ms).label("shortest_ms"),
            func.max(_IT.travel_time_ms).label("needs_ms"),
        )
        .where(day.has(_IT.second_time), ~_IT.superseded)
        .group_by(_IT.first_msc, _IT.second_msc)
        .order_by(count.desc(), _IT.first_msc, _IT.second_msc)
        .limit(ROWS_MAX)
    )
    return [Pair(**row) for row in found.mappings()]


def pairs_table(found: Sequence[Pair]) -> Table:
    """The same as a table."""
    columns = (
        "first MSC", "second MSC", "conflicts", "subscribers", "kept back",
        "shortest, min", "needs, min",
    )  # fmt: skip
    rows = [
        (
            pair.first,
            pair.second,
            pair.conflicts,
            pair.subscribers,
            pair.kept_back,
            minutes(pair.shortest_ms),
            minutes(pair.needs_ms),
        )
        for pair in found
    ]
    return Table("pairs", columns, rows)


def mscs(connection: Connection, day: Day) -> Table:
    """Where clones are used, and where owners were at the same time, of conflicts that count."""
    sides = []
    for side, other in ((Side.FIRST, Side.SECOND), (Side.SECOND, Side.FIRST)):
        sides.append(
            select(
                _IT[f"{side}_msc"].label("msc"),
                _IT.msid.label("msid"),
                case((literal(str(side)) == _SIDE, 1), else_=0).label("clone"),
                case((literal(str(other)) == _SIDE, 1), else_=0).label("owner"),
            ).where(day.has(_IT.second_time), _COUNTS)
        )
    both = union_all(*sides).subquery()
    count = func.count()
    found = connection.execute(
        select(
            both.c.msc,
            count.label("conflicts"),
            func.count(both.c.msid.distinct()).label("subscribers"),
            func.sum(both.c.clone).label("clone"),
            func.sum(both.c.owner).label("owner"),
        )
        .group_by(both.c.msc)
        .order_by(count.desc(), both.c.msc)
        .limit(ROWS_MAX)
    )
    columns = ("MSC", "conflicts", "subscribers", "clone here", "owner here", "not decided")
    rows = [
        (row.msc, row.conflicts, row.subscribers, row.clone, row.owner,
         row.conflicts - row.clone - row.owner)
        for row in found
    ]  # fmt: skip
    return Table("mscs", columns, rows)


def offenders(connection: Connection, day: Day) -> Table:
    """Subscribers in conflict on the day who were so on a day before, or had a case before."""
    today = day.has(_IT.second_time)
    of_today = select(_IT.msid).where(today, _COUNTS)
    ago = (day.end_ms - 1 - _IT.second_time) // DAY_MS
    days = func.count(ago.distinct())
    had = select(func.count()).where(cases.c.msid == _IT.msid).scalar_subquery()
    found = connection.execute(
        select(
            _IT.msid,
            days.label("days"),
            _sum(today).label("today"),
            func.count().label("conflicts"),
            func.min(_IT.second_time).label("since"),
            had.label("cases"),
        )
        .where(_IT.msid.in_(of_today), _IT.second_time < day.end_ms, _COUNTS)
        .group_by(_IT.msid)
        .having(or_(days > 1, had > 1))
        .order_by(days.desc(), func.count().desc(), _IT.msid)
        .limit(OFFENDERS_MAX)
    ).all()
    latest = latest_by_msid(connection, [row.msid for row in found])
    columns = (
        "subscriber", "days in conflict", "conflicts that day", "conflicts in all", "first seen",
        "cases", "latest case", "its state",
    )  # fmt: skip
    rows = [
        (
            msid_digits(row.msid),
            row.days,
            row.today,
            row.conflicts,
            day.moment(row.since),
            row.cases,
            latest[row.msid].id if row.msid in latest else None,
            str(latest[row.msid].state) if row.msid in latest else None,
        )
        for row in found
    ]
    return Table("offenders", columns, rows)


def records(connection: Connection, day: Day) -> Table:
    """Every clone record of the day, as they came."""
    total = connection.execute(select(func.count()).where(day.has(_IT.second_time))).scalar_one()
    found = connection.execute(
        select(*_RECORD)
        .where(day.has(_IT.second_time))
        .order_by(_IT.second_time, _IT.id)
        .limit(10 * ROWS_MAX)
    )
    columns = (
        "clone record", "subscriber", "case", "first time", "first MSC", "first ESN", "second time",
        "second MSC", "second ESN", "elapsed, min", "needs, min", "km/h", "confidence", "clone",
        "superseded", "kept back",
    )  # fmt: skip
    rows = [
        (
            row["id"], msid_digits(row["msid"]), row["case_id"],
            day.moment(row["first_time"]), row["first_msc"], f"{row['first_esn']:08X}",
            day.moment(row["second_time"]), row["second_msc"], f"{row['second_esn']:08X}",
            minutes(row["elapsed_ms"]), minutes(row["travel_time_ms"]),
            row["evidence"].get("speed_kmh"), round(row["confidence"], 3),
            row["evidence"].get("clone"), int(row["superseded"]), int(row["suspect"]),
        )
        for row in found.mappings()
    ]  # fmt: skip
    return Table("conflicts", columns, rows, more=total - len(rows))


def _sum(which: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows there are of which it is true."""
    return func.sum(case((which, 1), else_=0))
