"""Storing what was found, and asking what follows from it, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from clonewatch.detector import Conflict
from clonewatch.evidence.twins import Twins
from clonewatch.registrations import Registration

from . import recording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from clonewatch.clonerecords import CloneRecords

    from .pending import Found
    from .recording import News


class Follower(Protocol):
    """`clonewatch.actions.consequences`, for one; the store knows no more of it than this."""

    def begin(self, connection: Connection) -> None:
        """Read what is kept in memory, before anything else is asked."""

    def follow(
        self,
        connection: Connection,
        news: News,
        sightings: Sequence[Registration],
        twins: Sequence[Twins],
        now_ms: int,
    ) -> None:
        """Fill in the new rows, mark those superseded, and write whatever else follows.

        It may be called again with the same, if the transaction failed.
        """


def store(
    connection: Connection,
    found: Sequence[Found],
    words: CloneRecords,
    follower: Follower,
    now_ms: int,
) -> None:
    """Store conflicts, and whatever follows from them, from sightings and from twins."""
    conflicts = [each for each in found if isinstance(each, Conflict)]
    sightings = [each for each in found if isinstance(each, Registration)]
    twins = [each for each in found if isinstance(each, Twins)]
    news = recording.news(connection, conflicts, words, now_ms)
    follower.follow(connection, news, sightings, twins, now_ms)
    recording.insert(connection, news.new)
