"""Travel times that look wrong: many MSIDs in conflict on one pair of MSCs.

A clone is one subscriber's trouble. Where many have the same, the table has a wrong entry, or the
clock of an MSC is wrong; the latter shows on many pairs that share the MSC (`tally`). Conflicts on
what is suspect are stored and counted, and count for no case; so are those between which a suspect
MSC may lie: its registrations, at their true time, might acquit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, bindparam, func, or_, select

from clonewatch.store.chunks import chunks
from clonewatch.store.tables import clone_records, suspects

from .tally import Tally, pair_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection

    from clonewatch.store.recording import New, News

    from .policy import Policy
    from .tally import Pair
    from .ways import Ways


@dataclass(slots=True)
class Suspicion:
    """What a transaction changed."""

    begun: list[Pair] = field(default_factory=list)  # an MSC comes behind its pairs
    kept_back: Counter[Pair] = field(default_factory=Counter)  # conflicts, by what was suspect
    lost: list[dict[str, Any]] = field(default_factory=list)  # stored rows that count no more


_KNOWN: Final = select(suspects.c.one, suspects.c.other)


def known(connection: Connection) -> set[Pair]:
    """All that is suspect."""
    return {(row.one, row.other) for row in connection.execute(_KNOWN).all()}


class Suspects:
    """Keeps conflicts back whose travel times look wrong."""

    def __init__(self) -> None:
        self._tally = Tally()

    def begin(self, connection: Connection, policy: Policy) -> None:
        """Read what was found lately."""
        self._tally = Tally()
        records = clone_records.c
        newest = connection.execute(select(func.max(records.found_at))).scalar_one() or 0
        rows = connection.execute(
            select(records.first_msc, records.second_msc, records.msid, records.found_at).where(
                _counts(newest - policy.suspect_ms)
            )
        )
        for one, other, msid, found_at in rows:
            self._tally.add(pair_of(one, other), msid, found_at)

    def end(self, pairs: Iterable[Pair]) -> None:
        """Begin to count anew what is suspect no more."""
        self._tally.drop(pairs)

    def keep_back(
        self, connection: Connection, news: News, now_ms: int, policy: Policy, ways: Ways
    ) -> Suspicion:
        """Mark what is on suspect pairs, and find which have become so."""
        it = Suspicion()
        suspected = known(connection)
        self._tally.drop(suspected)
        for row in news.superseded:
            self._tally.remove(pair_of(row["first_msc"], row["second_msc"]), row["msid"])
        by_pair: dict[Pair, list[New]] = defaultdict(list)
        for each in news.new:
            pair = pair_of(each.row["first_msc"], each.row["second_msc"])
            if not _mark(each, pair, suspected, ways, it) and not each.conflict.superseded:
                self._tally.add(pair, each.conflict.msid, each.conflict.found_at)
                by_pair[pair].append(each)
        for begun, since in self._begun(by_pair, suspected, policy):
            suspected.add(begun)
            _begin(connection, begun, since, now_ms, ways, it)
        if it.begun:
            for pair, its_new in by_pair.items():
                for each in its_new:
                    _mark(each, pair, suspected, ways, it)
        _count(connection, it.kept_back, now_ms)
        return it

    def _begun(
        self, by_pair: Mapping[Pair, Sequence[New]], suspected: set[Pair], policy: Policy
    ) -> Iterator[tuple[Pair, int]]:
        """Pairs that have become suspect, then MSCs, with the time since when."""
        newest = max(
            (each.conflict.found_at for its_new in by_pair.values() for each in its_new), default=0
        )
        since, enough = newest - policy.suspect_ms, policy.suspect_msids
        for pair in by_pair:
            if self._tally.is_pair_suspect(pair, since, enough):
                yield pair, since
        for msc in sorted({msc for pair in by_pair for msc in pair}):
            is_new = (msc, msc) not in suspected
            if is_new and self._tally.is_msc_suspect(msc, suspected, since, enough):
                yield (msc, msc), since


def expire(connection: Connection, now_ms: int, policy: Policy) -> list[Pair]:
    """Suspect no more what had no conflict for long; what that was."""
    return _end(connection, suspects.c.last_at <= now_ms - policy.suspect_ms)


def forget(connection: Connection) -> list[Pair]:
    """Suspect nothing any more, as there are other travel times; what was suspect."""
    return _end(connection, suspects.c.last_at.is_not(None))


def _mark(each: New, pair: Pair, suspected: set[Pair], ways: Ways, it: Suspicion) -> bool:
    """Keep a conflict back if its pair is suspect, one of its MSCs, or one that may lie between."""
    one, other = pair
    reasons = {pair, (one, one), (other, other)} & suspected
    if not reasons:
        reasons = {(a, b) for a, b in suspected if a == b and ways.lead_over(a, each.row)}
    each.row["suspect"] = bool(reasons)
    it.kept_back.update(reasons)
    return bool(reasons)


def _begin(
    connection: Connection, pair: Pair, since: int, now_ms: int, ways: Ways, it: Suspicion
) -> None:
    """Suspect a pair, or an MSC; what is stored of it counts no more."""
    one, other = pair
    it.begun.append(pair)
    it.lost += _take_back(connection, _of(pair, since))
    if one == other:
        it.lost += _take_back_over(connection, one, since, ways)
    row = {"one": one, "other": other, "since": now_ms, "last_at": now_ms, "conflicts": 0}
    connection.execute(suspects.insert(), row)


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


def _take_back_over(
    connection: Connection, msc: str, since: int, ways: Ways
) -> list[dict[str, Any]]:
    """Mark stored clone records between which an MSC may lie."""
    records = clone_records.c
    ends = (records.first_mscid, records.second_mscid, records.elapsed_ms)
    told = select(records.id, records.case_id, *ends).where(_counts(since))
    found = connection.execute(told).mappings()
    gone = [row for row in map(dict, found) if ways.lead_over(msc, row)]
    for some in chunks([row["id"] for row in gone]):
        where = clone_records.c.id.in_(some)
        connection.execute(clone_records.update().where(where).values(suspect=True))
    return gone


def _counts(since: int) -> ColumnElement[bool]:
    """Clone records that count, found after *since*."""
    records = clone_records.c
    return and_(records.found_at > since, ~records.superseded, ~records.suspect)


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
    return and_(where, _counts(since))


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
