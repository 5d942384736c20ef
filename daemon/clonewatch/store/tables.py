"""The schema. `migrations` makes it; a test holds the two together.

Times are ms since 1970 UTC; names of MSCs and sources are those of the moment: a table that is
edited later does not change what was found.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _registration(which: str) -> list[Column[int] | Column[str]]:
    """Columns of the first or second registration of a conflict."""
    return [
        Column(f"{which}_time", BigInteger, nullable=False),
        Column(f"{which}_mscid", BigInteger, nullable=False),  # market << 8 | switch
        Column(f"{which}_msc", String, nullable=False),
        Column(f"{which}_esn", BigInteger, nullable=False),
        Column(f"{which}_source", String, nullable=False),
        Column(f"{which}_flags", Integer, nullable=False),  # `registrations.Flags`
        Column(f"{which}_transaction_id", BigInteger, nullable=False),
    ]


# fmt: off
# How far things have come, by name.
positions: Final = Table(
    "positions", metadata,
    Column("name",  String,     primary_key=True),
    Column("value", BigInteger, nullable=False),
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
    Index(None, "msid", "second_time"),
    Index(None, "found_at"),
)
# fmt: on
