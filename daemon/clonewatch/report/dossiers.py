"""The cases of a day: those that opened, and those that had conflicts again.

The gravest are told whole, with their conflicts and a drawing; all stand in the table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, or_, select

from clonewatch.cases.case import case_of
from clonewatch.cases.life import ALARMED
from clonewatch.store.tables import cases, clone_records
from is41.msid import msid_digits

from .table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, RowMapping

    from clonewatch.cases.case import Case
    from clonewatch.mscs import Mscs

    from .arrivals import Sighting
    from .day import Day

CASES_MAX: Final = 5_000  # ours: in the table
TOLD_MAX: Final = 60  # ours: told whole, with a drawing
CONFLICTS_MAX: Final = 40  # ours: of one case, the newest of the day
SIGHTINGS_MAX: Final = 200  # ours: registrations of one drawing
MINUTE_MS: Final = 60_000


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """A registration, as it is drawn."""

    time_ms: int
    msc: str
    esn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A conflict, as it is drawn and told."""

    first: Point
    second: Point
    needs_ms: int
    speed_kmh: int | None
    confidence: float
    clone: str  # first, second, unknown
    words: tuple[str, ...]  # what speaks for and against it
    superseded: bool
    kept_back: bool

    @property
    def is_wrong(self) -> bool:
        """Whether it counts."""
        return not (self.superseded or self.kept_back)

    @property
    def share(self) -> float:
        """Of the time that it takes: the less, the more impossible."""
        return (self.second.time_ms - self.first.time_ms) / max(1, self.needs_ms)

    @property
    def short(self) -> str:
        """How impossible it is, for a drawing."""
        return self.how if self.speed_kmh is None else f"{self.speed_kmh:,} km/h"

    @property
    def how(self) -> str:
        """How impossible it is, in few words."""
        took = (self.second.time_ms - self.first.time_ms) / MINUTE_MS
        in_time = f"{took:.3g} of {self.needs_ms / MINUTE_MS:.3g} min"
        return in_time if self.speed_kmh is None else f"{self.speed_kmh:,} km/h, {in_time}"


@dataclass(slots=True, kw_only=True)
class Dossier:
    """One case of the day."""

    case: Case
    is_new: bool
    steps: list[Step] = field(default_factory=list)  # of the day, the oldest first
    others: list[Point] = field(default_factory=list)  # further registrations of the day
    left_out: int = 0  # conflicts of the day beyond those in `steps`

    @property
    def gravest(self) -> list[tuple[int, Step]]:
        """The most impossible steps with their numbers in the day, those that count before all."""
        numbered = list(enumerate(self.steps, self.left_out + 1))
        return sorted(numbered, key=lambda each: (not each[1].is_wrong, each[1].share))

    @property
    def subscriber(self) -> str:
        """MIN or IMSI, in digits."""
        return msid_digits(self.case.msid)


def dossiers(connection: Connection, day: Day) -> tuple[list[Dossier], int]:
    """Cases that opened on the day or had conflicts on it, the gravest first; and how many more."""
    with_conflicts = select(clone_records.c.case_id).where(day.has(clone_records.c.second_time))
    where = or_(day.has(cases.c.opened_at), cases.c.id.in_(with_conflicts))
    total = connection.execute(select(func.count()).where(where)).scalar_one()
    found = connection.execute(
        select(cases).where(where).order_by(cases.c.confidence.desc(), cases.c.id).limit(CASES_MAX)
    )
    them = [
        Dossier(case=it, is_new=day.start_ms <= it.opened_at < day.end_ms)
        for it in (case_of(dict(row)) for row in found.mappings())
    ]
    them.sort(key=_gravest_first)
    return them, total - len(them)


def fill_in(connection: Connection, day: Day, them: Iterable[Dossier]) -> None:
    """Give dossiers their conflicts of the day."""
    for it in them:
        of_it = (clone_records.c.case_id == it.case.id) & day.has(clone_records.c.second_time)
        total = connection.execute(select(func.count()).where(of_it)).scalar_one()
        found = connection.execute(
            select(clone_records)
            .where(of_it)
            .order_by(clone_records.c.second_time.desc())
            .limit(CONFLICTS_MAX)
        )
        it.steps = [_step(row) for row in found.mappings()][::-1]
        it.left_out = total - len(it.steps)


def add_sightings(it: Dossier, sightings: Sequence[Sighting], mscs: Mscs) -> None:
    """Add registrations from the record file that are in no conflict."""
    drawn = {point for step in it.steps for point in (step.first, step.second)}
    seen = {Point(each.time_ms, mscs.name_of(each.mscid), each.esn) for each in sightings}
    it.others = sorted(seen - drawn)[:SIGHTINGS_MAX]


def cases_table(day: Day, them: Sequence[Dossier], more: int) -> Table:
    """All cases of the day."""
    columns = (
        "case", "subscriber", "new", "state", "severity", "confidence", "conflicts", "opened",
        "MSCs", "ESNs",
    )  # fmt: skip
    rows = [
        (
            it.case.id,
            it.subscriber,
            "new" if it.is_new else "again",
            str(it.case.state),
            str(it.case.severity),
            round(it.case.confidence, 3),
            it.case.conflicts,
            day.moment(it.case.opened_at),
            ", ".join(it.case.seen["mscs"]),
            ", ".join(it.case.seen["esns"]),
        )
        for it in them
    ]
    return Table("cases", columns, rows, more=more)


def _gravest_first(it: Dossier) -> tuple[Any, ...]:
    case = it.case
    over = case.state not in ALARMED
    return (over, -case.severity.rank, not it.is_new, -case.confidence, -case.conflicts, case.id)


def _step(row: RowMapping) -> Step:
    evidence: Mapping[str, Any] = row["evidence"]
    return Step(
        first=Point(row["first_time"], row["first_msc"], row["first_esn"]),
        second=Point(row["second_time"], row["second_msc"], row["second_esn"]),
        needs_ms=row["travel_time_ms"],
        speed_kmh=evidence.get("speed_kmh"),
        confidence=row["confidence"],
        clone=evidence.get("clone", "unknown"),
        words=tuple(dict.fromkeys(found["words"] for found in evidence.get("found", ()))),
        superseded=row["superseded"],
        kept_back=row["suspect"],
    )
