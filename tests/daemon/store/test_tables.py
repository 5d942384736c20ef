"""The schema: what migrations make is what the tables say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from clonewatch.store.database import Database
from clonewatch.store.tables import metadata

if TYPE_CHECKING:
    from pathlib import Path


def test_migrations_make_the_tables(tmp_path: Path) -> None:
    database = Database(tmp_path / "store.sqlite")
    with database.reader() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    database.close()
