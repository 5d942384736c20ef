"""Scripts in a Python of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def run(script: str, *folders: Path, **environment: str) -> str:
    """What a script prints, which finds modules in *folders* too; warnings are errors."""
    path = os.pathsep.join([*map(str, folders), os.environ.get("PYTHONPATH", "")])
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": path, **environment},
        text=True,
    )
    return finished.stdout.strip()


def after_command(*words: str, then: str) -> str:
    """What *then* prints, an expression, at the end of ``clonewatch WORDS`` in the same Python."""
    script = (
        "import gc, os, sys\n"
        "from clonewatch.__main__ import main\n"
        f"sys.argv = ['clonewatch', *{words}]\n"
        "os.environ.pop('OPENBLAS_NUM_THREADS', None)\n"
        f"try: main()\nexcept SystemExit: print({then})"
    )
    return run(script).splitlines()[-1]
