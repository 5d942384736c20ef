"""``clonewatch demo``."""

from __future__ import annotations

from clonewatch.lab.scenes import FIG6_CLONES
from command import clonewatch


def test_the_demo_finds_the_patents_clone() -> None:
    ran = clonewatch("demo")
    assert ran.exit_code == 0
    assert tuple(record["msid"] for record in ran.records) == FIG6_CLONES
    assert "14 frames, 14 registrations, 3 conflicts" in ran.errors
