"""Travel times that look wrong: many MSIDs in conflict on one pair of MSCs.

A clone is one subscriber's trouble. Where many have the same, the table has a wrong entry, or the
clock of an MSC is wrong; the latter shows on several pairs that share the MSC. Conflicts on what is
suspect are stored and counted, and count for no case.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import and_, bindparam, or_, select

from clonewatch.store.tables import clone_records, suspects

from .policy import PAIRS_OF_AN_MSC

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection

    from clonewatch.store.recording import New

    from .policy import Policy

Pair: TypeAlias = tuple[str, str]  # names of two MSCs, in order; of one MSC, twice its name


@dataclass(slots=True)
class Suspicion:
    """What a transaction changed."""

    begun: list[Pair] = field(default_factory=list)  # an MSC comes behind its pairs
    kept_back: Counter[Pair] = field(default_factory=Counter)  # conflicts, by what was suspect
    lost: list[dict[str, Any]] = field(default_factory=list)  # stored rows that count no more


def pair_of(one: str, other: str) -> Pair:
    """The pair of two MSCs, whichever came first."""
    return (one, other) if one <= other else (other, one)


def known(connection: Connection) -> set[Pair]:
    """All that is suspect."""
    return {(row.one, row.other) for row in connection.execute(select(suspects)).all()}


def keep_back(connection: Connection, new: Sequence[New], now_ms: int, policy: Policy) -> Suspicion:
    """Mark what of *new* is on suspect pairs, and find which have become so."""
    it = Suspicion()
    suspected = known(connection)
    by_pair: dict[Pair, list[New]] = defaultdict(list)
    for each in new:
        pair = pair_of(each.row["first_msc"], each.row["second_msc"])
        if not _mark(each, pair, suspected, it) and not each.conflict.superseded:
            by_pair[pair].append(each)
    for pair, its_new in by_pair.items():
        since = max(each.conflict.found_at for each in its_new) - policy.suspect_ms
        msids = {each.conflict.msid for each in its_new}
        if len(msids) < policy.suspect_msids:
            msids |= _msids(connection, pair, since, policy.suspect_msids)
        if len(msids) >= policy.suspect_msids:
            suspected |= _begin(connection, pair, suspected, since, now_ms, it)
    if it.begun:
        for pair, its_new in by_pair.items():
            for each in its_new:
                _mark(each, pair, suspected, it)
    _count(connection, it.kept_back, now_ms)
    return it


def expire(connection: Connection, now_ms: int, policy: Policy) -> list[Pair]:
    """Suspect no more what had no conflict for long; what that was."""
    return _end(connection, suspects.c.last_at <= now_ms - policy.suspect_ms)


def forget(connection: Connection) -> list[Pair]:
    """Suspect nothing any more, as there are other travel times; what was suspect."""
    return _end(connection, suspects.c.last_at.is_not(None))


def _mark(each: New, pair: Pair, suspected: set[Pair], it: Suspicion) -> bool:
    """Keep a conflict back if its pair, or one of its MSCs, is suspect."""
    one, other = pair
    reasons = {pair, (one, one), (other, other)} & suspected
    each.row["suspect"] = bool(reasons)
    it.kept_back.update(reasons)
    return bool(reasons)


def _begin(
    connection: Connection,
    pair: Pair,
    suspected: set[Pair],
    since: int,
    now_ms: int,
    it: Suspicion,
) -> set[Pair]:
    """Begin to suspect a pair, and its MSCs if they have enough of such."""
    begun = {pair}
    for msc in set(pair):
        pairs = {each for each in suspected | begun if msc in each and each[0] != each[1]}
        if len(pairs) >= PAIRS_OF_AN_MSC and (msc, msc) not in suspected:
            begun.add((msc, msc))
    for one, other in sorted(begun, key=lambda each: (each != pair, each)):
        it.begun.append((one, other))
        it.lost += _take_back(connection, _of((one, other), since))
        row = {"one": one, "other": other, "since": now_ms, "last_at": now_ms, "conflicts": 0}
        connection.execute(suspects.insert(), row)
    return begun


def _take_back(connection: Connection, where: ColumnElement[bool]) -> list[dict[str, Any]]:
    """Mark stored clone records as suspect; the rows that they were."""
    rows = [
        dict(row)
        for row in connection.execute(
            select(clone_records.c.id, clone_records.c.case_id).where(where)
        ).mappings()
    ]
    if rows:
        connection.execute(clone_records.update().where(where).values(suspect=True))
    return rows


def _msids(connection: Connection, pair: Pair, since: int, enough: int) -> set[int]:
    """MSIDs with conflicts that count on *pair*; no more than *enough*."""
    found = connection.execute(
        select(clone_records.c.msid).where(_of(pair, since)).distinct().limit(enough)
    )
    return set(found.scalars())


def _of(pair: Pair, since: int) -> ColumnElement[bool]:
    """Clone records that count, on a pair or of an MSC, found after *since*."""
    records, (one, other) = clone_records.c, pair
    if one == other:
        where = or_(records.first_msc == one, records.second_msc == one)
    else:
        where = or_(
            and_(records.first_msc == one, records.second_msc == other),
            and_(records.first_msc == other, records.second_msc == one),
        )
    return and_(where, records.found_at > since, ~records.superseded, ~records.suspect)


def _count(connection: Connection, kept_back: Counter[Pair], now_ms: int) -> None:
    if kept_back:
        connection.execute(
            suspects.update()
            .where(
                suspects.c.one == bindparam("its_one"), suspects.c.other == bindparam("its_other")
            )
            .values(conflicts=suspects.c.conflicts + bindparam("more"), last_at=now_ms),
            [
                {"its_one": one, "its_other": other, "more": more}
                for (one, other), more in kept_back.items()
            ],
        )


def _end(connection: Connection, where: ColumnElement[bool]) -> list[Pair]:
    gone = connection.execute(select(suspects.c.one, suspects.c.other).where(where)).all()
    connection.execute(suspects.delete().where(where))
    return [(row.one, row.other) for row in gone]


def is_covered(pair: Pair, suspected: Iterable[Pair]) -> bool:
    """Whether a suspect MSC accounts for a suspect pair."""
    one, other = pair
    return one != other and not {(one, one), (other, other)}.isdisjoint(suspected)
