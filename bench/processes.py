"""Whole processes, timed: what is measured, and its peers."""

from __future__ import annotations

import os
import subprocess
import sys
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
    """Run a command to its end; ends ours if it fails. Errors go where ours go."""
    begun = time.perf_counter()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout as stream:
        output = stream.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"bench: {command[0]} ended with {process.returncode}")
    return Run(time.perf_counter() - begun, usage.ru_maxrss / 1024, output)
