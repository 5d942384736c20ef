"""Whole processes, timed: what is measured, and its peers."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

HERE: Final = Path(__file__).parent
OUT: Final = HERE / "out"
COMMAND: Final = Path(sys.executable).parent / "clonewatch"
LOOK_EVERY_S: Final = 0.02


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process."""

    wall_s: float
    peak_mib: float
    output: str


class _Peak:
    """Looks, until the end of the block, how much memory a process has held at most.

    What `wait4` tells begins with what we held ourselves when we started it.
    """

    def __init__(self, pid: int) -> None:
        self.mib = 0.0
        self._status = Path(f"/proc/{pid}/status")
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(LOOK_EVERY_S):
            try:
                lines = self._status.read_text(encoding="utf-8").splitlines()
            except OSError:  # it has gone
                return
            for line in lines:
                if line.startswith("VmHWM:"):
                    self.mib = int(line.split()[1]) / 1024


def run(*command: str | Path) -> Run:
    """Run a command to its end. What it says is shown only if it fails, which ends ours."""
    words = [str(word) for word in command]
    with tempfile.TemporaryFile("w+") as said:
        begun = time.perf_counter()
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=said, text=True)
        with _Peak(process.pid) as peak:
            output, _ = process.communicate()
            wall_s = time.perf_counter() - begun
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"bench: {' '.join(words)}: {process.returncode}\n{said.read()}")
    return Run(wall_s, peak.mib, output)
