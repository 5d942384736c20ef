"""A stage of a pipeline in a thread of its own."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from clonewatch.ahead import DEPTH, ahead

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_items_come_in_order() -> None:
    assert list(ahead(iter(range(100)))) == list(range(100))


def test_none_is_an_item_too() -> None:
    assert list(ahead(iter([None, 1, None]))) == [None, 1, None]


def test_a_fault_of_the_maker_reaches_the_taker_behind_what_was_made() -> None:
    def make() -> Iterator[int]:
        yield 1
        raise ValueError("no more")

    taken: list[int] = []
    with pytest.raises(ValueError, match="no more"):
        taken.extend(ahead(make()))
    assert taken == [1]


def test_a_taker_that_stops_ends_the_thread() -> None:
    made = []

    def make() -> Iterator[int]:
        for number in range(1000):
            made.append(number)
            yield number

    before = threading.active_count()
    items = ahead(make())
    assert next(items) == 0
    items.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before
    assert len(made) <= DEPTH + 2
