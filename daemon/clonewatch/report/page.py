"""The page: one file, with all that it needs inside, and nothing that runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from .day import Day
    from .dossiers import Dossier
    from .table import Cell, Table

HERE: Final = Path(__file__).parent
ROWS_MAX: Final = 40  # ours: of a table on the page; CSV has all
STEPS_MAX: Final = 4  # ours: conflicts of a case; CSV has all
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:[+-]\d\d:\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A number that stands at the head of the page."""

    number: int
    label: str
    warns: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A case told whole."""

    dossier: Dossier
    drawing: Markup | None  # none without conflicts


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What stands on it."""

    day: Day
    made_at: str
    is_over: bool  # the day is
    mode: str
    tiles: Sequence[Tile]
    attention: Sequence[str]
    by_hour: Markup
    heat_map: Markup | None  # none without conflicts
    heat_left_out: int
    told: Sequence[Told]
    untold: int  # cases of the day beyond those
    tables: Mapping[str, Table]


def rendered(page: Page) -> str:
    """The page as HTML."""

    def cell(value: Cell) -> str:
        return _cell(value, page.day)

    environment = _environment()
    style = (HERE / "page.css").read_text("utf-8")
    template = environment.get_template("page.html.jinja")
    return template.render(
        page=page, style=style, cell=cell, rows_max=ROWS_MAX, steps_max=STEPS_MAX
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _cell(value: Cell, day: Day) -> str:
    """A cell in words: moments of the day as their time alone, others with their date."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 1 else f"{value:,.1f}"
    if isinstance(value, int):
        return f"{value:,}"
    if match := _MOMENT.fullmatch(value):
        return match[2] if match[1] == day.date.isoformat() else f"{match[1]} {match[2][:5]}"
    return value
