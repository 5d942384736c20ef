"""What operators see of cases: values for a table, and for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from clonewatch.registrations import terminal_type_text, time_text
from clonewatch.store import recording
from clonewatch.store.outbox import ALARM, backlogs
from clonewatch.store.tables import alarms, cases, clone_records, outbox
from is41.msid import msid_digits

from .case import case_by_id, case_of, events_of
from .life import ALARMED, State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, RowMapping

    from .case import Case

LIST_MAX: Final = 1000  # ours: cases in one answer
RECORDS_MAX: Final = 200  # ours: clone records of a case in one answer, the newest
OUTBOX_MAX: Final = 200


def summary(case: Case) -> dict[str, Any]:
    """One case in short."""
    return {
        "case": case.id,
        "msid": msid_digits(case.msid),
        "state": str(case.state),
        "severity": str(case.severity),
        "confidence": round(case.confidence, 3),
        "conflicts": case.conflicts,
        "first": _time(case.first_at),
        "last": _time(case.last_at),
        "mscs": list(case.seen["mscs"]),
        "esns": list(case.seen["esns"]),
        "terminal_types": list(case.seen["terminal_types"]),
        "opened": time_text(case.opened_at),
        "changed": time_text(case.changed_at),
        "silent_until": _time(case.silent_until) if case.state is State.DISMISSED else None,
    }


def listed(
    connection: Connection,
    *,
    states: Sequence[State] = (*sorted(ALARMED),),
    msid: int | None = None,
    before: int | None = None,
    limit: int = LIST_MAX,
) -> list[dict[str, Any]]:
    """Cases in short, the newest first; *before*: only those with a lower number, to read on."""
    statement = select(cases).order_by(cases.c.id.desc()).limit(min(limit, LIST_MAX))
    if states:
        statement = statement.where(cases.c.state.in_([str(state) for state in states]))
    if msid is not None:
        statement = statement.where(cases.c.msid == msid)
    if before is not None:
        statement = statement.where(cases.c.id < before)
    return [summary(case_of(dict(row))) for row in connection.execute(statement).mappings()]


def shown(connection: Connection, case_id: int) -> dict[str, Any] | None:
    """All of one case: who, where, when, how impossible, what was done; None if there is none."""
    case = case_by_id(connection, case_id)
    if case is None:
        return None
    return {
        **summary(case),
        "seen": case.seen,
        "alarm": _alarm(connection, case_id),
        "clone_records": _records(connection, case_id),
        "actions": _actions(connection, case_id),
        "history": [
            {**event, "at": time_text(event["at"])} for event in events_of(connection, case_id)
        ],
    }


def _records(connection: Connection, case_id: int) -> list[dict[str, Any]]:
    """Its clone records with their evidence and messages, the newest first."""
    found = connection.execute(
        select(clone_records)
        .where(clone_records.c.case_id == case_id)
        .order_by(clone_records.c.second_time.desc())
        .limit(RECORDS_MAX)
    )
    return [_record(row) for row in found.mappings()]


def _record(row: RowMapping) -> dict[str, Any]:
    record = recording.clone_record(row)
    for which in ("first", "second"):
        code, octets = row[f"{which}_terminal_type"], row[f"{which}_octets"]
        record[which] |= {
            "terminal_type": terminal_type_text(code) if code else None,
            "message": {"layer": row[f"{which}_layer"], "octets": octets.hex()} if octets else None,
        }
    return record | {"suspect": row["suspect"], "evidence": row["evidence"]}


def _alarm(connection: Connection, case_id: int) -> dict[str, Any] | None:
    row = (
        connection.execute(
            select(alarms).where(alarms.c.case_id == case_id).order_by(alarms.c.raised_at.desc())
        )
        .mappings()
        .first()
    )
    if row is None:
        return None
    return {
        "alarm": row["key"],
        "severity": row["severity"],
        "count": row["count"],
        "raised": time_text(row["raised_at"]),
        "cleared": _time(row["cleared_at"]),
    }


def _actions(connection: Connection, case_id: int) -> list[dict[str, Any]]:
    """What left the machine for it, or is to, and what became of that; the newest first."""
    found = connection.execute(
        select(outbox)
        .where(outbox.c.case_id == case_id)
        .order_by(outbox.c.id.desc())
        .limit(OUTBOX_MAX)
    )
    heads = {each.output: each.reason for each in backlogs(connection)}
    return [
        {
            "kind": row["kind"],
            "to": row["output"],
            "what": row["payload"].get("change", row["kind"]),
            "made": time_text(row["made_at"]),
            "attempts": row["attempts"],
            "outcome": row["outcome"] or "pending",
            "ended": _time(row["ended_at"]),
            "reason": row["reason"] or _of_head(row, heads),
        }
        for row in found.mappings()
    ]


def _of_head(row: RowMapping, heads: Mapping[str, str | None]) -> str | None:
    """Why an alarm waits behind others: for the same as the first of them."""
    is_queued = row["kind"] == ALARM and row["outcome"] is None
    return heads.get(row["output"]) if is_queued else None


def _time(time_ms: int | None) -> str | None:
    return None if time_ms is None else time_text(time_ms)
