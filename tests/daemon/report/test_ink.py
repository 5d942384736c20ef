"""Drawings that stand in a page."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from matplotlib.figure import Figure

from clonewatch.report.ink import COUNTED, INK, svg

NAME = "$x$ <script>alert(1)</script> & \\1"


def drawn() -> Figure:
    figure = Figure(figsize=(3, 2))
    axes = figure.add_subplot()
    axes.bar([0, 1], [1, 2], color=COUNTED)
    axes.plot([0, 1], [0, 2], marker="o")
    axes.set_title(NAME)
    return figure


def test_colours_are_the_pages() -> None:
    text = svg(drawn, "bars", "a")
    assert "var(--counted)" in text
    assert "var(--text)" in text
    assert not any(colour in text for colour in INK)


def test_names_are_text_and_neither_formulas_nor_markup() -> None:
    text = svg(drawn, NAME, "a")
    root = ET.fromstring(text)  # noqa: S314  # our own
    assert NAME in [each.text for each in root.iter() if each.text]
    assert root.attrib["aria-label"] == NAME
    assert "<script" not in text


def test_ids_are_of_one_drawing_alone_and_all_references_are_there() -> None:
    one, other = svg(drawn, "x", "a"), svg(drawn, "x", "b")
    ids = set(re.findall(r' id="([^"]*)"', one))
    assert ids
    assert all(each.startswith("a-") for each in ids)
    assert ids.isdisjoint(re.findall(r' id="([^"]*)"', other))
    assert set(re.findall(r'(?:url\(|href=")#([^")]*)', one)) == ids


def test_the_same_figure_gives_the_same_octets() -> None:
    assert svg(drawn, "x", "a") == svg(drawn, "x", "a")


def test_nothing_is_fetched() -> None:
    addresses = set(re.findall(r"https?://[^\"']*", svg(drawn, "x", "a")))
    assert addresses == set()
