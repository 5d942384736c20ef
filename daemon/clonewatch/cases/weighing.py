"""Conflicts put to their cases, within the transaction that stores them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, bindparam, func, select

from clonewatch.evidence.findings import Severity
from clonewatch.evidence.history import History, Look
from clonewatch.evidence.weigh import weigh
from clonewatch.recordfile.keys import key_of
from clonewatch.registrations import terminal_type_text
from clonewatch.store import recording
from clonewatch.store.chunks import ONE_OF, chunks
from clonewatch.store.tables import clone_records

from .case import by_id, latest_by_msid
from .life import ALARMED, Act, Input, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from clonewatch.clonerecords import CloneRecords
    from clonewatch.detector import Conflict
    from clonewatch.evidence.findings import Evidence
    from clonewatch.evidence.network import Network
    from clonewatch.recordfile.keys import Find, Kept, Key
    from clonewatch.registrations import Registration
    from clonewatch.store.recording import New

    from .case import Book, Case

HISTORY_MAX: Final = 20  # ours: earlier conflicts of an MSID that a new one is weighed with


def gather(
    book: Book, new: Sequence[New], words: CloneRecords, network: Network, find: Find
) -> None:
    """Weigh new conflicts and put each to its MSID's case; their rows are filled in.

    *find* gives what the record file has of registrations, at what they cost it.
    """
    counted = [each for each in new if not each.conflict.superseded and not each.row["suspect"]]
    cases = latest_by_msid(book.connection, (each.conflict.msid for each in counted))
    earlier: dict[int, list[Conflict]] = {
        msid: _earlier(book.connection, msid, words) for msid in cases
    }
    kept = find([each for new in counted for each in (new.conflict.first, new.conflict.second)])
    for each in counted:
        conflict = each.conflict
        before = earlier.setdefault(conflict.msid, [])
        history = History(conflicts=tuple(before[-HISTORY_MAX:]), looks=_looks(each, kept))
        evidence = weigh(conflict, history, network)
        before.append(conflict)
        each.row["evidence"] = evidence.as_record()
        each.row["confidence"] = evidence.confidence
        case = _take(book, cases.get(conflict.msid), each, evidence)
        cases[conflict.msid] = case
        each.row["case_id"] = case.id


def _looks(each: New, kept: Mapping[Key, Kept]) -> dict[Registration, Look]:
    """What the two registrations told of their phones; the row is filled in."""
    looks = {}
    for which in ("first", "second"):
        registration = getattr(each.conflict, which)
        its = kept.get(key_of(registration))
        if its is None:
            continue
        looks[registration] = Look(
            terminal_type=its.row.terminal_type,
            system_capabilities=its.row.system_capabilities,
            transaction_capability=its.row.transaction_capability,
        )
        each.row[f"{which}_terminal_type"] = its.row.terminal_type
        if its.message is not None:
            each.row.update(recording.message_columns(which, its.message))
    return looks


def weigh_again(
    book: Book, lost: Iterable[Mapping[str, Any]], new: Sequence[New], why: str
) -> None:
    """Weigh cases without the clone records *lost*, which count no more; *new* counts.

    The rows *lost* are marked in the store before.
    """
    fewer: dict[int, int] = defaultdict(int)
    for row in lost:
        if row["case_id"] is not None:
            fewer[row["case_id"]] += 1
    stored = by_id(book.connection, fewer.keys() - book.changed.keys())
    confidences = _confidences(book.connection, list(fewer))
    for each in new:
        if each.row["case_id"] in fewer:
            known = confidences.get(each.row["case_id"], 0.0)
            confidences[each.row["case_id"]] = max(known, each.row["confidence"])
    for case_id, count in fewer.items():
        case = book.changed.get(case_id) or stored.get(case_id)
        if case is None:
            continue  # gone, as retention said
        case.conflicts -= count
        case.confidence = confidences.get(case_id, 0.0)
        book.changed[case_id] = case
        note = f"{count} {'conflict' if count == 1 else 'conflicts'} {why}; {case.conflicts} left"
        if case.conflicts or case.floor is not None:
            book.tell(case, why, note=note)
            if case.state in ALARMED:
                book.acts.append((case, Act.UPDATE))
        else:
            book.move(case, Input.ACQUITTED, note=note)


def sight(book: Book, msid: int, note: str) -> Case:
    """An identity that was given up has registered: its MSID's case, which is told."""
    case = book.case_for(latest(book, msid), msid, Input.SIGHTING)
    case.floor = Severity.CRITICAL
    book.move(case, Input.SIGHTING, note=note)
    return case


