"""Where, when and with what something was measured."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.processes import HERE, run

LIBRARIES = ("numpy", "numba", "pyarrow", "duckdb")


def machine() -> dict[str, str]:
    """What is told beside the figures."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": _commit(),
        "processor": f"{_processor()}, {os.cpu_count()} of them",
        "memory": f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB",
        "kernel": platform.release(),
        "python": platform.python_version(),
        **{library: version(library) for library in LIBRARIES},
        "tshark": _tshark(run("tshark", "--version").output),
        "cc": run("cc", "--version").output.splitlines()[0],
    }


def _tshark(output: str) -> str:
    """TShark (Wireshark) 4.0.17 (Git ...): the number."""
    return output.split("(Wireshark)")[1].split(maxsplit=1)[0]


def _processor() -> str:
    """The name that Linux has for it; none on some machines."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _commit() -> str:
    """The commit, with a + where files differ from it."""
    if not (HERE.parent / ".git").exists():
        return "none"
    git = ("git", "-C", str(HERE.parent))
    commit = subprocess.run((*git, "rev-parse", "--short", "HEAD"), check=True, capture_output=True)
    status = subprocess.run((*git, "status", "--porcelain"), check=True, capture_output=True)
    return commit.stdout.decode().strip() + ("+" if status.stdout else "")
