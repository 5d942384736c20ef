"""The schema. `migrations` makes it; a test holds the two together.

Times are ms since 1970 UTC; names of MSCs and sources are those of the moment: a table that is
edited later does not change what was found.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _registration(which: str) -> list[Column[Any]]:
    """Columns of the first or second registration of a conflict."""
    return [
        Column(f"{which}_time", BigInteger, nullable=False),
        Column(f"{which}_mscid", BigInteger, nullable=False),  # market << 8 | switch
        Column(f"{which}_msc", String, nullable=False),
        Column(f"{which}_esn", BigInteger, nullable=False),
        Column(f"{which}_source", String, nullable=False),
        Column(f"{which}_flags", Integer, nullable=False),  # `registrations.Flags`
        Column(f"{which}_transaction_id", BigInteger, nullable=False),
        Column(f"{which}_terminal_type", Integer),  # none: not known; 0: absent
        Column(f"{which}_layer", String),  # that its message begins with
        Column(f"{which}_octets", LargeBinary),  # of its message
    ]


# fmt: off
# How far things have come, by name.
positions: Final = Table(
    "positions", metadata,
    Column("name",  String,     primary_key=True),
    Column("value", BigInteger, nullable=False),
)

# All that is known of one MSID's conflicts; `clonewatch.cases.life` is how it lives.
cases: Final = Table(
    "cases", metadata,
    Column("id",             Integer,    primary_key=True),  # never used again
    Column("msid",           BigInteger, nullable=False),
    Column("state",          String,     nullable=False),
    Column("conflicts",      Integer,    nullable=False),    # that count: neither superseded nor suspect
    Column("confidence",     Float,      nullable=False),    # of the surest that counts
    Column("floor",          String),                        # least severity, by what people told
    Column("first_at",       BigInteger),                    # second registration of the first conflict
    Column("last_at",        BigInteger),                    # and of the last
    Column("seen",           JSON,       nullable=False),    # MSCs, ESNs and terminal types, counted
    Column("opened_at",      BigInteger, nullable=False),
    Column("changed_at",     BigInteger, nullable=False),
    Column("silent_until",   BigInteger),                    # of a dismissed case
    Column("dismissed_as",   String),                        # the severity that was dismissed
    Index(None, "msid"),
    Index(None, "state", "changed_at"),
)

# Who did what to a case, and when. Rows are only added; they go with their case.
case_events: Final = Table(
    "case_events", metadata,
    Column("id",     Integer,    primary_key=True),
    Column("case_id", Integer,   nullable=False),
    Column("at",     BigInteger, nullable=False),
    Column("who",    String,     nullable=False),  # "clonewatch", or an operator
    Column("what",   String,     nullable=False),  # an `Input` of the life table, or what was done
    Column("state",  String,     nullable=False),  # afterwards
    Column("note",   String,     nullable=False),
    Index(None, "case_id"),
)

# What was decided about suspending a case, and what the HLR did.
suspensions: Final = Table(
    "suspensions", metadata,
    Column("case_id",      Integer, ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    Column("verdict",      String,     nullable=False),  # the last `deciding.Reason`, or ""
    Column("look_at",      BigInteger),                  # when to decide again; none: on a conflict
    Column("suspended_at", BigInteger),                  # when the HLR took it
    Column("esn",          BigInteger),                  # with which ESN
    Column("restore_at",   BigInteger),                  # by itself
    Column("restored_at",  BigInteger),                  # conflicts up to then suspend no more
    Column("by_hand",      Boolean,    nullable=False),  # a person restored it
    Index(None, "look_at"),
    Index(None, "restore_at"),
)

# The kill switch: its last row is how it stands. Rows are only added.
suspension_switch: Final = Table(
    "suspension_switch", metadata,
    Column("id",   Integer,    primary_key=True),
    Column("at",   BigInteger, nullable=False),
    Column("who",  String,     nullable=False),
    Column("what", String,     nullable=False),  # `switch.Switch`
    Column("note", String,     nullable=False),
)

# Identities that were given up: their next registration alarms.
watched: Final = Table(
    "watched", metadata,
    Column("msid",  BigInteger, primary_key=True),
    Column("esn",   BigInteger, primary_key=True),
    Column("case_id", Integer,  nullable=False),   # that was closed so
    Column("since", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),  # time of its last registration since, or 0
)

# Pairs of MSCs (by name, in order), and single MSCs (twice the same name), whose travel times
# look wrong.
suspects: Final = Table(
    "suspects", metadata,
    Column("one",       String,     primary_key=True),
    Column("other",     String,     primary_key=True),
    Column("since",     BigInteger, nullable=False),
    Column("last_at",   BigInteger, nullable=False),  # the last conflict that was kept back
    Column("conflicts", Integer,    nullable=False),  # kept back
)

clone_records: Final = Table(
    "clone_records", metadata,
    Column("id",             String(32), primary_key=True),  # `clonerecords.record_id`
    Column("msid",           BigInteger, nullable=False),
    *_registration("first"),
    *_registration("second"),
    Column("elapsed_ms",     BigInteger, nullable=False),
    Column("travel_time_ms", BigInteger, nullable=False),
    Column("found_at",       BigInteger, nullable=False),    # the detector's clock
    Column("stored_at",      BigInteger, nullable=False),    # ours
    Column("superseded",     Boolean,    nullable=False),
    Column("suspect",        Boolean,    nullable=False),    # its travel time looks wrong
    Column("case_id",        Integer,    ForeignKey("cases.id", ondelete="SET NULL")),
    Column("confidence",     Float,      nullable=False),
    Column("evidence",       JSON,       nullable=False),    # `Evidence.as_record`
    Index(None, "msid", "second_time"),
    Index(None, "case_id"),
    Index(None, "first_msc", "second_msc", "found_at"),
    Index(None, "found_at"),
)

# What could not be stored by a fault of ours, and why.
set_aside: Final = Table(
    "set_aside", metadata,
    Column("id",        String,     primary_key=True),  # `aside.Aside.id`
    Column("kind",      String,     nullable=False),    # conflict, sighting, twins
    Column("msid",      String,     nullable=False),    # digits
    Column("at",        BigInteger, nullable=False),
    Column("reason",    String,     nullable=False),
    Column("traceback", String,     nullable=False),
    Column("found",     String,     nullable=False),    # all of it, as Python writes it
    Index(None, "at"),
)

# One row an alarm; it is used again when the same thing happens again.
alarms: Final = Table(
    "alarms", metadata,
    Column("key",        String,     primary_key=True),
    Column("case_id",    Integer),
    Column("kind",       String,     nullable=False),  # `alarms.kinds.Kind`
    Column("object",     String,     nullable=False),  # what it is about: a subscriber, a link, ...
    Column("severity",   String,     nullable=False),  # "cleared" when it is
    Column("text",       String,     nullable=False),
    Column("details",    JSON,       nullable=False),
    Column("raised_at",  BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("cleared_at", BigInteger),
    Column("count",      Integer,    nullable=False),  # how often since it was raised
    Index(None, "case_id"),
    Index(None, "cleared_at"),
)

# What is to leave the machine. A row is pending while it has no outcome.
outbox: Final = Table(
    "outbox", metadata,
    Column("id",         Integer,    primary_key=True),
    Column("kind",       String,     nullable=False),  # alarm, suspension
    Column("output",     String,     nullable=False),  # where to, by name
    Column("key",        String,     nullable=False),  # makes repeats harmless
    Column("case_id",    Integer),
    Column("payload",    JSON,       nullable=False),
    Column("made_at",    BigInteger, nullable=False),
    Column("due_at",     BigInteger, nullable=False),  # not before
    Column("expires_at", BigInteger),                  # not after
    Column("attempts",   Integer,    nullable=False),
    Column("outcome",    String),                      # delivered, refused, expired, cancelled
    Column("ended_at",   BigInteger),
    Column("reason",     String),                      # of the last failure, or of the outcome
    Index(None, "output", "outcome", "id"),
    Index(None, "case_id"),
    Index(None, "ended_at"),
    sqlite_autoincrement=True,
)
# fmt: on
