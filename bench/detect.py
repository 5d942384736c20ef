"""`clonewatch detect` on sealed groups beside DuckDB's lag() on the same files.

Whole processes, wall time, caches warm, in turn. Both give the same count of conflicts, or this
fails. The groups hold a town's day. The query knows no copies: here these are at one MSC, and rare
enough not to tell.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bench.processes import COMMAND, OUT, run
from clonewatch.recordfile.groups import GROUP_MS, Group, half_hour
from clonewatch.recordfile.rows import Rows
from clonewatch.recordfile.sealing import write_parquet
from clonewatch.registrations import Batch

if TYPE_CHECKING:
    from pathlib import Path

START_MS: Final = 1_795_305_600_000
DAY_MS: Final = 86_400_000
MSCS: Final = 300
CLONE_EACH: Final = 2000  # subscribers
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured."""

    rows: int
    runs: int
    warm: bool  # a run of each that is not counted


FULL: Final = Size(rows=10_000_000, runs=5, warm=True)
SMOKE: Final = Size(rows=50_000, runs=1, warm=False)


def inputs(rows: int, out: Path = OUT) -> Path:
    """Make the groups and the tables, unless they are there."""
    folder = out / f"groups-{rows}"
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
        write_parquet(group.sealed_path, [arrived[order]])
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


def measure(size: Size) -> dict[str, Any]:
    """Both in turn."""
    folder = inputs(size.rows)
    summary = folder / "summary.json"
    query = QUERY.format(groups=folder / "records" / "*.parquet", travel=folder / "travel-ms.csv")
    ours: tuple[str | Path, ...] = (
        COMMAND, "detect", folder / "records", "--travel", folder / "travel.csv",
        "--summary", summary,
    )  # fmt: skip
    theirs: tuple[str | Path, ...] = (sys.executable, "-c", DUCKDB, query)
    pairs = [(run(*ours), run(*theirs)) for _ in range(size.warm + size.runs)][size.warm :]
    found = json.loads(summary.read_text(encoding="utf-8"))
    counted = int(pairs[-1][1].output)
    if (found["registrations"], found["conflicts"]) != (size.rows, counted):
        raise SystemExit(f"bench: DuckDB finds {counted} conflicts, we {found}")
    return {
        "rows": size.rows,
        "conflicts": counted,
        "s": statistics.median(mine.wall_s for mine, _ in pairs),
        "duckdb_s": statistics.median(duck.wall_s for _, duck in pairs),
        "times_duckdb": statistics.median(mine.wall_s / duck.wall_s for mine, duck in pairs),
        "peak_mib": max(mine.peak_mib for mine, _ in pairs),
        "duckdb_peak_mib": max(duck.peak_mib for _, duck in pairs),
    }
