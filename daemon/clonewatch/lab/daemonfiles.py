"""What a daemon needs to stand beside a scenario: mscs.csv, travel.csv, clonewatch.toml.

The daemon lives by the wall's clock. A scenario that runs N times as fast has travel times, a
window, latenesses and groups that are N times shorter; what protocols wait for stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from clonewatch.addresses import Address
from clonewatch.lab.network.network import relay_name
from clonewatch.lab.scenario import Copies, MscSection, RvcdSection
from clonewatch.links.urls import LAYERS, Url
from clonewatch.mscs import Msc, Mscs
from clonewatch.travel.table import TravelTimes, write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from clonewatch.lab.scenario import Scenario
    from clonewatch.links.urls import Transport

FRESH_S: Final = 60.0  # the daemon's own: messages of a new connection may have waited
LATENESS_MINUTES: Final = 45.0  # the design's: a group, and time to bring it
LATENESS_MINUTES_LEAST: Final = 0.25  # of a group, by the wall's clock: disks are no faster
HOST: Final = "127.0.0.1"
RVCD_PORTS_BEHIND: Final = 500  # each MSC has at most two RVCDs
HLR_PORT_BEHIND: Final = 1000
Way: TypeAlias = "tuple[Iterable[str], str]"  # the daemon's table, the lab's option


def write_daemon_files(
    folder: Path,
    scenario: Scenario,
    speed: float,
    transport: Transport,
    port: int,
    *,
    relay: bool = False,
    suspension: Literal["propose", "auto"] | None = None,
    further: str = "",
) -> list[str]:
    """Write them; what `lab up` is to be told, so that both find one another. Raises OSError.

    With *suspension* the daemon is active: alarms go to a file, and it suspends so. *further* are
    tables of the configuration's own. Links listen at *port* and on, one for each node that sends
    at once, or, to *relay*, one for each MSC and RVCD of its own; these listen RVCD_PORTS_BEHIND,
    the HLR HLR_PORT_BEHIND ports further on.
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
    ways = _relays(scenario, port) if relay else _tellings(folder, scenario, speed, transport, port)
    lines, told = list(_head(scenario, speed, "test" if suspension is None else "active")), []
    for table, option in ways:
        lines += table
        told.append(option)
    hlr = Url(transport, Address(HOST, port + HLR_PORT_BEHIND))
    lines += _hlr(scenario, hlr)
    told.append(f"--hlr {hlr}")
    if suspension is not None:
        lines += _suspension(suspension)
    if further:
        lines += ["", *further.splitlines()]
    with write_atomically(folder / "clonewatch.toml") as stream:
        stream.write("\n".join(lines) + "\n")
    return told


def _tellings(
    folder: Path, scenario: Scenario, speed: float, transport: Transport, port: int
) -> Iterator[Way]:
    """What is sent to the PSMS: at once, or in groups."""
    for number, node in enumerate(_tellers(scenario)):
        word = _word(node.name)
        if isinstance(node, RvcdSection) and node.copies is Copies.GROUPS:
            (folder / word).mkdir(exist_ok=True)
            table = _spool(word, scenario.group_minutes / speed)
            yield table, f'--spool "{node.name}={folder / word}"'
            continue
        where = Url(transport, Address(HOST, port + number))
        table = _link(word, where, "answer" if isinstance(node, MscSection) else "tap")
        yield table, f'--to "{node.name}={where}"'


def _relays(scenario: Scenario, port: int) -> Iterator[Way]:
    """What passes between MSCs and RVCDs."""
    pairs = [(msc.name, to) for msc in scenario.mscs for to in msc.sends_to]
    for number, (msc, rvcd) in enumerate(pairs):
        where = Url(scenario.transport, Address(HOST, port + number))
        beyond = Address(HOST, port + RVCD_PORTS_BEHIND + number)
        table = _link(f"{_word(msc)}.{_word(rvcd)}", where, "relay")
        yield (
            [*table, f'connect = "{beyond}"'],
            f'--relay "{relay_name(msc, rvcd)}={where.address},{beyond}"',
        )


def _word(name: str) -> str:
    return name.lower().replace(" ", "-")


def _tellers(scenario: Scenario) -> list[RvcdSection | MscSection]:
    """Who sends REGNOTs to the PSMS: RVCDs, and MSCs that have none."""
    direct = [msc for msc in scenario.mscs if scenario.psms.name in msc.sends_to]
    return [*scenario.rvcds, *direct]


def _head(scenario: Scenario, speed: float, mode: str) -> Iterator[str]:
    lateness = LATENESS_MINUTES / speed
    if any(rvcd.copies is Copies.GROUPS for rvcd in scenario.rvcds):
        lateness = max(lateness, LATENESS_MINUTES_LEAST)
    yield f"# {scenario.title}"
    yield f"# The scenario's clock runs {speed:g} times as fast as the wall's: so do these times."
    yield f'mode = "{mode}"'
    yield 'state_directory = "state"'
    yield ""
    yield "[tables]"
    yield 'travel = "travel.csv"'
    yield 'mscs = "mscs.csv"'
    yield ""
    yield "[window]"
    yield f"hours = {scenario.window_hours / speed:.9g}"
    yield f"lateness_minutes = {lateness:.9g}"
    yield f"fresh_seconds = {FRESH_S / speed:.9g}"
    yield ""
    yield "[control]"
    yield 'socket = "control.sock"'
    yield ""
    yield "[log]"
    yield 'subscribers = "shown"'


def _link(name: str, where: Url, role: str) -> Iterator[str]:
    yield ""
    yield "[[links]]"
    yield f'name = "{name}"'
    yield f'transport = "{where.transport}"'
    yield f'listen = "{where.address}"'
    yield f'peers = ["{HOST}/32"]'
    yield f'role = "{role}"'
    if role == "answer":
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


def _suspension(mode: str) -> Iterator[str]:
    yield ""
    yield "[[alarms]]"
    yield 'name = "file"'
    yield 'kind = "file"'
    yield 'file = "alarms.jsonl"'
    yield ""
    yield "[suspension]"
    yield f'mode = "{mode}"'
    yield 'hlr = "hlr"'


def _spool(name: str, group_minutes: float) -> Iterator[str]:
    yield ""
    yield "[[spools]]"
    yield f'name = "{name}"'
    yield f'directory = "{name}"'
    yield f"group_minutes = {group_minutes:.9g}"
