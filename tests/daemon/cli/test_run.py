"""``clonewatch run``: what is wrong is said before anything begins; the rest is test_service's."""

from __future__ import annotations

import os
import subprocess
import sys
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


RUN = """
import sys
from clonewatch.cli.app import app
try:
    app(["run", "-c", sys.argv[1]])
except SystemExit as ended:
    assert ended.code == 78
else:
    raise AssertionError("it has said nothing")
assert "clonewatch.app" not in sys.modules
"""


def test_faults_are_said_before_anything_is_compiled(tmp_path: Path) -> None:
    path = tmp_path / "clonewatch.toml"
    path.write_text('mode = "tset"\n')
    subprocess.run(
        [sys.executable, "-c", RUN, path],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
