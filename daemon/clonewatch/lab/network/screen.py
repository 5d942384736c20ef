"""A running network in the terminal: tables that change, or plain lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from rich import box
from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from .board import Board, Line, node_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.console import Console, RenderableType

    from .network import Network

BAD = {"denied", "failed", "dropped", "suspended", "stopped", "refused", "unreachable"}
GOOD = {"registered", "restored", "started"}


class Screen(Protocol):
    """Where people look."""

    def open(self) -> None:
        """Take the terminal."""

    def line(self, line: Line) -> None:
        """Show something that happened."""

    def refresh(self, elapsed_s: float) -> None:
        """Show how things stand."""

    def close(self) -> None:
        """Leave the terminal as it was."""


class Lines:
    """For a file or a pipe: a line each."""

    def __init__(self, write: Callable[[Line], object]) -> None:
        self._write = write

    def open(self) -> None:
        """Need nothing."""

    def line(self, line: Line) -> None:
        """Write it."""
        self._write(line)

    def refresh(self, elapsed_s: float) -> None:
        """Write nothing: a line is written when there is one."""

    def close(self) -> None:
        """Leave all as it is."""


class Tables:
    """For a terminal: the network, and what happened last."""

    def __init__(self, console: Console, network: Network, board: Board, speed: float) -> None:
        self._network = network
        self._board = board
        self._speed = speed
        self._live = Live(console=console, auto_refresh=False)

    def open(self) -> None:
        """Begin to draw."""
        self._live.start()

    def line(self, line: Line) -> None:
        """Wait for the next refresh."""

    def refresh(self, elapsed_s: float) -> None:
        """Draw."""
        self._live.update(picture(self._network, self._board, self._speed, elapsed_s), refresh=True)

    def close(self) -> None:
        """Stop drawing; what was drawn last stays."""
        self._live.stop()


def picture(network: Network, board: Board, speed: float, elapsed_s: float) -> RenderableType:
    """Everything there is to see."""
    title = Text.assemble(
        (network.scenario.title, "bold"), f"   {board.clock(elapsed_s)}   {speed:g} times as fast"
    )
    nodes = Table("node", box=box.SIMPLE)
    for heading in ("links open", "received", "sent", "refused", "holds"):
        nodes.add_column(heading, justify="right")
    for row in node_rows(network):
        numbers = (f"{number:,}" for number in (row.received, row.sent, row.refused))
        style = "red" if row.links == "dead" else ""
        nodes.add_row(row.name, row.links, *numbers, row.holds, style=style)
    return Group(
        title,
        nodes,
        _lines("registrations", board.registrations),
        _lines("what else happened", board.events),
    )


def _lines(title: str, lines: Iterable[Line]) -> Table:
    table = Table(title=title, title_justify="left", box=None, show_header=False, expand=True)
    for _ in range(4):
        table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    for line in reversed(list(lines)):
        style = "red" if line.what in BAD else "green" if line.what in GOOD else ""
        table.add_row(line.clock, line.node, Text(line.what, style), line.phone, line.detail)
    return table
