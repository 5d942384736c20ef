"""Clone records in the store: conflicts to rows, and rows to the form people read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, select

from clonewatch.clonerecords import MS, record_id
from clonewatch.detector import Conflict
from clonewatch.registrations import Flags, Registration, mscid_text, time_text
from is41.msid import msid_digits

from .chunks import ONE_OF, chunks
from .tables import clone_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, RowMapping

    from clonewatch.clonerecords import CloneRecords
    from clonewatch.messages import Message

_SUPERSEDE: Final = (
    clone_records.update().where(clone_records.c.id == bindparam("its_id")).values(superseded=True)
)
_INSERT: Final = clone_records.insert()
_STORED: Final = select(clone_records).where(clone_records.c.id.in_(ONE_OF))
_REGISTRATION: Final = ("time", "mscid", "esn", "transaction_id", "flags")
# What `conflict_of` reads: neither messages nor evidence.
CONFLICT_COLUMNS: Final = [
    clone_records.c[name]
    for name in (
        *("msid", "elapsed_ms", "travel_time_ms", "found_at", "superseded"),
        *(f"{which}_{name}" for which in ("first", "second") for name in _REGISTRATION),
    )
]


@dataclass(frozen=True, slots=True)
class New:
    """A conflict that is not stored yet, and the row that will be.

    Whoever judges it fills it in.
    """

    conflict: Conflict
    row: dict[str, Any]


@dataclass(slots=True)
class News:
    """What a transaction has to tell of clone records."""

    new: list[New] = field(default_factory=list)  # superseded ones among them are not in force
    superseded: list[dict[str, Any]] = field(default_factory=list)  # rows as they were stored


def row_of(conflict: Conflict, words: CloneRecords, stored_at: int) -> dict[str, Any]:
    """The row of a conflict."""
    return {
        "id": record_id(conflict),
        "msid": conflict.msid,
        **_columns("first", conflict.first, words),
        **message_columns("first", conflict.first_message),
        **_columns("second", conflict.second, words),
        **message_columns("second", conflict.second_message),
        "elapsed_ms": conflict.elapsed_ms,
        "travel_time_ms": conflict.travel_time_ms,
        "found_at": conflict.found_at,
        "stored_at": stored_at,
        "superseded": conflict.superseded,
        "suspect": False,
        "case_id": None,
        "confidence": 0.0,
        "evidence": {},
    }


def message_columns(which: str, message: Message | None) -> dict[str, Any]:
    """The columns of a registration's message."""
    return {
        f"{which}_layer": None if message is None else message.layer_name,
        f"{which}_octets": None if message is None else message.octets,
    }


def conflict_of(row: RowMapping, words: CloneRecords) -> Conflict:
    """The conflict of a row, which needs CONFLICT_COLUMNS only; its sources are not told."""
    return Conflict(
        msid=row["msid"],
        first=_registration_of("first", row, words),
        second=_registration_of("second", row, words),
        elapsed_ms=row["elapsed_ms"],
        travel_time_ms=row["travel_time_ms"],
        found_at=row["found_at"],
        superseded=row["superseded"],
    )


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


def news(
    connection: Connection, conflicts: Iterable[Conflict], words: CloneRecords, stored_at: int
) -> News:
    """What of *conflicts* is new, and what of what is stored they supersede.

    A record never told before that comes as superseded is new, too; one that is superseded stays
    so, whatever comes again.
    """
    latest: dict[str, New] = {}
    for conflict in conflicts:
        row = row_of(conflict, words, stored_at)
        if row["id"] not in latest or conflict.superseded:
            latest[row["id"]] = New(conflict, row)
    known = stored(connection, list(latest))
    it = News()
    for its_id, each in latest.items():
        if its_id not in known:
            it.new.append(each)
        elif each.conflict.superseded and not known[its_id]["superseded"]:
            it.superseded.append(known[its_id])
    return it


def supersede(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Mark stored rows as superseded."""
    if rows:
        connection.execute(_SUPERSEDE, [{"its_id": row["id"]} for row in rows])


def insert(connection: Connection, new: Sequence[New]) -> None:
    """Store new rows."""
    if new:
        connection.execute(_INSERT, [each.row for each in new])


def stored(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Rows of those of *ids* that are stored."""
    rows: dict[str, dict[str, Any]] = {}
    for some in chunks(ids):
        found = connection.execute(_STORED, {ONE_OF.key: some})
        rows |= {row["id"]: dict(row) for row in found.mappings()}
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
        f"{which}_terminal_type": None,
    }


def _registration(which: str, row: RowMapping) -> dict[str, str]:
    return {
        "time": time_text(row[f"{which}_time"]),
        "mscid": mscid_text(row[f"{which}_mscid"]),
        "msc": row[f"{which}_msc"],
        "esn": f"{row[f'{which}_esn']:08X}",
        "source": row[f"{which}_source"],
    }


def _registration_of(which: str, row: RowMapping, words: CloneRecords) -> Registration:
    return Registration(
        time=row[f"{which}_time"],
        msid=row["msid"],
        esn=row[f"{which}_esn"],
        msc=words.index_of(row[f"{which}_mscid"]),
        mscid=row[f"{which}_mscid"],
        transaction_id=row[f"{which}_transaction_id"],
        flags=Flags(row[f"{which}_flags"]),
    )
