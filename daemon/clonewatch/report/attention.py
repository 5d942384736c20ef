"""What of a day people should look at first, in a few sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from clonewatch.cases.life import State
from clonewatch.evidence.findings import Severity
from clonewatch.store.outbox import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .arrivals import Arrivals
    from .dossiers import Dossier
    from .table import Table

_GRAVE: Final = frozenset({Severity.CRITICAL, Severity.MAJOR})


def attention(them: Sequence[Dossier], tables: Mapping[str, Table], came: Arrivals) -> list[str]:
    """The sentences; none is the best."""
    return [*_cases(them), *_tables(tables), *_record_file(came)]


def _cases(them: Sequence[Dossier]) -> Iterator[str]:
    open_ones = [it for it in them if it.case.state is State.OPEN and it.case.severity in _GRAVE]
    if open_ones:
        numbers = ", ".join(str(it.case.id) for it in open_ones[:8])
        more = f" and {len(open_ones) - 8:,} more" if len(open_ones) > 8 else ""
        yield f"Nobody has decided about {_many(len(open_ones), 'grave case')}: {numbers}{more}."


def _tables(tables: Mapping[str, Table]) -> Iterator[str]:
    if rows := tables["suspects"].rows:
        where = "; ".join(f"{row[0]} and {row[1]}" for row in rows[:3])
        yield (
            f"Travel times look wrong, or a clock is: {where}"
            f"{' and others' if len(rows) > 3 else ''}."
        )
    outcomes = [row[6] for row in tables["suspensions"].rows]
    for outcome in ("pending", Outcome.REFUSED, Outcome.EXPIRED):
        if count := outcomes.count(str(outcome)):
            yield f"{_many(count, 'request')} to the HLR: {outcome}."
    standing = [row for row in tables["alarms"].rows if row[3] == "stands"]
    if standing:
        names = "; ".join(f"{row[0]}, {row[1]}" for row in standing[:3])
        more = " and others" if len(standing) > 3 else ""
        yield f"{_many(len(standing), 'alarm')} about ourselves: {names}{more}."


def _record_file(came: Arrivals) -> Iterator[str]:
    if came.missing or came.unreadable:
        yield (
            f"The record file has {_many(len(came.missing), 'hole')} and "
            f"{_many(len(came.unreadable), 'group')} that cannot be read: see what was missed."
        )
    if not came.registrations:
        yield "The record file has no registration of this day."


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
