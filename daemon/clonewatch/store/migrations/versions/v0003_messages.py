"""Of both registrations of a clone record: the terminal type, and the message."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0003"
down_revision: Final = "0002"


def upgrade() -> None:
    """Add the columns."""
    for which in ("first", "second"):
        op.add_column("clone_records", sa.Column(f"{which}_terminal_type", sa.Integer))
        op.add_column("clone_records", sa.Column(f"{which}_layer", sa.String))
        op.add_column("clone_records", sa.Column(f"{which}_octets", sa.LargeBinary))
