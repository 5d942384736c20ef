"""Plots of the results."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from clonewatch.evaluate.page import page
from clonewatch.evaluate.plots import write_plots
from results import RESULTS

if TYPE_CHECKING:
    from pathlib import Path


def test_every_plot_of_the_page_is_drawn_small_and_the_same_again(tmp_path: Path) -> None:
    text = page(RESULTS)
    again = tmp_path / "again"
    again.mkdir()
    paths = write_plots(RESULTS, tmp_path)
    for path, repeated in zip(paths, write_plots(RESULTS, again), strict=True):
        assert f"({path.name})" in text
        octets = path.read_bytes()
        assert ET.fromstring(octets).tag.endswith("svg")  # noqa: S314 - our own
        assert 2_000 < len(octets) < 100_000
        assert repeated.read_bytes() == octets
