"""Identities that were given up: a MIN and an ESN whose next registration alarms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.sqlite import insert

from clonewatch.registrations import mscid_text, time_text
from clonewatch.store.tables import watched

from .weighing import sight

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from clonewatch.registrations import Batch, Registration

    from .case import Book


@dataclass(frozen=True, slots=True)
class WatchList:
    """What is watched, sorted; a batch is looked up in it without a loop."""

    msid: NDArray[np.uint64]
    esn: NDArray[np.uint32]

    @classmethod
    def of(cls, identities: Iterable[tuple[int, int]]) -> Self:
        """Watch pairs of MSID and ESN."""
        both = sorted(set(identities))
        return cls(
            np.array([msid for msid, _ in both], np.uint64),
            np.array([esn for _, esn in both], np.uint32),
        )

    @classmethod
    def load(cls, connection: Connection) -> Self:
        """What the store has."""
        return cls.of(tuple(row) for row in connection.execute(_IDENTITIES).all())

    def seen(self, batch: Batch) -> list[Registration]:
        """Registrations of what is watched; submit them with the conflicts of their batch."""
        if not len(self.msid) or not len(batch):
            return []
        begins = np.searchsorted(self.msid, batch.msid, side="left")
        ends = np.searchsorted(self.msid, batch.msid, side="right")
        rows = [
            row
            for row in np.flatnonzero(ends > begins).tolist()
            if batch.esn[row] in self.esn[begins[row] : ends[row]]
        ]
        return list(batch[np.array(rows, np.intp)].registrations()) if rows else []


NOTHING: Final = WatchList.of(())
_IDENTITIES: Final = select(watched.c.msid, watched.c.esn)
_SEEN: Final = (
    watched.update()
    .where(watched.c.msid == bindparam("its_msid"), watched.c.esn == bindparam("its_esn"))
    .values(seen_at=bindparam("at"))
)


def watch(
    connection: Connection, identities: Iterable[tuple[int, int]], case_id: int, now_ms: int
) -> None:
    """Watch identities that were given up with a case."""
    rows = [
        {"msid": msid, "esn": esn, "case_id": case_id, "since": now_ms, "seen_at": 0}
        for msid, esn in identities
    ]
    connection.execute(insert(watched).on_conflict_do_nothing(), rows)


def tell_sightings(book: Book, sightings: Sequence[Registration]) -> None:
    """Open the cases that sightings call for. One that was told is not told again."""
    for sighting in sorted(sightings, key=lambda each: each.time):
        found = book.connection.execute(
            select(watched).where(watched.c.msid == sighting.msid, watched.c.esn == sighting.esn)
        ).one_or_none()
        if found is None or sighting.time <= max(found.seen_at, found.since):
            continue
        where = {"its_msid": sighting.msid, "its_esn": sighting.esn, "at": sighting.time}
        book.connection.execute(_SEEN, where)
        sight(
            book,
            sighting.msid,
            f"ESN {sighting.esn:08X}, given up with case {found.case_id}, registered at "
            f"{mscid_text(sighting.mscid)} at {time_text(sighting.time)}",
        )
