"""Alembic's way in: upgrades the connection that `database` gives."""

from __future__ import annotations

from alembic import context

from clonewatch.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,  # SQLite alters tables by making them anew
)
context.run_migrations()
