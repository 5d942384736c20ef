"""What cannot be stored by a fault of ours is set aside: one such conflict holds up no other.

It is set aside in the transaction that stores the others and moves the judged position: so a kill
at any moment neither loses nor doubles it. Its registrations stand in the record file.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import insert

from clonewatch.clonerecords import record_id
from clonewatch.detector import Conflict
from clonewatch.recordfile.keys import key_of
from clonewatch.registrations import Registration
from is41.msid import msid_digits

from .apart import Fault, done_apart
from .following import store
from .tables import set_aside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from clonewatch.clonerecords import CloneRecords

    from .following import Follower
    from .pending import Found


@dataclass(frozen=True, slots=True)
class Aside:
    """What could not be stored, and why."""

    found: Found
    fault: Fault

    @property
    def kind(self) -> str:
        """What it is, for people."""
        match self.found:
            case Conflict():
                return "conflict"
            case Registration():
                return "sighting"
            case _:
                return "twins"

    @property
    def id(self) -> str:
        """What tells it from others: a conflict's is that of the clone record it would have been.

        The same again, found after a start, has the same.
        """
        match self.found:
            case Conflict() as conflict:
                return record_id(conflict)
            case Registration() as sighting:
                told = (*key_of(sighting),)
            case twins:
                told = (twins.msid, twins.first_at, twins.last_at, len(twins.esns))
        return hashlib.sha256(" ".join(map(str, (self.kind, *told))).encode()).hexdigest()[:32]

    @property
    def msid(self) -> str:
        """The digits of the subscriber's MIN or IMSI."""
        return msid_digits(self.found.msid)

    def as_row(self, now_ms: int) -> dict[str, Any]:
        """The row of `set_aside`: text but for its time, for what is wrong may be any number."""
        return {
            "id": self.id,
            "kind": self.kind,
            "msid": self.msid,
            "at": now_ms,
            "reason": self.fault.reason,
            "traceback": self.fault.traceback,
            "found": repr(self.found),
        }


def store_apart(
    connection: Connection,
    found: Sequence[Found],
    words: CloneRecords,
    follower: Follower,
    now_ms: int,
) -> list[Aside]:
    """Store what can be stored, by halves, and set the rest aside; what is newly so.

    Raises what the database raises when it cannot be written: then nothing is done, and the
    transaction is to be rolled back.
    """
    fault = done_apart(connection, partial(store, connection, found, words, follower, now_ms))
    if not isinstance(fault, Fault):
        return []
    if len(found) == 1:
        return _set_aside(connection, Aside(found[0], fault), now_ms)
    middle = len(found) // 2
    return [
        *store_apart(connection, found[:middle], words, follower, now_ms),
        *store_apart(connection, found[middle:], words, follower, now_ms),
    ]


def count(connection: Connection) -> int:
    """How many stand aside."""
    return connection.execute(select(func.count()).select_from(set_aside)).scalar_one()


def _set_aside(connection: Connection, aside: Aside, now_ms: int) -> list[Aside]:
    done = connection.execute(insert(set_aside).on_conflict_do_nothing(), aside.as_row(now_ms))
    return [aside] if done.rowcount else []
