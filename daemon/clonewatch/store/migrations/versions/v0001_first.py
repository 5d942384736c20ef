"""The first schema."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "positions",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("value", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_positions"),
    )
    op.create_table(
        "clone_records",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("msid", sa.BigInteger, nullable=False),
        *_registration("first"),
        *_registration("second"),
        sa.Column("elapsed_ms", sa.BigInteger, nullable=False),
        sa.Column("travel_time_ms", sa.BigInteger, nullable=False),
        sa.Column("found_at", sa.BigInteger, nullable=False),
        sa.Column("stored_at", sa.BigInteger, nullable=False),
        sa.Column("superseded", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clone_records"),
    )
    op.create_index("ix_clone_records_msid_second_time", "clone_records", ["msid", "second_time"])
    op.create_index("ix_clone_records_found_at", "clone_records", ["found_at"])


def _registration(which: str) -> list[sa.Column[int] | sa.Column[str]]:
    return [
        sa.Column(f"{which}_time", sa.BigInteger, nullable=False),
        sa.Column(f"{which}_mscid", sa.BigInteger, nullable=False),
        sa.Column(f"{which}_msc", sa.String, nullable=False),
        sa.Column(f"{which}_esn", sa.BigInteger, nullable=False),
        sa.Column(f"{which}_source", sa.String, nullable=False),
        sa.Column(f"{which}_flags", sa.Integer, nullable=False),
        sa.Column(f"{which}_transaction_id", sa.BigInteger, nullable=False),
    ]
