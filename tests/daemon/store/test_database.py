"""One SQLite file with one writer."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, insert, select
from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, OperationalError

from clonewatch.errors import InputError
from clonewatch.store.database import Database, may_pass, read_only
from clonewatch.store.tables import clone_records, positions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_a_commit_outlives_a_power_cut_and_readers_do_not_wait(tmp_path: Path) -> None:
    database = Database(tmp_path / "new" / "store.sqlite")
    with database.writer() as writer, database.reader() as reader:
        assert writer.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert writer.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
        writer.rollback()
        with writer.begin():
            writer.execute(insert(positions).values(name="judged", value=5))
            assert reader.execute(select(positions.c.value)).all() == []
        assert reader.execute(select(positions.c.value)).all() == []  # its state is of its begin
        reader.rollback()
        assert reader.execute(select(positions.c.value)).all() == [(5,)]
    database.close()


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    database = Database(tmp_path / "store.sqlite")
    with database.reader() as reader, pytest.raises(OperationalError, match="readonly"):
        reader.execute(insert(positions).values(name="judged", value=5))
    database.close()


def test_a_checkpoint_moves_what_was_committed_into_the_file(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    database = Database(path)
    with database.writer() as writer:
        for value in range(3):
            with writer.begin():
                writer.execute(insert(positions).values(name=str(value), value=value))
        moved = path.read_bytes()
        database.checkpoint(writer)
        assert path.read_bytes() != moved
        with writer.begin():
            assert len(writer.execute(select(positions.c.value)).all()) == 3
    database.close()


def test_one_store_has_one_writer(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    database = Database(path)
    with pytest.raises(InputError, match="somebody else writes"):
        Database(path)
    database.close()
    Database(path).close()


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(InputError, match=r"store\.sqlite: cannot be used as a store: file is not"):
        Database(path)


def test_a_newer_store_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    database = Database(path)
    with database.writer() as writer, writer.begin():
        writer.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    with pytest.raises(InputError, match=r"another version of clonewatch.*9999"):
        Database(path)


def test_a_folder_with_a_percent_sign_is_no_riddle(tmp_path: Path) -> None:
    Database(tmp_path / "50%" / "store.sqlite").close()
    assert (tmp_path / "50%" / "store.sqlite").exists()


def test_anybody_reads_beside_the_writer(tmp_path: Path) -> None:
    path = tmp_path / "a?b#c 100%.sqlite"
    database = Database(path)
    with database.writer() as writer, writer.begin():
        writer.execute(insert(positions).values(name="judged", value=5))
    with read_only(path) as reader, database.writer() as writer:
        assert reader.execute(select(positions.c.value)).all() == [(5,)]
        with writer.begin():
            writer.execute(positions.update().values(value=6))
        assert reader.execute(select(positions.c.value)).all() == [(5,)]
        with pytest.raises(OperationalError, match="readonly"):
            reader.execute(positions.update().values(value=7))
    database.close()


def test_a_store_that_is_not_there_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no store"), read_only(tmp_path / "x"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_store_of_another_version_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    database = Database(path)
    with database.writer() as writer, writer.begin():
        writer.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(InputError, match="its schema is 0000"), read_only(path):
        pass
    database.close()


def test_what_is_no_store_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to look at" * 100)
    with pytest.raises(InputError, match="cannot be read"), read_only(path):
        pass


@contextmanager
def failing() -> Iterator[None]:
    """See that what is done fails, and would fail again."""
    with pytest.raises((DBAPIError, OverflowError)) as caught:
        yield
    assert not may_pass(caught.value)


def test_a_statement_that_fails_will_fail_again_and_says_of_nobody(tmp_path: Path) -> None:
    database = Database(tmp_path / "store.sqlite")
    with database.writer() as writer, writer.begin():
        put = insert(positions)
        writer.execute(put.values(name="judged", value=5))
        with failing():
            writer.execute(put.values(name="judged", value=6))
        with failing():
            writer.execute(put.values(name="large", value=1 << 64))
        with failing():
            writer.execute(put.values(name=b"6145551234", value=object()))
        with failing():
            writer.exec_driver_sql("SELECT json_extract('{', '$.msid')").all()
        with failing():
            writer.exec_driver_sql("SELECT nothing FROM nowhere")
        with pytest.raises(IntegrityError) as caught:
            writer.execute(put.values(name="judged", value=6145551234))
        assert "6145551234" not in str(caught.value)
    database.close()


def test_a_disk_a_lock_and_memory_may_be_free_again(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    database = Database(path)
    with database.writer() as writer, writer.begin():
        other = create_engine(f"sqlite:///{path}", connect_args={"timeout": 0})
        with pytest.raises(OperationalError, match="locked") as caught, other.begin() as second:
            second.execute(insert(positions).values(name="judged", value=5))
        assert may_pass(caught.value)
        other.dispose()
    with database.reader() as reader:
        with pytest.raises(OperationalError, match="readonly") as caught:
            reader.execute(insert(positions).values(name="judged", value=5))
        assert may_pass(caught.value)
        reader.rollback()
    database.close()
    torn = path.read_bytes()
    path.write_bytes(torn[:8192] + b"x" * (len(torn) - 8192))
    damaged = create_engine(f"sqlite:///{path}")
    with damaged.connect() as second, pytest.raises(DatabaseError, match="malformed") as torn_:
        second.execute(select(clone_records)).all()
    damaged.dispose()
    assert may_pass(torn_.value)
    assert may_pass(OSError())
    assert may_pass(MemoryError())
    assert not may_pass(ValueError())
