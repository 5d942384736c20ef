"""What a daemon needs to stand beside a scenario: mscs.csv, travel.csv, clonewatch.toml.

The daemon lives by the wall's clock. A scenario that runs N times as fast has travel times, a
window, latenesses and groups that are N times shorter; what protocols wait for stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.lab.scenario import Copies
from clonewatch.mscs import Msc, Mscs
from clonewatch.travel.table import TravelTimes, write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from clonewatch.lab.scenario import Scenario
    from clonewatch.links.urls import Transport

LATENESS_MINUTES: Final = 45.0  # the design's: a group, and time to bring it
LATENESS_MINUTES_LEAST: Final = 0.25  # of the wall's clock: links and disks are no faster
HOST: Final = "127.0.0.1"


def write_daemon_files(
    folder: Path, scenario: Scenario, speed: float, transport: Transport, port: int
) -> list[str]:
    """Write them; what `lab up` is to be told, so that both find one another. Raises OSError.

    Links listen at *port* and on: one for each RVCD that copies at once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mscs = Mscs(
        [Msc(mscid=msc.mscid, name=msc.name, point_code=msc.point_code) for msc in scenario.mscs]
    )
    minutes = np.array(scenario.travel, np.float64) / speed
    comment = f"# {scenario.title}; {speed:g} times as fast"
    travel = TravelTimes.of_minutes(mscs, minutes, [comment])
    with write_atomically(folder / "mscs.csv") as stream:
        mscs.write(stream)
    with write_atomically(folder / "travel.csv") as stream:
        travel.write(stream)
    told: list[str] = []
    lines = [*_head(scenario, speed)]
    for number, rvcd in enumerate(scenario.rvcds):
        word = rvcd.name.lower().replace(" ", "-")
        if rvcd.copies is Copies.LINK:
            where = f"{HOST}:{port + number}"
            lines += _link(word, transport, where)
            told.append(f'--to "{rvcd.name}={transport}://{where}"')
        else:
            (folder / word).mkdir(exist_ok=True)
            lines += _spool(word, scenario.group_minutes / speed)
            told.append(f'--spool "{rvcd.name}={folder / word}"')
    with write_atomically(folder / "clonewatch.toml") as stream:
        stream.write("\n".join(lines) + "\n")
    return told


def _head(scenario: Scenario, speed: float) -> Iterator[str]:
    lateness = max(LATENESS_MINUTES / speed, LATENESS_MINUTES_LEAST)
    yield f"# {scenario.title}"
    yield f"# The scenario's clock runs {speed:g} times as fast as the wall's: so do these times."
    yield 'mode = "test"'
    yield 'state_directory = "state"'
    yield ""
    yield "[tables]"
    yield 'travel = "travel.csv"'
    yield 'mscs = "mscs.csv"'
    yield ""
    yield "[window]"
    yield f"hours = {scenario.window_hours / speed:.9g}"
    yield f"lateness_minutes = {lateness:.9g}"


def _link(name: str, transport: Transport, where: str) -> Iterator[str]:
    yield ""
    yield "[[links]]"
    yield f'name = "{name}"'
    yield f'transport = "{transport}"'
    yield 'role = "tap"'
    yield f'listen = "{where}"'
    yield f'peers = ["{HOST}/32"]'


def _spool(name: str, group_minutes: float) -> Iterator[str]:
    yield ""
    yield "[[spools]]"
    yield f'name = "{name}"'
    yield f'directory = "{name}"'
    yield f"group_minutes = {group_minutes:.9g}"
