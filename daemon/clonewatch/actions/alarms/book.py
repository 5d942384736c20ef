"""The book of alarms: each stands in it once, and each change goes into every outbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, select

from clonewatch.evidence.findings import Severity
from clonewatch.store import positions
from clonewatch.store.chunks import ONE_OF, chunks
from clonewatch.store.outbox import ALARM
from clonewatch.store.tables import alarms, outbox

from .kinds import Kind
from .notice import CLEARED, Change, Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy import Connection

LAST_NOTICE: Final = "last_notice"


@dataclass(slots=True, kw_only=True)
class Alarm:
    """A row of the table `alarms`."""

    key: str
    case_id: int | None = None
    kind: Kind
    object: str
    severity: Severity | None = None  # None: cleared
    text: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    raised_at: int = 0
    changed_at: int = 0
    cleared_at: int | None = None
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """That something is wrong, or (with no severity) that it is over."""

    key: str
    kind: Kind
    object: str
    severity: Severity | None
    text: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    case_id: int | None = None
    raises: bool = True  # False: only what is raised is changed
    count: int = 1  # how often it happened


class AlarmBook:
    """What one transaction has to say of alarms. *outputs_of*: where notices of a kind go."""

    def __init__(
        self,
        connection: Connection,
        now_ms: int,
        outputs_of: Callable[[Kind], Sequence[str]],
    ) -> None:
        self._connection = connection
        self._now_ms = now_ms
        self._outputs_of = outputs_of

    def take(self, reports: Sequence[Report]) -> None:
        """Raise, change, count and clear, in order."""
        if not reports:
            return
        known = {each.key: each for each in read(self._connection, [r.key for r in reports])}
        new: dict[str, Alarm] = {}
        notices: list[Notice] = []
        last = positions.value(self._connection, LAST_NOTICE)
        for report in reports:
            alarm = known.get(report.key) or new.get(report.key)
            if alarm is None:
                if report.severity is None or not report.raises:
                    continue
                alarm = Alarm(key=report.key, kind=report.kind, object=report.object)
                new[report.key] = alarm
            if notice := self._apply(report, alarm, last + len(notices) + 1):
                notices.append(notice)
        if known:
            self._connection.execute(
                _UPDATE, [_row(a) | {"its_key": a.key} for a in known.values()]
            )
        if new:
            self._connection.execute(_INSERT, [_row(alarm) for alarm in new.values()])
        if notices:
            positions.put(self._connection, LAST_NOTICE, last + len(notices))
            self._send(notices)

    def _apply(self, report: Report, alarm: Alarm, number: int) -> Notice | None:
        """Do what a report says; the notice that it calls for."""
        before = alarm.severity
        if before is None and (report.severity is None or not report.raises):
            return None
        if before is None:
            alarm.raised_at, alarm.cleared_at, alarm.count = self._now_ms, None, 0
        alarm.case_id = report.case_id
        alarm.text = report.text or alarm.text
        alarm.details = report.details or alarm.details
        if report.severity is None:
            alarm.severity, alarm.cleared_at = None, self._now_ms
        else:
            alarm.severity = report.severity
            alarm.count += report.count
            if before is report.severity:
                return None  # a repeat: counted
        alarm.changed_at = self._now_ms
        return Notice(
            number=number,
            change=_change(before, alarm.severity),
            key=alarm.key,
            kind=alarm.kind,
            object=alarm.object,
            severity=alarm.severity,
            before=before,
            text=alarm.text,
            details=alarm.details,
            raised_at=alarm.raised_at,
            at=self._now_ms,
            count=alarm.count,
            case_id=alarm.case_id,
        )

    def _send(self, notices: Sequence[Notice]) -> None:
        rows = [
            {
                "kind": ALARM,
                "output": output,
                "key": str(notice.number),
                "case_id": notice.case_id,
                "payload": notice.as_payload(),
                "made_at": self._now_ms,
                "due_at": self._now_ms,
                "attempts": 0,
            }
            for notice in notices
            for output in self._outputs_of(notice.kind)
        ]
        if rows:
            self._connection.execute(_SEND, rows)


def read(connection: Connection, keys: Iterable[str]) -> list[Alarm]:
    """Those alarms of *keys* that the book has."""
    found = []
    for some in chunks(sorted(set(keys))):
        rows = connection.execute(_READ, {ONE_OF.key: some}).mappings()
        found += [_alarm(dict(row)) for row in rows]
    return found


def raised(connection: Connection, *, about_subscribers: bool | None = None) -> list[Alarm]:
    """All that is raised, the newest first; True: of cases only, False: about ourselves only."""
    statement = select(alarms).where(alarms.c.cleared_at.is_(None))
    if about_subscribers is not None:
        is_clone = alarms.c.kind == str(Kind.CLONE)
        statement = statement.where(is_clone if about_subscribers else ~is_clone)
    rows = connection.execute(statement.order_by(alarms.c.raised_at.desc())).mappings()
    return [_alarm(dict(row)) for row in rows]


def _change(before: Severity | None, after: Severity | None) -> Change:
    if after is None:
        return Change.CLEARED
    return Change.RAISED if before is None else Change.CHANGED


def _alarm(row: Mapping[str, Any]) -> Alarm:
    severity = None if row["severity"] == CLEARED else Severity(row["severity"])
    return Alarm(**{**row, "kind": Kind(row["kind"]), "severity": severity})


def _row(alarm: Alarm) -> dict[str, Any]:
    row = {name: getattr(alarm, name) for name in alarm.__dataclass_fields__}
    return row | {"severity": str(alarm.severity or CLEARED)}


_READ: Final = select(alarms).where(alarms.c.key.in_(ONE_OF))
_INSERT: Final = alarms.insert()
_SEND: Final = outbox.insert()
_UPDATE: Final = (
    alarms.update()
    .where(alarms.c.key == bindparam("its_key"))
    .values({column: bindparam(column.name) for column in alarms.c if column.name != "key"})
)
