"""Suspension: what was decided about each case, and the kill switch."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "suspensions",
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("verdict", sa.String, nullable=False),
        sa.Column("look_at", sa.BigInteger),
        sa.Column("suspended_at", sa.BigInteger),
        sa.Column("esn", sa.BigInteger),
        sa.Column("restore_at", sa.BigInteger),
        sa.Column("restored_at", sa.BigInteger),
        sa.Column("by_hand", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name="fk_suspensions_case_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", name="pk_suspensions"),
    )
    op.create_index("ix_suspensions_look_at", "suspensions", ["look_at"])
    op.create_index("ix_suspensions_restore_at", "suspensions", ["restore_at"])
    op.create_table(
        "suspension_switch",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_suspension_switch"),
    )
