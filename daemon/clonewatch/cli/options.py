"""Options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clonewatch.sources.captures.reader import Wiring

T = TypeVar("T")
Travel = Annotated[Path, typer.Option("--travel", help="Travel times: travel.csv.", metavar="CSV")]
Mscs = Annotated[Path | None, typer.Option("--mscs", help="The MSCs: mscs.csv.", metavar="CSV")]
Json = Annotated[bool, typer.Option("--json", help="JSON lines, on a terminal too.")]
Summary = Annotated[
    Path | None,
    typer.Option("--summary", help="Write the closing summary here, as JSON.", metavar="FILE"),
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Say of each refused message where and why.")
]
Window = Annotated[
    float, typer.Option("--window", help="Hours the window is wide.", min=0.01, max=168)
]
Lateness = Annotated[
    float,
    typer.Option("--lateness", help="Minutes a source may deliver late.", min=0, max=10080),
]
ConfigFile = Annotated[
    Path,
    typer.Option("--config", "-c", help="The configuration, in TOML.", metavar="FILE"),
]
MaybeConfigFile = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Ask the daemon of this configuration.", metavar="FILE"),
]
Socket = Annotated[
    Path | None,
    typer.Option("--socket", help="Control socket of the daemon.", metavar="PATH"),
]
LinkTypes = Annotated[
    list[str] | None,
    typer.Option(
        "--linktype",
        help="What a user link type (147 to 162) holds: tcap, sccp, mtp3 or mtp2. Repeatable.",
        metavar="147=tcap",
    ),
]
Ports = Annotated[
    list[str] | None,
    typer.Option(
        "--port",
        help="What a port carries: tali, xot, m3ua, m2ua, m2pa or sua. Repeatable. Known are 1998 "
        "xot, 2904 m2ua, 2905 m3ua, 3565 m2pa, 14001 sua; TALI is found on any other TCP port.",
        metavar="5000=tali",
    ),
]
WINDOW_HOURS = 6.5  # the patent's
LATENESS_MINUTES = 45  # a half-hour group, and time to bring it


def control_socket_of(socket: Path | None, config: Path | None) -> Path:
    """Where the daemon is asked: as told, as configured, or as usual. Raises Misconfigured."""
    from clonewatch.control.where import control_socket

    if socket is not None:
        return socket
    if config is None:
        return control_socket()
    from clonewatch.config import load

    return load(config).control_socket


def wiring(link_types: list[str] | None, ports: list[str] | None) -> Wiring:
    """Read --linktype and --port. Raises BadParameter."""
    from clonewatch.sources.captures.links import USER_LINK_TYPES, USER_LINKS
    from clonewatch.sources.captures.reader import Wiring
    from is41.sigtran import Carrier

    carriers = {carrier.name.lower(): carrier for carrier in Carrier}
    links = dict(
        _pair("--linktype", text, USER_LINKS, USER_LINK_TYPES) for text in link_types or ()
    )
    known = dict(_pair("--port", text, carriers, range(1, 1 << 16)) for text in ports or ())
    return Wiring(links=links, ports=known)


def _pair(option: str, text: str, names: Mapping[str, T], numbers: range) -> tuple[int, T]:
    """Read NUMBER=NAME."""
    number, _, name = text.partition("=")
    if not number.isascii() or not number.isdigit() or int(number) not in numbers:
        raise typer.BadParameter(
            f"{option} {text}: give {numbers[0]} to {numbers[-1]}, =, and what it holds"
        )
    if name not in names:
        raise typer.BadParameter(f"{option} {text}: not one of {', '.join(names)}")
    return int(number), names[name]
