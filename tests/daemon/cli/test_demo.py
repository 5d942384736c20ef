"""``clonewatch demo``."""

from __future__ import annotations

from pathlib import Path

from clonewatch.lab.scenes import FIG6_CLONES
from command import clonewatch


def test_the_demo_finds_the_patents_clone_and_ends_with_a_report(tmp_path: Path) -> None:
    ran = clonewatch("demo", tmp_path)
    assert ran.exit_code == 0
    assert tuple(record["msid"] for record in ran.records) == FIG6_CLONES
    assert "14 frames, 14 registrations, 3 conflicts" in ran.errors
    page = Path(ran.errors.split()[-1])
    assert page.is_relative_to(tmp_path)
    text = page.read_text("utf-8")
    assert all(msid in text for msid in FIG6_CLONES)
    assert "45 of 80 min" in text
