"""The plot shows every figure that something is asked of."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from matplotlib.colors import to_hex

from bench.asked import LINES, Bound
from bench.plot import MISSED, write_plot

if TYPE_CHECKING:
    from pathlib import Path

REACHED = {line.figure: line.asked * line.scale for line in LINES}


def test_each_line_asked_is_labelled_and_the_others_are_not(tmp_path: Path) -> None:
    write_plot(REACHED, tmp_path / "a.svg")
    texts = {text.strip() for text in ET.parse(tmp_path / "a.svg").getroot().itertext()}  # noqa: S314  # our own
    for line in LINES:
        assert (f"{line.subject}: {line.what}" in texts) == (line.bound is not Bound.NONE)


def test_what_is_missed_has_another_colour(tmp_path: Path) -> None:
    write_plot(REACHED, tmp_path / "reached.svg")
    write_plot(REACHED | {"replay.help_s": 1.0, "live.one_link.lost": 9}, tmp_path / "missed.svg")
    red = to_hex(MISSED)
    assert red not in (tmp_path / "reached.svg").read_text(encoding="utf-8")
    assert red in (tmp_path / "missed.svg").read_text(encoding="utf-8")


def test_the_same_figures_give_the_same_octets(tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        write_plot(REACHED, tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
