"""The yardstick: the least C that walks a capture of MTP3, decodes and detects on one core."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Final, NamedTuple

from bench.processes import HERE, OUT

if TYPE_CHECKING:
    from pathlib import Path

SOURCE: Final = HERE / "yardstick.c"
PROGRAM: Final = OUT / "yardstick"
SLOTS_LOG2_LEAST: Final = 16


class Answer(NamedTuple):
    """What must be the same for both."""

    registrations: int
    conflicts: int


def built() -> Path:
    """Build it; the program."""
    OUT.mkdir(exist_ok=True)
    subprocess.run(["cc", "-O3", "-march=native", "-w", "-o", PROGRAM, SOURCE], check=True)
    return PROGRAM


def command(capture: Path, travel: Path, subscribers: int) -> list[str | Path]:
    """How it is called: its table is at most half full."""
    slots = max(SLOTS_LOG2_LEAST, (2 * subscribers).bit_length())
    return [PROGRAM, capture, travel, str(slots)]


def told(output: str) -> Answer:
    """What it printed."""
    found = re.fullmatch(r"(\d+) regnot, (\d+) conflicts\n", output)
    if found is None:
        raise SystemExit(f"bench: the yardstick says {output!r}")
    return Answer(int(found[1]), int(found[2]))
