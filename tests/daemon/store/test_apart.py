"""One thing of many, done by itself."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import OperationalError

from clonewatch.store import positions
from clonewatch.store.apart import FRAMES_MAX, Fault, done_apart
from clonewatch.store.database import in_memory
from clonewatch.store.tables import positions as table


def rows(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_what_fails_by_a_fault_of_ours_is_undone_and_told_and_the_rest_stays() -> None:
    with in_memory() as it:

        def half() -> None:
            positions.put(it, "b", 2)
            positions.put(it, "c", 1 << 64)

        assert done_apart(it, partial(positions.put, it, "a", 1)) is None
        fault = done_apart(it, half)
        assert isinstance(fault, Fault)
        assert fault.reason == "OverflowError: Python int too large to convert to SQLite INTEGER"
        assert "in half\n" in fault.traceback
        assert done_apart(it, partial(positions.put, it, "d", 4)) is None
        assert rows(it) == 2


def test_what_may_pass_is_raised() -> None:
    with in_memory() as it:

        def full() -> None:
            pages = it.exec_driver_sql("PRAGMA page_count").scalar_one()
            it.exec_driver_sql(f"PRAGMA max_page_count = {pages}").close()
            for number in range(10_000):
                positions.put(it, f"name {number}", number)

        with pytest.raises(OperationalError, match="full"):
            done_apart(it, full)


def deep(frames: int) -> None:
    if not frames:
        raise ValueError("\udcff\nmore")
    deep(frames - 1)


def test_a_fault_is_told_in_text_of_bounded_length() -> None:
    with in_memory() as it:
        fault = done_apart(it, partial(deep, 2 * FRAMES_MAX))
    assert isinstance(fault, Fault)
    assert fault.reason == "ValueError: \\udcff"
    assert fault.traceback.count('  File "') <= FRAMES_MAX
    fault.traceback.encode()
    assert Fault.of(ValueError()).reason == "ValueError: "
