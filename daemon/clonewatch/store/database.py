"""One SQLite file: opened, brought to the newest schema, with one writer.

WAL lets others read while we write; `synchronous = FULL` makes a commit outlive a power cut.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, create_engine, event
from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
)

from clonewatch.errors import InputError
from clonewatch.locking import locked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection, Engine
    from sqlalchemy.pool import PoolProxiedConnection

MIGRATIONS: Final = Path(__file__).parent / "migrations"
BUSY_S: Final = 5.0  # how long to wait for somebody who holds the file, a backup for instance
PRAGMAS: Final = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
# A commit that moves pages out of the log takes several syncs: `Database.checkpoint` does that
# while nobody waits. This is for those who never leave it the time; 80 MB.
LOG_PAGES: Final = "wal_autocheckpoint = 20000"
QUERY_ONLY: Final = "query_only = ON"
# What of the database's errors tells of a statement, and not of the file. OperationalError tells of
# both: where it is the statement, SQLite's result code is SQLITE_ERROR, the generic one.
OF_STATEMENTS: Final = (
    DataError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
)
KEPT_OPEN: Final = 4  # ours; opening a connection takes longer than most of what is read by one


class Database:
    """The file at *path*, made if it is not there. One process writes it, any may read.

    Raises InputError if somebody else writes it, or if it is not a store that we know.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        # On a file beside the database: closing any descriptor of the database itself would drop
        # the locks that SQLite holds on it.
        beside = path.with_name(path.name + ".lock")
        beside.touch(0o600)
        self._lock = locked(beside, "somebody else writes this store")
        self._writing = _engine(path, "BEGIN IMMEDIATE", (*PRAGMAS, LOG_PAGES))
        self._reading = _engine(path, "BEGIN", (*PRAGMAS, QUERY_ONLY))
        try:
            with self._writing.begin() as connection:
                migrate(connection)
        except CommandError as error:
            self.close()
            raise InputError(
                path, f"written by another version of clonewatch, it seems: {error}"
            ) from None
        except DatabaseError as error:
            self.close()
            raise InputError(path, f"cannot be used as a store: {error.orig}") from None

    def writer(self) -> Connection:
        """The connection that writes; its transactions shut other writers out from the start."""
        return self._writing.connect()

    def reader(self) -> Connection:
        """A connection that reads one consistent state for as long as it is open."""
        return self._reading.connect()

    def checkpoint(self, connection: Connection) -> None:
        """Move what was committed from the log into the file, outside any transaction.

        What fails stays in the log, and is moved another time.
        """
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        with suppress(sqlite3.Error):
            raw.execute("PRAGMA wal_checkpoint(PASSIVE)").close()

    def close(self) -> None:
        """Let go of the file."""
        self._writing.dispose()
        self._reading.dispose()
        os.close(self._lock)


@contextmanager
def read_only(path: Path) -> Iterator[Connection]:
    """The store at *path* as it is now, for whoever does not write it; nobody is disturbed.

    Raises InputError if there is none, or one of another version.
    """
    if not path.exists():
        raise InputError(path, "there is no store: has the daemon run with this configuration?")
    query = {"uri": "true", "mode": "ro"}
    engine = _engine(f"file:{quote(str(path))}", "BEGIN", (QUERY_ONLY,), query)
    try:
        with engine.connect() as connection:
            stands = MigrationContext.configure(connection).get_current_revision()
            ours = ScriptDirectory.from_config(_migrations()).get_current_head()
            if stands != ours:
                raise InputError(
                    path,
                    f"its schema is {stands}, ours {ours}: restart the daemon, which brings it up "
                    "to date, or read it with the clonewatch that wrote it",
                )
            yield connection
    except DatabaseError as error:
        raise InputError(path, f"cannot be read: {error.orig}") from None
    finally:
        engine.dispose()


@contextmanager
def in_memory() -> Iterator[Connection]:
    """A store that nobody else sees, within one transaction; gone afterwards."""
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
            migrate(connection)
            yield connection
    finally:
        engine.dispose()


def may_pass(error: Exception) -> bool:
    """Whether a failure lies with the machine (a disk, a lock, memory) and may pass by itself.

    All others lie with what was to be written, or with us: the same again fails again.
    """
    if isinstance(error, DBAPIError):
        code = getattr(error.orig, "sqlite_errorcode", None)
        return not isinstance(error, OF_STATEMENTS) and code != sqlite3.SQLITE_ERROR
    return isinstance(error, OSError | MemoryError)


def _engine(
    database: Path | str,
    begin: str,
    pragmas: tuple[str, ...],
    query: Mapping[str, str] | None = None,
) -> Engine:
    """Make connections whose transactions begin with *begin*: Python's own way begins too late."""
    engine = create_engine(
        URL.create("sqlite", database=str(database), query=dict(query or {})),
        pool_size=KEPT_OPEN,
        max_overflow=-1,
        hide_parameters=True,  # errors are logged, and octets of messages hold numbers
        connect_args={"timeout": BUSY_S, "isolation_level": None, "check_same_thread": False},
    )

    def connected(raw: sqlite3.Connection, _: Any) -> None:
        for pragma in pragmas:
            raw.execute(f"PRAGMA {pragma}")

    def do_begin(dbapi_connection: PoolProxiedConnection) -> None:
        dbapi_connection.cursor().execute(begin)

    event.listen(engine, "connect", connected)
    # Not by the event of this name: each statement would look who else wants to know of it.
    engine.dialect.do_begin = do_begin  # type: ignore[method-assign]
    return engine


def migrate(connection: Connection) -> None:
    """Bring a database to the newest schema."""
    config = _migrations()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
