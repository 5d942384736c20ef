"""Numbers that the store keeps by name: how far things have come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from .tables import positions

if TYPE_CHECKING:
    from sqlalchemy import Connection


def value(connection: Connection, name: str) -> int:
    """The number; 0 before the first."""
    found = connection.execute(select(positions.c.value).where(positions.c.name == name))
    return found.scalar_one_or_none() or 0


def put(connection: Connection, name: str, number: int) -> None:
    """Set it."""
    statement = insert(positions).values(name=name, value=number)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["name"], set_={"value": statement.excluded.value}
        )
    )
