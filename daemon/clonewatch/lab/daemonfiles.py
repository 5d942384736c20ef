"""What a daemon needs to stand beside a scenario: mscs.csv, travel.csv, clonewatch.toml.

The daemon lives by the wall's clock. A scenario that runs N times as fast has travel times, a
window, latenesses and groups that are N times shorter; what protocols wait for stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.addresses import Address
from clonewatch.lab.scenario import Copies, MscSection, RvcdSection
from clonewatch.links.urls import LAYERS, Url
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
HLR_PORT_BEHIND: Final = 500  # more than there are MSCs


def write_daemon_files(
    folder: Path, scenario: Scenario, speed: float, transport: Transport, port: int
) -> list[str]:
    """Write them; what `lab up` is to be told, so that both find one another. Raises OSError.

    Links listen at *port* and on, one for each node that sends at once. The HLR listens
    HLR_PORT_BEHIND ports further on.
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
    lines, told = list(_head(scenario, speed)), []
    for number, node in enumerate(_tellers(scenario)):
        word = node.name.lower().replace(" ", "-")
        if isinstance(node, RvcdSection) and node.copies is Copies.GROUPS:
            (folder / word).mkdir(exist_ok=True)
            lines += _spool(word, scenario.group_minutes / speed)
            told.append(f'--spool "{node.name}={folder / word}"')
            continue
        where = Url(transport, Address(HOST, port + number))
        lines += _link(word, where, answers=isinstance(node, MscSection))
        told.append(f'--to "{node.name}={where}"')
    hlr = Url(transport, Address(HOST, port + HLR_PORT_BEHIND))
    lines += _hlr(scenario, hlr)
    told.append(f"--hlr {hlr}")
    with write_atomically(folder / "clonewatch.toml") as stream:
        stream.write("\n".join(lines) + "\n")
    return told


def _tellers(scenario: Scenario) -> list[RvcdSection | MscSection]:
    """Who sends REGNOTs to the PSMS: RVCDs, and MSCs that have none."""
    direct = [msc for msc in scenario.mscs if scenario.psms.name in msc.sends_to]
    return [*scenario.rvcds, *direct]


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
    yield ""
    yield "[control]"
    yield 'socket = "control.sock"'
    yield ""
    yield "[log]"
    yield 'subscribers = "shown"'


def _link(name: str, where: Url, *, answers: bool) -> Iterator[str]:
    """A tap, or the link of an MSC whose REGNOTs are answered."""
    yield ""
    yield "[[links]]"
    yield f'name = "{name}"'
    yield f'transport = "{where.transport}"'
    yield f'listen = "{where.address}"'
    yield f'peers = ["{HOST}/32"]'
    yield f'role = "{"answer" if answers else "tap"}"'
    if answers:
        yield 'hlr = "hlr"'


def _hlr(scenario: Scenario, where: Url) -> Iterator[str]:
    yield ""
    yield "[[links]]"
    yield 'name = "hlr"'
    yield f'transport = "{where.transport}"'
    yield f'connect = "{where.address}"'
    yield 'role = "hlr"'
    yield ""
    yield "[links.query]"
    yield f'layer = "{LAYERS[where.transport].name.lower()}"'
    yield f'local_point_code = "{scenario.psms.point_code}"'
    yield f'remote_point_code = "{scenario.hlr.point_code}"'


def _spool(name: str, group_minutes: float) -> Iterator[str]:
    yield ""
    yield "[[spools]]"
    yield f'name = "{name}"'
    yield f'directory = "{name}"'
    yield f"group_minutes = {group_minutes:.9g}"
