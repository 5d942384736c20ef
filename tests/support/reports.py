"""Days to report of: stores and record files with a little of everything."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from clonewatch.recordfile import Recorder
from clonewatch.report.day import Day
from clonewatch.report.making import Where
from clonewatch.store.tables import alarms, case_events, outbox, suspects
from stores import DAY as DAY_MS
from stores import HOUR, MIN, MINUTE, MSCS, TEN, conflict, store_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sqlalchemy import Connection

    from clonewatch.registrations import Batch
    from stores import Desk

SUNDAY: Final = Day(date(2026, 11, 22), ZoneInfo("UTC"))  # TEN is its ten o'clock
MONDAY: Final = Day(date(2026, 11, 23), ZoneInfo("UTC"))


def fill(it: Desk) -> None:
    """Three subscribers: one on both days, one on each; and one conflict superseded."""
    it.found(conflict(), conflict(MIN + 1, "A", "D", needs=120 * MINUTE))
    it.now_ms += DAY_MS
    it.found(conflict(at=TEN + DAY_MS), conflict(MIN + 2, "B", "D", at=TEN + DAY_MS + HOUR))
    mark = "UPDATE clone_records SET superseded = 1 WHERE msid = ?"
    it.connection.exec_driver_sql(mark, (MIN + 1,))


def ask_hlr(connection: Connection, case_id: int, **values: object) -> None:
    """Put a suspension into the outbox, made at TEN."""
    row = {
        "kind": "suspension", "output": "the HLR", "key": f"{case_id}", "case_id": case_id,
        "payload": {"change": "suspend"}, "made_at": TEN, "due_at": TEN, "attempts": 1,
    }  # fmt: skip
    connection.execute(outbox.insert(), row | values)


def tell(connection: Connection, case_id: int, what: str, note: str, *, at: int = TEN) -> None:
    """Add to the audit trail of a case."""
    row = {"case_id": case_id, "at": at, "who": "maria", "what": what, "state": "open"}
    connection.execute(case_events.insert(), row | {"note": note})


def suspect(connection: Connection, one: str, other: str) -> None:
    """Suspect a pair, or an MSC, since TEN."""
    row = {"one": one, "other": other, "since": TEN, "last_at": TEN, "conflicts": 1}
    connection.execute(suspects.insert(), row)


def alarm(connection: Connection, name: str, raised: int, cleared: int | None = None) -> None:
    """Raise the alarm that a link is down."""
    row = {
        "key": name, "kind": "link_down", "object": f"link {name}", "severity": "major",
        "text": "down", "details": {}, "raised_at": raised, "changed_at": raised,
        "cleared_at": cleared, "count": 1,
    }  # fmt: skip
    connection.execute(alarms.insert(), row)


def record(directory: Path, *batches: Batch) -> None:
    """A record file of registrations that are received as they are made."""
    now_ms = TEN
    recorder = Recorder(directory, tell=lambda _: None, clock=lambda: now_ms / 1000)
    for batch in batches:
        now_ms = int(batch.time.max())
        recorder.append(batch)
        recorder.flush()
    recorder.close()


def place(folder: Path, *, names: Iterable[str] = ("west", "east")) -> Where:
    """Where a report of *folder* is made from, with FIG. 6's conflict in its store."""
    store = store_in(folder)
    store.submit([conflict()], 2)
    store.close()
    return Where(
        store=folder / "clonewatch.sqlite",
        records=folder / "records",
        refused=folder / "refused.pcap",
        mscs=MSCS,
        mode="test",
        names=list(names),
        lateness_ms={0: 45 * MINUTE},
    )
