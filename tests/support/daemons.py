"""A whole daemon in the test's own loop, with FIG. 6's table and whatever configuration."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from clonewatch.addresses import Address
from clonewatch.app import App
from clonewatch.links import Connector
from clonewatch.settings import Settings, read
from is41.m3ua.asp import Asp
from is41.m3ua.settings import Settings as M3ua
from is41.tali.link import Link as Tali
from is41.xot.link import Link as Xot
from is41.xot.settings import Settings as XotSettings
from network import HOST, WITHIN_S, FarEnd, until
from stores import HOUR, MIN, conflict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from is41.link import Link

TRAVEL: Final = """minutes,4660-1,4660-2,4660-3,4660-4
4660-1,0,0,80,120
4660-2,0,0,0,60
4660-3,80,0,0,30
4660-4,120,60,30,0
"""
BASE: Final = 'state_directory = "state"\n[tables]\ntravel = "travel.csv"\n'
AT_ONCE: Final = "[window]\nlateness_minutes = 0\n"  # so that everything has settled
MAKERS: Final[dict[str, Callable[[float], Link]]] = {
    "tali": lambda now: Tali(now, allowed=True),
    "m3ua": lambda now: Asp(now, M3ua(), allowed=True),
    "xot": lambda now: Xot(now, XotSettings(), calling=True, allowed=True),
}


def link(name: str = "a", transport: str = "tali", *lines: str, listen: str = "127.0.0.1:0") -> str:
    """A table of a link that listens anywhere on loopback, or at *listen*."""
    table = f'[[links]]\nname = "{name}"\ntransport = "{transport}"\n'
    table += f'listen = "{listen}"\npeers = ["127.0.0.0/8"]\n'
    return (
        table
        + ("" if any("role" in line for line in lines) else 'role = "tap"\n')
        + "".join(line + "\n" for line in lines)
    )


def hlr_link(port: int, name: str = "hlr", answer_within_s: float = 10.0) -> str:
    """A table of a link to an HLR on loopback."""
    return (
        f'[[links]]\nname = "{name}"\ntransport = "tali"\nrole = "hlr"\n'
        f'connect = "127.0.0.1:{port}"\n'
        f'query = {{ layer = "sccp", remote_point_code = "10-20-40", local_point_code = "10-20-60", '
        f"answer_within_seconds = {answer_within_s} }}\n"
    )


def suspension(mode: str = "auto", *lines: str, hlr: str = "hlr", conflicts_min: int = 1) -> str:
    """A table of suspension that holds nobody back."""
    table = f'[suspension]\nmode = "{mode}"\nhlr = "{hlr}"\nconflicts_min = {conflicts_min}\n'
    return table + "confidence_min = 0\n" + "".join(f"{line}\n" for line in lines)


def settings(folder: Path, *tables: str, mode: str = "test") -> Settings:
    """FIG. 6 and these tables."""
    (folder / "travel.csv").write_text(TRAVEL)
    path = folder / "clonewatch.toml"
    path.write_text(f'mode = "{mode}"\n' + BASE + "".join(tables))
    return read(path)


@asynccontextmanager
async def daemon(folder: Path, *tables: str, mode: str = "test") -> AsyncIterator[App]:
    """A daemon that has started; it is stopped at the end."""
    app = App(settings(folder, *tables, mode=mode), {})
    try:
        await app.start()
        yield app
    finally:
        await app.stop("the test is over")


def found(app: App, msid: int = MIN, *, ago: int = HOUR) -> None:
    """Submit what the detector would have found, long ago: nothing about it is uncertain."""
    it = conflict(msid, at=app.store.now_ms() - ago)
    assert app.store.submit([replace(it, second=replace(it.second, source=0))], 0)


@asynccontextmanager
async def sender(app: App, name: str = "a") -> AsyncIterator[FarEnd]:
    """A far end that has connected to a link of *app*, and may send."""
    live = app.links.links[name]
    async with far_end_at(live.endpoint.where.port, live.config.transport) as far_end:
        yield far_end


@asynccontextmanager
async def far_end_at(
    port: int, transport: str = "tali", *, within_s: float = WITHIN_S
) -> AsyncIterator[FarEnd]:
    """A far end that has connected to the link at *port* of a daemon, and may send."""
    far_end = FarEnd()
    connector = Connector(Address(HOST, port), MAKERS[transport], far_end)
    await connector.start()
    try:
        await until(lambda: far_end.connections and far_end.connection.link.is_open, within_s)
        yield far_end
    finally:
        await connector.stop("the test is over", patience_s=5)
