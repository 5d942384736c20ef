"""The first schema."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None


def upgrade() -> None:
    """Make the tables."""
    _alarms()
    _case_events()
    _cases()
    _outbox()
    _positions()
    _suspects()
    _watched()
    _clone_records()
    _append_only()


def _alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("case_id", sa.Integer),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("object", sa.String, nullable=False),
        sa.Column("severity", sa.String, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
        sa.Column("raised_at", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Column("cleared_at", sa.BigInteger),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_alarms"),
    )
    op.create_index("ix_alarms_case_id", "alarms", ["case_id"])
    op.create_index("ix_alarms_cleared_at", "alarms", ["cleared_at"])


def _case_events() -> None:
    op.create_table(
        "case_events",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_events"),
    )
    op.create_index("ix_case_events_case_id", "case_events", ["case_id"])


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("msid", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("conflicts", sa.Integer, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("floor", sa.String),
        sa.Column("first_at", sa.BigInteger),
        sa.Column("last_at", sa.BigInteger),
        sa.Column("seen", sa.JSON, nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Column("silent_until", sa.BigInteger),
        sa.Column("dismissed_as", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
    )
    op.create_index("ix_cases_msid", "cases", ["msid"])
    op.create_index("ix_cases_state_changed_at", "cases", ["state", "changed_at"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("output", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("case_id", sa.Integer),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("reason", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_case_id", "outbox", ["case_id"])
    op.create_index("ix_outbox_ended_at", "outbox", ["ended_at"])
    op.create_index("ix_outbox_output_outcome_id", "outbox", ["output", "outcome", "id"])


def _positions() -> None:
    op.create_table(
        "positions",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("value", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_positions"),
    )


def _suspects() -> None:
    op.create_table(
        "suspects",
        sa.Column("one", sa.String, nullable=False),
        sa.Column("other", sa.String, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("last_at", sa.BigInteger, nullable=False),
        sa.Column("conflicts", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("one", "other", name="pk_suspects"),
    )


def _watched() -> None:
    op.create_table(
        "watched",
        sa.Column("msid", sa.BigInteger, nullable=False),
        sa.Column("esn", sa.BigInteger, nullable=False),
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("msid", "esn", name="pk_watched"),
    )


def _clone_records() -> None:
    op.create_table(
        "clone_records",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("msid", sa.BigInteger, nullable=False),
        sa.Column("first_time", sa.BigInteger, nullable=False),
        sa.Column("first_mscid", sa.BigInteger, nullable=False),
        sa.Column("first_msc", sa.String, nullable=False),
        sa.Column("first_esn", sa.BigInteger, nullable=False),
        sa.Column("first_source", sa.String, nullable=False),
        sa.Column("first_flags", sa.Integer, nullable=False),
        sa.Column("first_transaction_id", sa.BigInteger, nullable=False),
        sa.Column("second_time", sa.BigInteger, nullable=False),
        sa.Column("second_mscid", sa.BigInteger, nullable=False),
        sa.Column("second_msc", sa.String, nullable=False),
        sa.Column("second_esn", sa.BigInteger, nullable=False),
        sa.Column("second_source", sa.String, nullable=False),
        sa.Column("second_flags", sa.Integer, nullable=False),
        sa.Column("second_transaction_id", sa.BigInteger, nullable=False),
        sa.Column("elapsed_ms", sa.BigInteger, nullable=False),
        sa.Column("travel_time_ms", sa.BigInteger, nullable=False),
        sa.Column("found_at", sa.BigInteger, nullable=False),
        sa.Column("stored_at", sa.BigInteger, nullable=False),
        sa.Column("superseded", sa.Boolean, nullable=False),
        sa.Column("suspect", sa.Boolean, nullable=False),
        sa.Column("case_id", sa.Integer),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("evidence", sa.JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name="fk_clone_records_case_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_clone_records"),
    )
    op.create_index("ix_clone_records_case_id", "clone_records", ["case_id"])
    op.create_index(
        "ix_clone_records_first_msc_second_msc_found_at",
        "clone_records",
        ["first_msc", "second_msc", "found_at"],
    )
    op.create_index("ix_clone_records_found_at", "clone_records", ["found_at"])
    op.create_index("ix_clone_records_msid_second_time", "clone_records", ["msid", "second_time"])


def _append_only() -> None:
    """Let nobody change the audit trail; it goes with its case."""
    for name, when in (
        ("changed", "BEFORE UPDATE ON case_events"),
        (
            "removed",
            "BEFORE DELETE ON case_events WHEN EXISTS (SELECT 1 FROM cases WHERE id = OLD.case_id)",
        ),
    ):
        op.execute(
            f"CREATE TRIGGER case_events_{name} {when} BEGIN "
            "SELECT RAISE(ABORT, 'the audit trail is only appended to'); END"
        )
