"""One MIN with two ESNs: its MSID's case, which needs no conflict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from clonewatch.evidence.findings import Severity
from clonewatch.registrations import time_text

from .case import graver_of
from .life import Input, State
from .weighing import latest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clonewatch.clonerecords import CloneRecords
    from clonewatch.evidence.twins import Twins

    from .case import Book, Case

SEVERITY: Final = Severity.MAJOR  # at least: two phones are in use, though one may be broken


def tell_twins(book: Book, found: Iterable[Twins], words: CloneRecords) -> None:
    """Open the cases that twins call for, or count them.

    A dismissed case is silent for its time.
    """
    for twins in found:
        case = latest(book, twins.msid)
        what = Input.TWINS if case is None else _input(case, book.now_ms)
        case = book.case_for(case, twins.msid, what)
        if case.state is State.NONE:
            what = Input.TWINS
        is_new = case.floor is None
        case.floor = graver_of(case.floor or SEVERITY, SEVERITY)
        case.lasts(twins.first_at, twins.last_at)
        for mscid in twins.mscids:
            case.saw("mscs", words.name_of(mscid))
        for esn in twins.esns:
            case.saw("esns", f"{esn:08X}")
        book.move(case, what, note=_note(twins), told=is_new)


def _input(case: Case, now_ms: int) -> Input:
    """What twins are to a case."""
    is_over = case.state is State.DISMISSED and not case.is_silent(now_ms)
    return Input.LATER if is_over else Input.TWINS


def _note(twins: Twins) -> str:
    esns = ", ".join(f"{esn:08X}" for esn in twins.esns)
    return (
        f"ESNs {esns} by turns: {twins.changes} changes since {time_text(twins.first_at)}, "
        f"the last at {time_text(twins.last_at)}"
    )
