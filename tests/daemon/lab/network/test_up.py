"""A lab runs until its scenario is over, its time is up, or a signal comes."""

from __future__ import annotations

import os
import signal
import socket
from typing import TYPE_CHECKING

import pytest

from clonewatch.addresses import Address
from clonewatch.lab.network.network import Outside
from clonewatch.lab.network.up import Course, Lab
from clonewatch.lab.scenario import load_scenario
from clonewatch.links.urls import Transport, Url

if TYPE_CHECKING:
    from clonewatch.lab.network.board import Board, Line
    from clonewatch.lab.network.network import Network
    from clonewatch.lab.scenario import Scenario

FAST = 20_000


class Watched:
    """A screen that remembers, and does something at the first line."""

    def __init__(self, at_first: signal.Signals | None = None) -> None:
        self.lines: list[Line] = []
        self.is_closed = False
        self._at_first = at_first

    def open(self) -> None:
        assert not self.is_closed

    def line(self, line: Line) -> None:
        self.lines.append(line)
        if len(self.lines) == 1 and self._at_first is not None:
            os.kill(os.getpid(), self._at_first)

    def refresh(self, elapsed_s: float) -> None:
        assert elapsed_s >= 0

    def close(self) -> None:
        self.is_closed = True

    def __call__(self, network: Network, board: Board) -> Watched:
        assert network.scenario.title
        assert board.heard == 0
        return self


def brief() -> Scenario:
    """FIG. 6, with less time for the last answers."""
    return load_scenario("fig6").model_copy(update={"answer_within_seconds": 0.5})


def test_a_scenario_ends_by_itself() -> None:
    watched, said = Watched(), list[str]()
    numbers = Lab(brief(), Outside(), Course(speed=FAST), watched, said.append).run()
    assert (numbers["heard"], numbers["registered"], numbers["copies"]) == (10, 10, 10)
    assert numbers["cancelled"] == 5
    assert watched.is_closed
    assert said == []


def test_it_ends_when_its_time_is_up() -> None:
    course = Course(speed=1, seconds=0.3)
    numbers = Lab(load_scenario("fig1"), Outside(), course, Watched(), lambda _: None).run()
    assert numbers["heard"] < 10


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(number: signal.Signals) -> None:
    watched = Watched(number)
    numbers = Lab(load_scenario("fig6"), Outside(), Course(speed=1), watched, print).run()
    assert numbers["heard"] == 1
    assert watched.is_closed
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_it_says_where_the_hlr_listens() -> None:
    said: list[str] = []
    outside = Outside(hlr=Url(Transport.TALI, Address("127.0.0.1", 0)))
    Lab(brief(), outside, Course(speed=FAST, seconds=0.2), Watched(), said.append).run()
    (words,) = said
    assert words.startswith("the HLR takes directives at tali://127.0.0.1:")
    assert not words.endswith(":0")


def test_a_port_that_is_taken_is_an_error_and_leaves_nothing_running() -> None:
    watched = Watched()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        outside = Outside(hlr=Url(Transport.TALI, Address(*taken.getsockname())))
        with pytest.raises(OSError, match="in use"):
            Lab(brief(), outside, Course(speed=FAST), watched, print).run()
    assert watched.is_closed


class Broken(Watched):
    """A screen that nobody looks at any more."""

    def line(self, line: Line) -> None:
        super().line(line)
        raise BrokenPipeError


def test_it_ends_when_nobody_takes_what_it_shows() -> None:
    broken = Broken()
    with pytest.raises(BrokenPipeError):
        Lab(load_scenario("fig6"), Outside(), Course(speed=1), broken, print).run()
    assert len(broken.lines) == 1
    assert broken.is_closed
