"""Whole processes, timed: what is measured, and its peers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

HERE: Final = Path(__file__).parent
OUT: Final = HERE / "out"
COMMAND: Final = Path(sys.executable).parent / "clonewatch"
LOOK_EVERY_S: Final = 0.02
READ_AT_ONCE: Final = 1 << 20  # octets
# What a developer's shell says to Python (to keep no compiled modules, not to buffer) is not how an
# operator runs it.
ENVIRONMENT: Final = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("PYTHON") or name == "PYTHONPATH"
}


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process."""

    wall_s: float
    peak_mib: float
    output: str


class Aside(ABC):
    """Looks at something, in a thread of its own, until the end of the block."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    @abstractmethod
    def _look(self) -> None:
        """Go on until `_ended` is set."""


class _Peak(Aside):
    """Looks how much memory a process has held at most.

    What `wait4` tells begins with what we held ourselves when we started it.
    """

    def __init__(self, pid: int) -> None:
        super().__init__()
        self.mib = 0.0
        self._pid = pid

    def _look(self) -> None:
        while not self._ended.wait(LOOK_EVERY_S):
            try:
                self.mib = max(self.mib, peak_mib(self._pid))
            except OSError:  # it has gone
                return


def peak_mib(pid: int) -> float:
    """The most memory that a process has held; a zombie tells none. Raises OSError."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    told = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return 0.0 if told is None else int(told[1]) / 1024


def warm(path: Path) -> None:
    """Have a file, or all files of a folder, in the system's cache.

    Some systems drop in the midst of a benchmark what nobody has read for a minute.
    """
    room = bytearray(READ_AT_ONCE)
    for each in path.rglob("*") if path.is_dir() else (path,):
        if each.is_file():
            with each.open("rb", buffering=0) as file:
                while file.readinto(room):
                    pass


def run(*command: str | Path) -> Run:
    """Run a command to its end, with warm caches of each path among its words.

    What it says is shown only if it fails, which ends ours.
    """
    words = [str(word) for word in command]
    for word in command:
        if isinstance(word, Path):
            warm(word)
    with tempfile.TemporaryFile("w+") as said:
        begun = time.perf_counter()
        process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=said, text=True, env=ENVIRONMENT
        )
        with _Peak(process.pid) as peak:
            output, _ = process.communicate()
            wall_s = time.perf_counter() - begun
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"bench: {' '.join(words)}: {process.returncode}\n{said.read()}")
    return Run(wall_s, peak.mib, output)