def latest(book: Book, msid: int) -> Case | None:
    """The newest case of an MSID, as the book has it."""
    mine = [case for case in book.changed.values() if case.msid == msid]
    return max(mine, key=lambda case: case.id, default=None) or latest_by_msid(
        book.connection, [msid]
    ).get(msid)


def _take(book: Book, case: Case | None, each: New, evidence: Evidence) -> Case:
    """Count a conflict in its case: *case*, or a new one if that is over."""
    conflict = each.conflict
    what = Input.CONFLICT if case is None else _input(case, evidence.severity, book.now_ms)
    case = book.case_for(case, conflict.msid, what)
    if case.state is State.NONE:
        what = Input.CONFLICT
    before, severity = case.state, case.severity
    case.conflicts += 1
    case.confidence = max(case.confidence, evidence.confidence)
    case.lasts(conflict.second.time)
    for which, registration in (("first", conflict.first), ("second", conflict.second)):
        case.saw("mscs", each.row[f"{which}_msc"])
        case.saw("esns", f"{registration.esn:08X}")
        if code := each.row[f"{which}_terminal_type"]:
            case.saw("terminal_types", terminal_type_text(code))
    book.move(case, what, note=_found(each, evidence), told=False)
    if before is case.state and case.severity is not severity:
        book.tell(case, "severity", note=f"{severity} to {case.severity}: {_found(each, evidence)}")
    return case


def _input(case: Case, severity: Severity, now_ms: int) -> Input:
    """What a conflict of *severity* is to a case."""
    if case.state is not State.DISMISSED:
        return Input.CONFLICT
    if not case.is_silent(now_ms):
        return Input.LATER
    if case.dismissed_as is None or severity.rank > case.dismissed_as.rank:
        return Input.GRAVER
    return Input.CONFLICT


def _found(each: New, evidence: Evidence) -> str:
    row = each.row
    return (
        f"{row['first_msc']} to {row['second_msc']} in {row['elapsed_ms'] / 60_000:.1f} min "
        f"of {round(row['travel_time_ms'] / 60_000, 2):g}, confidence {evidence.confidence:.2f}"
    )


def _earlier(connection: Connection, msid: int, words: CloneRecords) -> list[Conflict]:
    """The MSID's last conflicts that count, the oldest first."""
    found = connection.execute(_EARLIER, {"its_msid": msid})
    return [recording.conflict_of(row, words) for row in found.mappings()][::-1]


def _confidences(connection: Connection, case_ids: Sequence[int]) -> dict[int, float]:
    """Of each case, the confidence of the surest conflict that counts."""
    found: dict[int, float] = {}
    for some in chunks(case_ids):
        rows = connection.execute(_CONFIDENCES, {ONE_OF.key: some})
        found |= {row[0]: row[1] for row in rows.all()}
    return found


_RECORDS: Final = clone_records.c
_COUNTS: Final = and_(~_RECORDS.superseded, ~_RECORDS.suspect)
_EARLIER: Final = (
    select(*recording.CONFLICT_COLUMNS)
    .where(_RECORDS.msid == bindparam("its_msid"), _COUNTS)
    .order_by(_RECORDS.second_time.desc())
    .limit(HISTORY_MAX)
)
_CONFIDENCES: Final = (
    select(_RECORDS.case_id, func.max(_RECORDS.confidence))
    .where(_RECORDS.case_id.in_(ONE_OF), _COUNTS)
    .group_by(_RECORDS.case_id)
)
