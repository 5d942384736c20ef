"""``clonewatch run``: what is wrong is said before anything begins; the rest is test_service's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command import clonewatch

if TYPE_CHECKING:
    from pathlib import Path


def test_faults_are_said_all_at_once(tmp_path: Path) -> None:
    path = tmp_path / "clonewatch.toml"
    path.write_text('mode = "tset"\n[[links]]\nname = "a"\n')
    ran = clonewatch("run", "-c", path)
    assert ran.exit_code == 78
    assert "mode" in ran.errors
    assert "links[0]" in ran.errors
    assert not (tmp_path / "state").exists()
