"""The HLR's subscribers in SQLite: who they are, what they may do, where they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import (
    Column,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from clonewatch.errors import InputError
from is41.map.codes import (
    AuthorizationDenied,
    OriginationIndicator,
    TerminationRestrictionCode,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .happenings import Phone

VALIDITY_HOURS: Final = 24  # that an MSC may serve a phone before it asks again

_METADATA: Final = MetaData()
# fmt: off
_SUBSCRIBERS: Final = Table(
    "subscribers", _METADATA,
    Column("min",              String(10), primary_key=True),
    Column("esn",              Integer, nullable=False),
    Column("home",             String,  nullable=False),           # the home MSC's name
    Column("origination",      Integer, nullable=False),           # OriginationIndicator
    Column("termination",      Integer, nullable=False),           # TerminationRestrictionCode
    Column("validity_hours",   Integer, nullable=False),
)
_LOCATIONS: Final = Table(
    "locations", _METADATA,
    Column("min",              String(10), primary_key=True),
    Column("msc",              String,  nullable=False),           # the serving MSC's name
    Column("since",            Float,   nullable=False),           # seconds of the node's clock
)
_DENIALS: Final = Table(
    "denials", _METADATA,
    Column("min",              String(10), primary_key=True),
    Column("esn",              Integer, primary_key=True),
    Column("reason",           Integer, nullable=False),           # AuthorizationDenied
)
# fmt: on


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """One subscription."""

    min: str
    esn: int
    home: str
    origination: int = OriginationIndicator.NATIONAL_LONG_DISTANCE
    termination: int = TerminationRestrictionCode.UNRESTRICTED
    validity_hours: int = VALIDITY_HOURS


class Homes:
    """Subscribers of a file, or, without *path*, of memory alone. Raises InputError."""

    def __init__(self, path: Path | None = None) -> None:
        url = "sqlite://" if path is None else f"sqlite:///{path}"
        self._engine = create_engine(url, poolclass=StaticPool)
        try:
            _METADATA.create_all(self._engine)
        except DBAPIError as error:
            self._engine.dispose()
            raise InputError(path or "memory", f"is no database of the HLR: {error.orig}") from None

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()

    def add(self, subscribers: Iterable[Subscriber]) -> None:
        """Add subscribers; one that is known already stays as it is."""
        rows = [
            {name: getattr(each, name) for name in Subscriber.__slots__} for each in subscribers
        ]
        if rows:
            with self._engine.begin() as transaction:
                transaction.execute(insert(_SUBSCRIBERS).prefix_with("OR IGNORE"), rows)

    def find(self, mobile_number: str) -> Subscriber | None:
        """The subscriber of a MIN."""
        with self._engine.connect() as connection:
            row = connection.execute(
                select(_SUBSCRIBERS).where(_SUBSCRIBERS.c.min == mobile_number)
            ).first()
        return None if row is None else Subscriber(**row._mapping)  # noqa: SLF001  # SQLAlchemy's public name

    def denial(self, phone: Phone) -> AuthorizationDenied | None:
        """Why a phone is to be denied; None where it is to be served."""
        subscriber = self.find(phone.min)
        if subscriber is None:
            return AuthorizationDenied.UNASSIGNED_DIRECTORY_NUMBER
        with self._engine.connect() as connection:
            reason = connection.scalar(
                select(_DENIALS.c.reason).where(
                    _DENIALS.c.min == phone.min, _DENIALS.c.esn == phone.esn
                )
            )
        if reason is not None:
            return AuthorizationDenied(reason)
        if subscriber.esn != phone.esn:
            return AuthorizationDenied.INVALID_SERIAL_NUMBER
        return None

    def deny(self, phone: Phone, reason: AuthorizationDenied | None) -> None:
        """Deny a phone from now on; with no *reason*, serve it again."""
        with self._engine.begin() as transaction:
            transaction.execute(
                delete(_DENIALS).where(_DENIALS.c.min == phone.min, _DENIALS.c.esn == phone.esn)
            )
            if reason is not None:
                values = {"min": phone.min, "esn": phone.esn, "reason": int(reason)}
                transaction.execute(insert(_DENIALS).values(**values))

    def denials(self) -> set[tuple[str, int]]:
        """MIN and ESN of every phone that is denied by order."""
        with self._engine.connect() as connection:
            return {(row.min, row.esn) for row in connection.execute(select(_DENIALS))}

    def location(self, mobile_number: str) -> str | None:
        """The MSC where a subscriber is, by its name."""
        with self._engine.connect() as connection:
            name: str | None = connection.scalar(
                select(_LOCATIONS.c.msc).where(_LOCATIONS.c.min == mobile_number)
            )
        return name

    def move(self, mobile_number: str, msc: str | None, now: float) -> str | None:
        """Say where a subscriber is now, None for nowhere; where it was."""
        here = _LOCATIONS.c.min == mobile_number
        with self._engine.begin() as transaction:
            before: str | None = transaction.scalar(select(_LOCATIONS.c.msc).where(here))
            if msc is None:
                transaction.execute(delete(_LOCATIONS).where(here))
            elif before is None:
                transaction.execute(
                    insert(_LOCATIONS).values(min=mobile_number, msc=msc, since=now)
                )
            else:
                transaction.execute(update(_LOCATIONS).where(here).values(msc=msc, since=now))
        return before
