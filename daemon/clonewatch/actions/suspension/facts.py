"""What the store knows of a case, and of everything around it, for a decision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from clonewatch.evidence.findings import Side
from clonewatch.registrations import UNTRUSTED, Flags
from clonewatch.store.outbox import SUSPENSION
from clonewatch.store.tables import clone_records

from . import items, standing, switch
from .deciding import Counted, Facts
from .rules import DAY_MS, HOUR_MS, Mode

if TYPE_CHECKING:
    from sqlalchemy import Connection, RowMapping

    from clonewatch.cases.case import Case

    from .rules import Rules
    from .switch import Position

RECORDS_MAX: Final = 1000  # ours: conflicts of a case that are looked at, the latest
USUAL_HOURS: Final = 7 * 24  # what is usual is learned from, before the last hour
HELD_FLAGS: Final = UNTRUSTED | Flags.LATE
# What a decision reads of a clone record; the messages kept with it are none of that.
_COUNTED: Final = [
    clone_records.c[name]
    for name in (
        "second_time", "stored_at", "confidence", "evidence",
        "first_esn", "second_esn", "first_flags", "second_flags",
    )
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is the same for all cases of one moment."""

    position: Position
    made: list[int]  # when suspensions were asked for by itself, within a day
    in_conflict: int
    usual: float

    @classmethod
    def read(cls, connection: Connection, rules: Rules, now_ms: int) -> Around:
        """As the store has it; *usual* is 0 where *rules* make nothing depend on it."""
        position = switch.position(connection)
        in_conflict = _in_conflict(connection, max(now_ms - HOUR_MS, position.at))
        # Only the breaker asks for the usual, beyond so many: days of clone records are read for
        # it, while whoever else writes to the store has to wait.
        may_trip = rules.mode is Mode.AUTO and in_conflict > rules.breaker_subscribers
        return cls(
            position=position,
            made=items.made_since(connection, now_ms - DAY_MS),
            in_conflict=in_conflict,
            usual=_usual(connection, now_ms) if may_trip else 0.0,
        )

    def at(self, position: Position) -> Around:
        """After the switch was turned."""
        return replace(self, position=position)

    def with_one_more(self, now_ms: int) -> Around:
        """After a suspension was asked for."""
        return replace(self, made=[*self.made, now_ms])


def facts_of(case: Case, connection: Connection, rules: Rules, around: Around, now: int) -> Facts:
    """What a decision about a case rests on."""
    row = standing.of(connection, case.id)
    conflicts, held = _conflicts(connection, case.id, row["restored_at"] or 0)
    return Facts(
        now_ms=now,
        state=case.state,
        exempt_until=rules.exempt_until.get(case.msid, 0),
        by_hand=bool(row["by_hand"]),
        held=held,
        conflicts=conflicts,
        is_asked=bool(items.pending(connection, [case.id], SUSPENSION)),
        switch=around.position.what,
        sent_in_hour=sum(at > now - HOUR_MS for at in around.made),
        sent_in_day=len(around.made),
        in_conflict=around.in_conflict,
        usual=around.usual,
    )


def conflicts_of(connection: Connection, case_id: int) -> tuple[Counted, ...]:
    """The conflicts of a case that count, in order."""
    return _conflicts(connection, case_id, 0)[0]


def _conflicts(
    connection: Connection, case_id: int, after_ms: int
) -> tuple[tuple[Counted, ...], int]:
    """Those that count, in order, and how many are held."""
    records = clone_records.c
    found = connection.execute(
        select(*_COUNTED)
        .where(records.case_id == case_id, ~records.superseded, ~records.suspect)
        .where(records.second_time > after_ms)
        .order_by(records.second_time.desc())
        .limit(RECORDS_MAX)
    )
    rows = found.mappings().all()[::-1]
    counted = tuple(_counted(row) for row in rows if not _is_held(row))
    return counted, len(rows) - len(counted)


def _is_held(row: RowMapping) -> bool:
    flags = Flags(row["first_flags"] | row["second_flags"])
    return bool(flags & HELD_FLAGS) or bool(row["evidence"].get("holds"))


def _counted(row: RowMapping) -> Counted:
    return Counted(
        known_at=max(row["second_time"], row["stored_at"]),
        confidence=row["confidence"],
        first_esn=row["first_esn"],
        second_esn=row["second_esn"],
        clone=Side(row["evidence"].get("clone", Side.UNKNOWN)),
    )


def _in_conflict(connection: Connection, since_ms: int) -> int:
    """How many subscribers came into conflict since then, whatever became of that."""
    # Asked like this, SQLite takes the index of `found_at`; to count what SELECT DISTINCT gives it
    # walks through all there is, for the index by MSID has that in order.
    count = select(func.count(clone_records.c.msid.distinct()))
    return connection.execute(count.where(clone_records.c.found_at > since_ms)).scalar_one()


def _usual(connection: Connection, now_ms: int) -> float:
    """How many come into conflict in an hour, by the days before; 0 where nothing is known."""
    found_at, end = clone_records.c.found_at, now_ms - HOUR_MS
    begin = end - USUAL_HOURS * HOUR_MS
    both = select(clone_records.c.msid, (found_at // HOUR_MS).label("hour"))
    both = both.where(found_at > begin, found_at <= end).distinct()
    count = connection.execute(select(func.count()).select_from(both.subquery())).scalar_one()
    return count / USUAL_HOURS
