"""Numbers by name."""

from __future__ import annotations

from clonewatch.store import positions
from clonewatch.store.database import in_memory


def test_a_position_begins_at_zero_and_is_set() -> None:
    with in_memory() as connection:
        assert positions.value(connection, "judged") == 0
        for number in (5, 7):
            positions.put(connection, "judged", number)
            assert positions.value(connection, "judged") == number
        assert positions.value(connection, "other") == 0
