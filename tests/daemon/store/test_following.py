"""Storing what was found, and asking what follows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from clonewatch.store.database import in_memory
from clonewatch.store.following import store
from clonewatch.store.tables import clone_records
from stores import TEN, WORDS, conflict, twins

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from clonewatch.evidence.twins import Twins
    from clonewatch.registrations import Registration
    from clonewatch.store.recording import News


class Follower:
    """Takes notes, and marks what is new."""

    def __init__(self) -> None:
        self.notes: list[tuple[int, int, int, int, int]] = []

    def begin(self, connection: Connection) -> None:
        """Nothing to read."""

    def follow(
        self,
        _: Connection,
        news: News,
        sightings: Sequence[Registration],
        twins: Sequence[Twins],
        now_ms: int,
    ) -> None:
        counts = (len(news.new), len(news.superseded), len(sightings), len(twins))
        self.notes.append((*counts, now_ms))
        for each in news.new:
            each.row["suspect"] = True


def test_the_follower_sees_what_is_new_before_it_is_stored() -> None:
    it = Follower()
    with in_memory() as connection:
        store(connection, [conflict(), conflict().first, twins()], WORDS, it, TEN)
        store(connection, [conflict(), replace(conflict(), superseded=True)], WORDS, it, TEN + 1)
        assert it.notes == [(1, 0, 1, 1, TEN), (0, 1, 0, 0, TEN + 1)]
        (row,) = connection.execute(select(clone_records)).mappings()
        assert row["suspect"]
