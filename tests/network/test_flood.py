"""Issue 5: a clock that is hours off, or a mistyped travel time, in groups that a daemon takes."""

from __future__ import annotations

import asyncio
import signal
import time
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest

from afterwards import stored
from clonewatch.lab.phones import HOUR_MS, Habits, Phones
from clonewatch.lab.town import Town
from clonewatch.lab.traffic import Mishaps, Traffic
from clonewatch.registrations import Batch
from clonewatch.travel.table import TravelTimes
from daemons import BASE, hlr_link, suspension
from network import until
from processes import STARTED_WITHIN_S, Process
from spools import put_parquet

if TYPE_CHECKING:
    from pathlib import Path

REGISTRATIONS: Final = 200_000
HOURS: Final = 6
GROUP_MS: Final = HOUR_MS // 2
CONFIG: Final = (
    'mode = "active"\n'
    + BASE
    + 'mscs = "mscs.csv"\n'
    + '[[spools]]\nname = "west"\ndirectory = "west"\n'
    + hlr_link(9)
    + suspension()
    + '[control]\nsocket = "control.sock"\n'
)


@pytest.fixture(scope="module")
def town() -> Town:
    return Town.build(30, np.random.default_rng(1))


@pytest.fixture(scope="module")
def honest(town: Town) -> Batch:
    """Six hours of 20,000 honest subscribers, up to the last half hour, in order of time."""
    start = int(time.time() * 1000) // GROUP_MS * GROUP_MS - HOURS * HOUR_MS
    rng = np.random.default_rng(2)
    habits = Habits(start_ms=start, per_hour=2, tick_ms=1, imsi=0)
    traffic = Traffic(town, Phones(town, 20_000, 0, habits, rng), Mishaps(), 4, rng)
    blocks = traffic.blocks(HOURS, REGISTRATIONS)
    batch = Batch.joined([block.invokes.registrations for block in blocks])
    return batch[np.argsort(batch.time, kind="stable")]


def groups(batch: Batch) -> list[tuple[str, Batch]]:
    """Half hour data groups by true time, and their names."""
    numbers = batch.time // GROUP_MS
    return [
        (time.strftime("west-%Y%m%dT%H%MZ.parquet", time.gmtime(number * GROUP_MS / 1000)), part)
        for number in np.unique(numbers).tolist()
        if len(part := batch[numbers == number])
    ]


def taken(folder: Path, travel: TravelTimes, parts: list[tuple[str, Batch]]) -> list[str]:
    """What a daemon that takes the groups has raised in the end. Nobody is suspended."""
    spool = folder / "west"
    spool.mkdir()
    with (folder / "travel.csv").open("w") as stream:
        travel.write(stream)
    with (folder / "mscs.csv").open("w") as stream:
        travel.mscs.write(stream)
    (folder / "clonewatch.toml").write_text(CONFIG)
    for name, part in parts:
        put_parquet(spool, name, part, row_group_rows=10_000)
    process = Process(folder, {}, {})
    done = spool / "done"
    process.start()
    try:
        asyncio.run(
            until(lambda: len(list(done.glob("*.parquet"))) == len(parts), STARTED_WITHIN_S)
        )
        assert process.end(signal.SIGTERM) == 0
    finally:
        process.close()
    assert stored(folder, "SELECT id FROM outbox WHERE kind = 'suspension'") == []
    # Those that were opened before it was clear what is wrong.
    assert stored(folder, "SELECT DISTINCT state FROM cases") in ([], [("closed",)])
    return [key for (key,) in stored(folder, "SELECT key FROM alarms WHERE cleared_at IS NULL")]


@pytest.mark.parametrize("off_h", [3, -3])
def test_a_clock_three_hours_off_is_one_alarm(
    tmp_path: Path, town: Town, honest: Batch, off_h: int
) -> None:
    parts = groups(honest)  # copies
    for _, part in parts:
        part.time[np.isin(part.msc, town.indices[7])] += off_h * HOUR_MS
    told = taken(tmp_path, town.travel, parts)
    assert told == [f"travel-times-{town.mscs.name(int(town.indices[7][0]))}"]


def test_a_mistyped_travel_time_is_one_alarm(tmp_path: Path, town: Town, honest: Batch) -> None:
    here, there = town.indices[0], town.indices[town.neighbours[0][0]]
    ms = town.travel.ms.copy()
    assert not ms[np.ix_(here, there)].any()
    ms[np.ix_(here, there)] = 5 * HOUR_MS
    names = sorted(town.mscs.name(int(msc[0])) for msc in (here, there))
    told = taken(tmp_path, TravelTimes(town.mscs, ms), groups(honest))
    assert told == [f"travel-times-{names[0]}-{names[1]}"]
