"""Clone records in the store: conflicts to rows, and rows to the form people read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, select

from clonewatch.clonerecords import MS, record_id
from clonewatch.registrations import mscid_text, time_text
from is41.msid import msid_digits

from .tables import clone_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, RowMapping

    from clonewatch.clonerecords import CloneRecords
    from clonewatch.detector import Conflict
    from clonewatch.registrations import Registration

PARAMETERS_MAX: Final = 500  # of one statement; SQLite takes more, other databases may not

_SUPERSEDE: Final = (
    clone_records.update().where(clone_records.c.id == bindparam("its_id")).values(superseded=True)
)


def row_of(conflict: Conflict, words: CloneRecords, stored_at: int) -> dict[str, Any]:
    """The row of a conflict."""
    return {
        "id": record_id(conflict),
        "msid": conflict.msid,
        **_columns("first", conflict.first, words),
        **_columns("second", conflict.second, words),
        "elapsed_ms": conflict.elapsed_ms,
        "travel_time_ms": conflict.travel_time_ms,
        "found_at": conflict.found_at,
        "stored_at": stored_at,
        "superseded": conflict.superseded,
    }


def clone_record(row: RowMapping) -> dict[str, Any]:
    """The clone record of a row, as `CloneRecords.record` gives it."""
    return {
        "id": row["id"],
        "msid": msid_digits(row["msid"]),
        "first": _registration("first", row),
        "second": _registration("second", row),
        "elapsed_s": row["elapsed_ms"] / MS,
        "travel_time_s": row["travel_time_ms"] / MS,
        "detected_at": time_text(row["found_at"]),
        "superseded": row["superseded"],
    }


def write(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Store each record once; mark those that come again as superseded.

    A record never told before that comes as superseded is stored so; one that is superseded stays
    so, whatever comes again.
    """
    latest: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        if row["id"] not in latest or row["superseded"]:
            latest[row["id"]] = row
    known = stored(connection, list(latest))
    if new := [row for its_id, row in latest.items() if its_id not in known]:
        connection.execute(clone_records.insert(), new)
    if gone := [{"its_id": i} for i, row in latest.items() if i in known and row["superseded"]]:
        connection.execute(_SUPERSEDE, gone)


def stored(connection: Connection, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Rows of those of *ids* that are stored."""
    rows: dict[str, Mapping[str, Any]] = {}
    for at in range(0, len(ids), PARAMETERS_MAX):
        some = clone_records.c.id.in_(ids[at : at + PARAMETERS_MAX])
        for row in connection.execute(select(clone_records).where(some)).mappings():
            rows[row["id"]] = dict(row)
    return rows


def _columns(which: str, registration: Registration, words: CloneRecords) -> dict[str, Any]:
    return {
        f"{which}_time": registration.time,
        f"{which}_mscid": registration.mscid,
        f"{which}_msc": words.msc(registration),
        f"{which}_esn": registration.esn,
        f"{which}_source": words.source(registration),
        f"{which}_flags": int(registration.flags),
        f"{which}_transaction_id": registration.transaction_id,
    }


def _registration(which: str, row: RowMapping) -> dict[str, str]:
    return {
        "time": time_text(row[f"{which}_time"]),
        "mscid": mscid_text(row[f"{which}_mscid"]),
        "msc": row[f"{which}_msc"],
        "esn": f"{row[f'{which}_esn']:08X}",
        "source": row[f"{which}_source"],
    }
