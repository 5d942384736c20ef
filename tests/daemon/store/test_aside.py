"""What cannot be stored by a fault of ours, among what can."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from clonewatch.clonerecords import record_id
from clonewatch.store.apart import FRAMES_MAX, Fault
from clonewatch.store.aside import Aside, store_apart
from clonewatch.store.database import Database
from clonewatch.store.tables import cases, clone_records, outbox, set_aside
from stores import MIN, POISON, TEN, WORDS, conflict, follower, poison, twins

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from clonewatch.store.pending import Found

WHY: Final = "OverflowError: Python int too large to convert to SQLite INTEGER"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    database = Database(tmp_path / "store.sqlite")
    with database.writer() as it:
        yield it
    database.close()


def apart(connection: Connection, *found: Found) -> list[Aside]:
    with connection.begin():
        return store_apart(connection, found, WORDS, follower("log"), TEN)


def of_table(connection: Connection, *columns: str) -> list[tuple[object, ...]]:
    with connection.begin():
        rows = connection.execute(select(*(set_aside.c[each] for each in columns)))
        return [tuple(row) for row in rows]


def test_one_conflict_is_set_aside_with_all_that_is_known_of_it(connection: Connection) -> None:
    bad = poison()
    assert [each.found for each in apart(connection, bad)] == [bad]
    told = of_table(connection, "id", "kind", "msid", "at", "reason", "found")
    assert told == [(record_id(bad), "conflict", str(MIN), TEN, WHY, repr(bad))]
    ((frames,),) = of_table(connection, "traceback")
    assert str(frames).rstrip().endswith(WHY)
    assert "in insert\n" in str(frames)
    assert 0 < str(frames).count('  File "') <= FRAMES_MAX


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bad=st.lists(st.booleans(), max_size=12))
def test_all_others_are_stored_with_what_follows(connection: Connection, bad: list[bool]) -> None:
    found = [(poison if is_bad else conflict)(MIN + at) for at, is_bad in enumerate(bad)]
    with connection.begin() as transaction:
        aside = store_apart(connection, found, WORDS, follower("log"), TEN)
        assert [each.found for each in aside] == [
            each for each, is_bad in zip(found, bad, strict=True) if is_bad
        ]
        good = {each.msid for each, is_bad in zip(found, bad, strict=True) if not is_bad}
        for table in (clone_records, cases):
            assert set(connection.execute(select(table.c.msid)).scalars()) == good
        assert len(connection.execute(select(outbox)).all()) == len(good)
        transaction.rollback()


def test_what_is_found_again_is_set_aside_once(connection: Connection) -> None:
    sighting = replace(conflict().first, esn=POISON)
    two = replace(twins(), first_at=POISON)
    assert len(apart(connection, poison(), two)) == 2
    assert apart(connection, poison(), two, replace(poison(), superseded=True)) == []
    assert of_table(connection, "kind") == [("conflict",), ("twins",)]
    kinds = [Aside(each, Fault.of(ValueError())).kind for each in (conflict(), sighting, two)]
    assert kinds == ["conflict", "sighting", "twins"]
    others: list[Found] = [sighting, replace(sighting, time=1), two, replace(two, last_at=1)]
    assert len({Aside(each, Fault.of(ValueError())).id for each in others}) == len(others)


def test_an_error_in_words_that_are_none_is_kept(connection: Connection) -> None:
    row = Aside(conflict(), Fault.of(ValueError("\udcff"))).as_row(TEN)
    with connection.begin():
        connection.execute(set_aside.insert(), row)
    assert of_table(connection, "reason") == [("ValueError: \\udcff",)]


def test_a_database_that_cannot_be_written_sets_nothing_aside(connection: Connection) -> None:
    with connection.begin():
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}").close()
    connection.rollback()
    many = [conflict(MIN + at) for at in range(400)]
    with pytest.raises(OperationalError, match="disk is full"):
        apart(connection, poison(), *many)
    assert of_table(connection, "id") == []
