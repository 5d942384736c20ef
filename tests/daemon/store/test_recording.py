"""Clone records in the store."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, select

from clonewatch.clonerecords import record_id
from clonewatch.messages import Message
from clonewatch.store import recording
from clonewatch.store.tables import clone_records, metadata
from is41.layers import Layer
from stores import TEN, WORDS, conflict

if TYPE_CHECKING:
    from clonewatch.detector import Conflict


def stored_of(batches: list[list[Conflict]]) -> dict[str, bool]:
    """Identities, and whether superseded, of what is stored after *batches*."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as connection:
        for batch in batches:
            news = recording.news(connection, batch, WORDS, TEN)
            recording.supersede(connection, news.superseded)
            recording.insert(connection, news.new)
        rows = connection.execute(select(clone_records.c.id, clone_records.c.superseded)).all()
    engine.dispose()
    return {row.id: row.superseded for row in rows}


def test_a_row_is_read_as_the_clone_record_it_was() -> None:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as connection:
        recording.insert(connection, recording.news(connection, [conflict()], WORDS, TEN).new)
        (row,) = connection.execute(select(clone_records)).mappings()
        assert recording.clone_record(row) == WORDS.record(conflict())
        (row,) = connection.execute(select(*recording.CONFLICT_COLUMNS)).mappings()
        same = recording.conflict_of(row, WORDS)
        assert record_id(same) == record_id(conflict())
        assert replace(same, second=conflict().second) == conflict()
    engine.dispose()


def test_messages_stand_in_the_row() -> None:
    row = recording.row_of(
        replace(conflict(), second_message=Message(Layer.SCCP, b"x")), WORDS, TEN
    )
    assert (row["first_layer"], row["first_octets"]) == (None, None)
    assert (row["second_layer"], row["second_octets"]) == ("sccp", b"x")


def test_more_than_a_statement_takes_is_looked_up() -> None:
    many = [conflict(6145550000 + at) for at in range(1200)]
    assert stored_of([many, many]) == {record_id(each): False for each in many}


told = st.builds(
    lambda msid, superseded: replace(conflict(msid), superseded=superseded),
    st.integers(6145550000, 6145550003),
    st.booleans(),
)


@given(st.lists(st.lists(told, max_size=6), max_size=5))
def test_each_is_stored_once_and_stays_superseded_once_it_is(batches: list[list[Conflict]]) -> None:
    expected: dict[str, bool] = {}
    for each in (each for batch in batches for each in batch):
        expected[record_id(each)] = expected.get(record_id(each), False) or each.superseded
    assert stored_of(batches) == expected
