"""Numbers that the store keeps by name: how far things have come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.sqlite import insert

from .tables import positions

if TYPE_CHECKING:
    from sqlalchemy import Connection


def value(connection: Connection, name: str) -> int:
    """The number; 0 before the first."""
    return connection.execute(_VALUE, {"its_name": name}).scalar_one_or_none() or 0


def put(connection: Connection, name: str, number: int) -> None:
    """Set it."""
    connection.execute(_PUT, {"name": name, "value": number})


_VALUE: Final = select(positions.c.value).where(positions.c.name == bindparam("its_name"))
_INSERT: Final = insert(positions)
_PUT: Final = _INSERT.on_conflict_do_update(
    index_elements=["name"], set_={"value": _INSERT.excluded.value}
)
