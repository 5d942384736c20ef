"""The kill switch. It survives restarts: its history is in the store."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from clonewatch.store.tables import suspension_switch

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Switch(StrEnum):
    """How it stands."""

    ON = "on"
    TRIPPED = "tripped"  # the breaker: nobody is suspended by itself
    PAUSED = "paused"  # by an operator: nobody is suspended


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How it stands, since when (ms since 1970), and why."""

    what: Switch = Switch.ON
    at: int = 0
    who: str = ""
    note: str = ""

    def __str__(self) -> str:
        note = f": {self.note}" if self.note else ""
        return f"{self.what} by {self.who}{note}" if self.who else str(self.what)

    def holds(self, *, automatic: bool) -> bool:
        """Whether suspensions are not to be sent, those by operators or those by itself."""
        return self.what is Switch.PAUSED or (automatic and self.what is Switch.TRIPPED)


UNTOUCHED: Final = Position()


def position(connection: Connection) -> Position:
    """How it stands."""
    last = suspension_switch.select().order_by(suspension_switch.c.id.desc()).limit(1)
    row = connection.execute(last).mappings().first()
    if row is None:
        return UNTOUCHED
    return Position(what=Switch(row["what"]), at=row["at"], who=row["who"], note=row["note"])


def turn(connection: Connection, to: Position) -> None:
    """Turn it."""
    row = {"what": str(to.what), "at": to.at, "who": to.who, "note": to.note}
    connection.execute(suspension_switch.insert(), row)
