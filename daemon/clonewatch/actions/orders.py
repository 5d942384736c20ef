"""What operators tell cases; each order is one transaction, with who gave it in the audit trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from clonewatch.cases import showing, watched
from clonewatch.cases.case import Book, case_by_id, latest_by_msid
from clonewatch.cases.life import Input, MoveRefusedError
from clonewatch.evidence.findings import Severity
from clonewatch.store.tables import clone_records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future

    from sqlalchemy import Connection

    from clonewatch.cases.case import Case
    from clonewatch.store.store import Store

    from .consequences import Consequences


class OrderError(Exception):
    """An order that cannot be obeyed: one line that says why, and what to do."""


class Orders:
    """Orders to the cases of *store*. Every result is the case as `showing.summary` tells it.

    A future may raise OrderError, and what the database raises.
    """

    def __init__(self, store: Store, consequences: Consequences) -> None:
        self._store = store
        self._consequences = consequences

    def open(self, msid: int, *, who: str, note: str) -> Future[dict[str, Any]]:
        """Take a victim's own report: open a case, or add it to the one there is."""

        def work(book: Book) -> Case:
            latest = latest_by_msid(book.connection, [msid]).get(msid)
            case = book.case_for(latest, msid, Input.REPORT)
            case.floor = case.floor or Severity.MAJOR
            book.move(case, Input.REPORT, who=who, note=note)
            return case

        return self._do(work)

    def confirm(self, case_id: int, *, who: str, note: str) -> Future[dict[str, Any]]:
        """Say that it is a clone."""
        return self._move(case_id, Input.CONFIRM, who, note)

    def dismiss(self, case_id: int, *, who: str, note: str) -> Future[dict[str, Any]]:
        """Say that it is none; it is silent for a while unless something graver is found."""

        def work(book: Book) -> Case:
            case = case_of(book.connection, case_id)
            severity = case.severity
            book.move(case, Input.DISMISS, who=who, note=note)
            case.silent_until = book.now_ms + self._consequences.policy.silence_ms
            case.dismissed_as, case.floor = severity, None
            return case

        return self._do(work)

    def close(self, case_id: int, *, who: str, note: str) -> Future[dict[str, Any]]:
        """End a case."""
        return self._move(case_id, Input.CLOSE, who, note)

    def reissue(
        self, case_id: int, *, who: str, note: str, esns: Iterable[int] = ()
    ) -> Future[dict[str, Any]]:
        """End a case whose subscriber has new identifiers; the old ones are watched.

        *esns* are the phones given up; those in the case's clone records if none are given.
        """

        def work(book: Book) -> Case:
            case = case_of(book.connection, case_id)
            old = set(esns) or _esns(book.connection, case_id)
            if not old:
                raise OrderError(f"case {case_id} knows no ESN to watch: say which, with --esn")
            phones = ", ".join(f"{esn:08X}" for esn in sorted(old))
            told = f"watching {phones}" + (f"; {note}" if note else "")
            book.move(case, Input.REISSUE, who=who, note=told)
            watched.watch(book.connection, ((case.msid, esn) for esn in old), case_id, book.now_ms)
            return case

        return self._do(work)

    def annotate(self, case_id: int, *, who: str, note: str) -> Future[dict[str, Any]]:
        """Add a note to the audit trail."""

        def work(book: Book) -> Case:
            case = case_of(book.connection, case_id)
            book.tell(case, "note", who=who, note=note)
            return case

        return self._do(work)

    def _move(self, case_id: int, what: Input, who: str, note: str) -> Future[dict[str, Any]]:
        def work(book: Book) -> Case:
            case = case_of(book.connection, case_id)
            book.move(case, what, who=who, note=note)
            return case

        return self._do(work)

    def _do(self, work: Callable[[Book], Case]) -> Future[dict[str, Any]]:
        def transaction(connection: Connection) -> dict[str, Any]:
            book = Book(connection, self._store.now_ms())
            try:
                case = work(book)
            except MoveRefusedError as refused:
                raise OrderError(str(refused)) from None
            self._consequences.settle(book)
            self._consequences.watch(connection)
            return showing.summary(case)

        return self._store.do(transaction)


def case_of(connection: Connection, case_id: int) -> Case:
    """The case with a number. Raises OrderError."""
    case = case_by_id(connection, case_id)
    if case is None:
        raise OrderError(f"there is no case {case_id}: see `cases list`")
    return case


def _esns(connection: Connection, case_id: int) -> set[int]:
    """ESNs in the clone records of a case."""
    records = clone_records.c
    rows = connection.execute(
        select(records.first_esn, records.second_esn).where(records.case_id == case_id).distinct()
    )
    return {esn for row in rows.all() for esn in row}
