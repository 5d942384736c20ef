"""Measures `clonewatch detect` on sealed groups beside DuckDB's lag() on the same files.

python bench/detect.py [ROWS]. Whole processes, wall time, caches warm, medians of pairs. Both give
the same count of conflicts, or this fails. The groups hold a town's day. The query knows no copies:
here these are at one MSC, and rare enough not to tell.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import numpy as np

from clonewatch.recordfile.groups import GROUP_MS, Group, half_hour
from clonewatch.recordfile.rows import Rows
from clonewatch.recordfile.sealing import write_parquet
from clonewatch.registrations import Batch

OUT: Final = Path(__file__).parent / "out"
COMMAND: Final = Path(sys.executable).parent / "clonewatch"
START_MS: Final = 1_795_305_600_000
DAY_MS: Final = 86_400_000
MSCS: Final = 300
CLONE_EACH: Final = 2000  # subscribers
RUNS: Final = 5
# FIG. 4 in SQL: each registration beside the one before it.
QUERY: Final = """
WITH pairs AS (
    SELECT mscid, time, lag(mscid) OVER w AS mscid_before, lag(time) OVER w AS time_before
    FROM read_parquet('{groups}') WINDOW w AS (PARTITION BY msid ORDER BY time, mscid, esn)
), travel AS (
    SELECT first, second, ms FROM read_csv('{travel}')
)
SELECT count(*) FROM pairs
JOIN travel ON first = mscid_before AND second = mscid
WHERE epoch_ms(time) - epoch_ms(time_before) < ms
AND epoch_ms(time) - epoch_ms(time_before) <= 23400000
"""
DUCKDB: Final = """
import sys, duckdb
duckdb.execute("SET enable_progress_bar = false")
print(duckdb.execute(sys.argv[1]).fetchone()[0])
"""


def inputs(rows: int) -> Path:
    """Make the groups and the tables, unless they are there."""
    folder = OUT / f"groups-{rows}"
    if (folder / "travel-ms.csv").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "records").mkdir(parents=True)
    random = np.random.default_rng(1)
    # All at once, so that time and MSID stand in no relation.
    time_ms = START_MS + np.sort(random.integers(0, DAY_MS, rows))
    ends = np.searchsorted(time_ms, np.arange(START_MS, START_MS + DAY_MS + 1, GROUP_MS))
    for first, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        batch = Batch.empty(end - first)
        batch.time[:] = time_ms[first:end]
        subscriber = random.integers(0, rows // 10, end - first)
        batch.msid[:] = 2_000_000_000 + subscriber * 7919
        batch.esn[:] = 0x82000000 + subscriber
        # Near home, but for the clones.
        away = np.where(subscriber % CLONE_EACH, 2, MSCS)
        msc = (subscriber + random.integers(0, away)) % MSCS
        batch.msc[:] = msc
        batch.mscid[:] = (4660 + msc) << 8 | 1
        batch.transaction_id[:] = random.integers(0, 1 << 32, end - first, np.uint32)
        numbers = np.arange(first, end)
        order = np.lexsort((batch.time, batch.msid))
        arrived = Rows(sequence=numbers, received=batch.time + 20, batch=batch)
        group = Group(folder / "records", half_hour(int(time_ms[first])), first)
        write_parquet(group.sealed_path, arrived[order])
    _write_travel(folder)
    return folder


def _write_travel(folder: Path) -> None:
    """Neighbours touch, all others are an hour apart: once as a table, once as a list."""
    minutes = np.full((MSCS, MSCS), 60)
    near = np.arange(MSCS)
    minutes[near, near] = 0
    minutes[near, (near + 1) % MSCS] = minutes[(near + 1) % MSCS, near] = 0
    names = [f"{4660 + msc}-1" for msc in range(MSCS)]
    lines = [",".join([name, *map(str, row)]) for name, row in zip(names, minutes, strict=True)]
    table = "\n".join([",".join(["minutes", *names]), *lines, ""])
    (folder / "travel.csv").write_text(table, encoding="utf-8")
    listed = [
        f"{(4660 + a) << 8 | 1},{(4660 + b) << 8 | 1},{minutes[a, b] * 60_000}\n"
        for a in range(MSCS)
        for b in range(MSCS)
    ]
    text = "first,second,ms\n" + "".join(listed)
    (folder / "travel-ms.csv").write_text(text, encoding="utf-8")


def run(*command: str | Path) -> tuple[float, str]:
    """Wall time and output of a command."""
    begun = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begun, done.stdout.decode()


def main(rows: int) -> None:
    """Measure and print."""
    folder = inputs(rows)
    summary = folder / "summary.json"
    query = QUERY.format(groups=folder / "records" / "*.parquet", travel=folder / "travel-ms.csv")
    ours: tuple[str | Path, ...] = (
        COMMAND, "detect", folder / "records", "--travel", folder / "travel.csv",
        "--summary", summary,
    )  # fmt: skip
    theirs: tuple[str | Path, ...] = (sys.executable, "-c", DUCKDB, query)
    run(*ours)
    run(*theirs)
    pairs = [(run(*ours), run(*theirs)) for _ in range(RUNS)]
    found = json.loads(summary.read_text(encoding="utf-8"))
    if any(int(duck.strip()) != found["conflicts"] for _, (_, duck) in pairs):
        raise SystemExit(f"different answers: {found['conflicts']} and {pairs[0][1][1].strip()}")
    print(f"{rows:,} rows, {found['conflicts']:,} conflicts")
    print(f"clonewatch detect  {statistics.median(mine for (mine, _), _ in pairs):6.2f} s")
    print(f"DuckDB lag()       {statistics.median(duck for _, (duck, _) in pairs):6.2f} s")
    ratio = statistics.median(mine / duck for (mine, _), (duck, _) in pairs)
    print(f"ratio              {ratio:6.2f}")


if __name__ == "__main__":
    main(int(float(sys.argv[1] if len(sys.argv) > 1 else "1e7")))
