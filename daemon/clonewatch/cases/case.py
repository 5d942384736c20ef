"""One case, and reading and writing it with its audit trail."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, func, select

from clonewatch.evidence.findings import Severity, severity_of
from clonewatch.store import positions
from clonewatch.store.chunks import ONE_OF, chunks
from clonewatch.store.tables import case_events, cases

from .life import Act, State, moved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from .life import Input

PROGRAM: Final = "clonewatch"  # who did what nobody ordered
LAST_CASE: Final = "last_case"  # the position that numbers cases
SEEN: Final = ("mscs", "esns", "terminal_types")
SEEN_MAX: Final = 64  # ours: MSCs, or ESNs, that a case names; more are counted together
OTHERS: Final = "others"


@dataclass(slots=True, kw_only=True)
class Case:
    """One case; see the table `cases`. Times in ms since 1970."""

    id: int
    msid: int
    state: State = State.NONE
    conflicts: int = 0
    confidence: float = 0.0
    floor: Severity | None = None
    first_at: int | None = None
    last_at: int | None = None
    seen: dict[str, dict[str, int]] = field(default_factory=lambda: {name: {} for name in SEEN})
    opened_at: int
    changed_at: int
    silent_until: int | None = None
    dismissed_as: Severity | None = None

    @property
    def severity(self) -> Severity:
        """That of its surest conflict, or what people told if that is graver."""
        return graver_of(severity_of(self.confidence), self.floor or Severity.WARNING)

    def is_silent(self, now_ms: int) -> bool:
        """Whether what comes to a dismissed case is only counted."""
        return self.silent_until is not None and now_ms < self.silent_until

    def as_row(self) -> dict[str, Any]:
        """The row of `cases`."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def lasts(self, *times: int) -> None:
        """Let it last from the earliest of *times* to the latest, and as long as it did before."""
        known = [time for time in (self.first_at, self.last_at, *times) if time is not None]
        self.first_at, self.last_at = min(known), max(known)

    def saw(self, what: str, value: str) -> None:
        """Count an MSC, an ESN or a terminal type."""
        counts = Counter(self.seen[what])
        counts[value if value in counts or len(counts) < SEEN_MAX else OTHERS] += 1
        self.seen[what] = dict(counts)


def graver_of(one: Severity, other: Severity) -> Severity:
    """The graver of two."""
    return max(one, other, key=lambda severity: severity.rank)


def case_of(row: Mapping[str, Any]) -> Case:
    """The case of a row of `cases`."""
    values = dict(row)
    for name in ("floor", "dismissed_as"):
        values[name] = None if values[name] is None else Severity(values[name])
    values["seen"] = {name: {} for name in SEEN} | values["seen"]
    return Case(**values | {"state": State(values["state"])})


def latest_by_msid(connection: Connection, msids: Iterable[int]) -> dict[int, Case]:
    """The newest case of each MSID that has any."""
    found: dict[int, Case] = {}
    for some in chunks(sorted(set(msids))):
        for row in connection.execute(_LATEST, {ONE_OF.key: some}).mappings():
            found[row["msid"]] = case_of(dict(row))
    return found


def by_id(connection: Connection, ids: Iterable[int]) -> dict[int, Case]:
    """Those cases that there are."""
    found: dict[int, Case] = {}
    for some in chunks(sorted(set(ids))):
        for row in connection.execute(_BY_ID, {ONE_OF.key: some}).mappings():
            found[row["id"]] = case_of(dict(row))
    return found


def case_by_id(connection: Connection, case_id: int) -> Case | None:
    """That case, if there is one."""
    return by_id(connection, [case_id]).get(case_id)


class Book:
    """Cases that one transaction changes, and what it has to say of them in the audit trail."""

    def __init__(self, connection: Connection, now_ms: int) -> None:
        self.connection = connection
        self.now_ms = now_ms
        self.changed: dict[int, Case] = {}
        self.acts: list[tuple[Case, Act]] = []  # in order; for alarms and whoever else acts
        self._events: list[dict[str, Any]] = []
        self._new: list[Case] = []
        self._last_id = positions.value(connection, LAST_CASE)

    def new(self, msid: int) -> Case:
        """A case of *msid* that is not there yet."""
        self._last_id += 1
        case = Case(id=self._last_id, msid=msid, opened_at=self.now_ms, changed_at=self.now_ms)
        self._new.append(case)
        return case

    def case_for(self, case: Case | None, msid: int, what: Input) -> Case:
        """Who takes *what*: *case*, the newest of *msid*, or a new one if that is none or over."""
        if case is None or moved(case.state, what)[1] is Act.NEW_CASE:
            return self.new(msid)
        return case

    def move(
        self, case: Case, what: Input, *, who: str = PROGRAM, note: str = "", told: bool = True
    ) -> None:
        """Move a case by the table; *told*: even if its state stays. Raises MoveRefusedError."""
        before = case.state
        case.state, act = moved(case.state, what)
        case.changed_at = self.now_ms
        self.changed[case.id] = case
        self.acts.append((case, act))
        if told or case.state is not before:
            self.tell(case, str(what), who=who, note=note)

    def tell(self, case: Case, what: str, *, who: str = PROGRAM, note: str = "") -> None:
        """Add to the audit trail of a case."""
        self._events.append(
            {
                "case_id": case.id,
                "at": self.now_ms,
                "who": who,
                "what": what,
                "state": str(case.state),
                "note": note,
            }
        )

    def write(self) -> None:
        """Write all of it."""
        if self._new:
            self.connection.execute(_INSERT, [case.as_row() for case in self._new])
            positions.put(self.connection, LAST_CASE, self._last_id)
        new = {case.id for case in self._new}
        if changed := [case.as_row() for case in self.changed.values() if case.id not in new]:
            self.connection.execute(_UPDATE, [row | {"its_id": row["id"]} for row in changed])
        if self._events:
            self.connection.execute(_INSERT_EVENTS, self._events)


_LATEST: Final = select(cases).where(
    cases.c.id.in_(
        select(func.max(cases.c.id)).where(cases.c.msid.in_(ONE_OF)).group_by(cases.c.msid)
    )
)
_BY_ID: Final = select(cases).where(cases.c.id.in_(ONE_OF))
_INSERT: Final = cases.insert()
_INSERT_EVENTS: Final = case_events.insert()
_UPDATE: Final = (
    cases.update()
    .where(cases.c.id == bindparam("its_id"))
    .values({column: bindparam(column.name) for column in cases.c if column.name != "id"})
)


def events_of(connection: Connection, case_id: int) -> Sequence[Mapping[str, Any]]:
    """The audit trail of a case, the oldest first."""
    rows = connection.execute(
        select(case_events).where(case_events.c.case_id == case_id).order_by(case_events.c.id)
    )
    return [dict(row) for row in rows.mappings()]
