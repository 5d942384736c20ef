"""A network as tables, and as lines."""

from __future__ import annotations

import io
from contextlib import closing
from typing import Final

from rich.console import Console

from clonewatch.lab.network.board import Board, Line
from clonewatch.lab.network.network import Network, Outside
from clonewatch.lab.network.screen import Lines, Tables, picture
from clonewatch.lab.nodes.happenings import Happening, Kind, Phone
from clonewatch.lab.scenario import load_scenario

LINE: Final = Line("10:45:00", "MSC C", "denied", "6145551234 82123456", "duplicate_unit")


def network() -> tuple[Network, Board]:
    scenario = load_scenario("fig6")
    one = Network(scenario, Outside(), told=lambda _: None, clock_ms=lambda: 0, speed=60)
    return one, Board(scenario)


def test_a_line_is_written_when_it_happens() -> None:
    written: list[Line] = []
    screen = Lines(written.append)
    screen.open()
    screen.line(LINE)
    screen.refresh(0)
    screen.close()
    assert written == [LINE]


def test_the_picture_shows_nodes_and_what_happened_last() -> None:
    one, board = network()
    board.happened(Happening("MSC C", Kind.DENIED, Phone("6145551234", 5), "duplicate_unit"), 2700)
    board.happened(Happening("MSC A", Kind.REGISTERED, Phone("6145551234", 5)), 0)
    console = Console(file=io.StringIO(), width=120)
    with closing(one.homes):
        console.print(picture(one, board, 60, 2700))
    text = console.file.getvalue() if isinstance(console.file, io.StringIO) else ""
    for words in ("FIG. 6", "10:45:00", "60 times as fast", "MSC D", "dead", "duplicate_unit"):
        assert words in text


def test_tables_are_drawn_over_one_another_on_a_terminal() -> None:
    one, board = network()
    file = io.StringIO()
    screen = Tables(Console(file=file, force_terminal=True, width=120), one, board, 60)
    with closing(one.homes):
        screen.open()
        screen.line(LINE)
        screen.refresh(60)
        screen.refresh(120)
        screen.close()
    assert "10:01:00" in file.getvalue()
    assert "10:02:00" in file.getvalue()
