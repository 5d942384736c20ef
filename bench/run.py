"""Measures `clonewatch replay` beside its peers, in one run: the least C (yardstick.c) and tshark.

All read the same capture, caches warm; all must give the same answer. Whole processes, wall time,
medians. Then the live daemon, as `bench.live` says. Writes bench/out/results.json and prints a
table. `--smoke` runs it small, once.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import live

HERE = Path(__file__).parent
OUT = HERE / "out"
COMMAND = Path(sys.executable).parent / "clonewatch"
TSHARK_FIELDS = (
    "mtp3.opc",
    "ansi_tcap.identifier",
    "ansi_map.bcd_digits",
    "ansi_map.electronicSerialNumber",
    "ansi_map.marketid",
    "ansi_map.swno",
)


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    registrations: int
    subscribers: int
    mscs: int
    tshark_packets: int
    runs: int


FULL = Size(4_000_000, 1_000_000, 300, 200_000, 5)
SMOKE = Size(20_000, 5_000, 30, 5_000, 1)


@dataclass(frozen=True)
class Run:
    """One finished process."""

    wall_s: float
    peak_mib: float
    output: str


def run(*command: str | Path) -> Run:
    """Run a command to its end; its output and errors must be small."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    output, errors = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]}: exit {process.returncode}\n{errors}")
    return Run(time.perf_counter() - begun, usage.ru_maxrss / 1024, output)


def inputs(size: Size) -> Path:
    """Make the capture and its tables, unless they are there."""
    folder = OUT / f"town-{size.registrations}"
    if not (folder / "summary.json").exists():
        run(
            COMMAND, "lab", "simulate", folder,
            "--subscribers", str(size.subscribers), "--mscs", str(size.mscs),
            "--registrations", str(size.registrations), "--hours", "24",
            "--clones", str(max(20, size.subscribers // 2000)),
            "--no-records", "--no-names",
        )  # fmt: skip
    return folder


def yardstick() -> Path:
    """Build the least C."""
    program = OUT / "yardstick"
    subprocess.run(
        ["cc", "-O3", "-march=native", "-w", "-o", program, HERE / "yardstick.c"], check=True
    )
    return program


def measure(size: Size) -> dict[str, Any]:
    """Run everything in turn, and compare."""
    folder = inputs(size)
    capture, travel = folder / "mtp3.pcap", folder / "travel.csv"
    slots = str(max(16, (2 * size.subscribers).bit_length()))
    ours: list[str | Path] = [
        COMMAND,
        "replay",
        capture,
        "--travel",
        travel,
        "--summary",
        OUT / "summary.json",
    ]
    least: list[str | Path] = [yardstick(), capture, travel, slots]
    fields = [word for field in TSHARK_FIELDS for word in ("-e", field)]
    theirs: list[str | Path] = ["tshark", "-n", "-r", capture, "-c", str(size.tshark_packets),
              "-o", "mtp3.standard:ANSI", "-T", "fields", *fields]  # fmt: skip
    run(*ours)  # kernels compiled, caches warm
    run(*least)
    pairs = [(run(*ours), run(*least)) for _ in range(size.runs)]
    shark = [run(*theirs) for _ in range(min(3, size.runs))]
    summary = json.loads((OUT / "summary.json").read_text(encoding="utf-8"))
    answer = f"{summary['registrations']} regnot, {summary['conflicts']} conflicts"
    if any(least_run.output.strip() != answer for _, least_run in pairs):
        raise SystemExit(f"different answers: {answer} and {pairs[0][1].output.strip()}")
    if any(len(r.output.splitlines()) != size.tshark_packets for r in shark):
        raise SystemExit("tshark did not read every packet")
    our_s = statistics.median(mine.wall_s for mine, _ in pairs)
    shark_rate = size.tshark_packets / statistics.median(r.wall_s for r in shark)
    return {
        "capture": f"{size.registrations:,} REGNOTs, {size.subscribers:,} subscribers, "
        f"{size.mscs} MSCs, MTP3",
        "answer": answer,
        "clonewatch_s": our_s,
        "yardstick_s": statistics.median(least_run.wall_s for _, least_run in pairs),
        "times_yardstick": statistics.median(a.wall_s / b.wall_s for a, b in pairs),
        "registrations_per_s": size.registrations / our_s,
        "tshark_per_s": shark_rate,
        "times_tshark": size.registrations / our_s / shark_rate,
        "peak_mib": max(mine.peak_mib for mine, _ in pairs),
    }


def machine() -> dict[str, str]:
    """Say where and with what this was measured."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    shark = run("tshark", "--version").output.splitlines()[0]
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} processors",
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "numba": version("numba"),
        "tshark": shark.split(" (")[0],
        "commit": commit or "none",
    }


def main() -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="small, to see that it runs")
    size = SMOKE if parser.parse_args().smoke else FULL
    if shutil.which("tshark") is None:
        raise SystemExit("bench: tshark is not installed")
    OUT.mkdir(exist_ok=True)
    results = {**machine(), **measure(size)}
    found = live.measure(live.SMOKE if size is SMOKE else live.FULL)
    results |= {f"{name}.{key}": value for name, of in found.items() for key, value in of.items()}
    name = "smoke.json" if size is SMOKE else "results.json"
    (OUT / name).write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    for key, value in results.items():
        print(f"{key:40} {value:,.2f}" if isinstance(value, float) else f"{key:40} {value}")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
