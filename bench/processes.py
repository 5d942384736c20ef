"""Whole processes, timed: what is measured, and its peers."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
OUT: Final = HERE / "out"
COMMAND: Final = Path(sys.executable).parent / "clonewatch"


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process."""

    wall_s: float
    peak_mib: float
    output: str


def run(*command: str | Path) -> Run:
    """Run a command to its end. What it says is shown only if it fails, which ends ours."""
    words = [str(word) for word in command]
    with tempfile.TemporaryFile("w+") as said:
        begun = time.perf_counter()
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=said, text=True)
        assert process.stdout is not None
        with process.stdout as stream:
            output = stream.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"bench: {' '.join(words)}: {process.returncode}\n{said.read()}")
    return Run(wall_s, usage.ru_maxrss / 1024, output)
