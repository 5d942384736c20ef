"""Pages that are cleared before they are used."""

from __future__ import annotations

import time
from queue import SimpleQueue
from typing import Any, Final

import numpy as np
import pytest

from bench.window import resident_octets
from clonewatch.window import clearing
from clonewatch.window.clearing import AHEAD, HUGE_PAGE, STEP, Clearing, Front
from clonewatch.window.memory import reserve

OCTETS: Final = 16 * HUGE_PAGE
WITHIN_S: Final = 60.0


class Table:
    """A table that is used from its front."""

    def __init__(self, octets: int = OCTETS) -> None:
        self.used = 0
        self.octets = reserve(octets, np.uint8, huge_octets=octets)
        self.front = Front(self.octets, lambda: self.used)

    def use(self, octets: int) -> None:
        """Use it so far."""
        self.octets[self.used : octets] = 1
        self.used = octets


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> SimpleQueue[Clearing]:
    """Whose pages are to be cleared; nobody does it."""
    work: SimpleQueue[Clearing] = SimpleQueue()
    monkeypatch.setattr(clearing, "_work", lambda: work)
    return work


@pytest.mark.parametrize("used", [0, 1, HUGE_PAGE - 1, HUGE_PAGE, 5 * HUGE_PAGE + 4097])
def test_what_comes_next_is_resident_and_no_more(used: int) -> None:
    table = Table()
    table.use(used)
    before = resident_octets()
    assert table.front.clear()
    assert used + AHEAD <= table.front.cleared < used + AHEAD + HUGE_PAGE
    there = resident_octets()
    table.octets[used : table.front.cleared] = 1
    assert resident_octets() - there < HUGE_PAGE // 4
    assert there - before < AHEAD + HUGE_PAGE + HUGE_PAGE // 4


def test_what_is_used_stays_as_it_is_and_the_rest_is_zero() -> None:
    table = Table()
    table.use(3 * HUGE_PAGE + 1)
    assert table.front.clear()
    assert table.octets[: table.used].all()
    assert not table.octets[table.used :].any()


def test_it_ends_with_the_table() -> None:
    table = Table(HUGE_PAGE + 8192)
    table.use(HUGE_PAGE)
    assert table.front.clear()
    assert table.front.cleared == len(table.octets)
    table.use(len(table.octets))
    assert table.front.clear()
    assert table.front.cleared == len(table.octets)


def test_pages_are_asked_for_once_for_each_step(asked: SimpleQueue[Clearing]) -> None:
    it = Clearing(Table().front)
    it.look(STEP - 1)
    assert asked.empty()
    it.look(STEP)
    it.look(3 * STEP)  # the first is not done yet
    assert asked.qsize() == 1
    asked.get().clear()
    it.look(2 * STEP - 1)
    assert asked.empty()
    it.look(2 * STEP)
    assert asked.qsize() == 1


def test_a_system_that_knows_no_such_thing_is_asked_once(
    asked: SimpleQueue[Clearing], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*words: Any) -> int:
        refused.append(words)
        return -1

    refused: list[Any] = []
    monkeypatch.setattr(clearing, "_madvise", refuse)
    it = Clearing(Table().front, Table().front)
    it.look(STEP)
    asked.get().clear()
    assert len(refused) == 1
    it.look(5 * STEP)
    assert asked.empty()


def test_another_thread_does_it() -> None:
    table = Table()
    it = Clearing(table.front)
    table.use(STEP)
    it.look(STEP)
    end = time.monotonic() + WITHIN_S
    while table.front.cleared < STEP + AHEAD:
        assert time.monotonic() < end
        time.sleep(0.001)
