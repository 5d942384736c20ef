"""What tests do on loopback: a handler that remembers, waiting for what must come, certificates."""

from __future__ import annotations

import asyncio
import subprocess
from typing import TYPE_CHECKING, Final

from is41.link import MessagesReceived, StateChanged

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from clonewatch.links import Connection
    from is41.link import Event

HOST: Final = "127.0.0.1"
WITHIN_S: Final = 20.0  # for what must happen: a bound on a broken test, not a measure


class Remembers:
    """A handler that keeps what it is told."""

    def __init__(self) -> None:
        self.connections: list[Connection] = []
        self.events: list[Event] = []
        self.messages: list[bytes] = []
        self.lost: list[str] = []

    def connected(self, connection: Connection) -> None:
        self.connections.append(connection)

    def received(self, connection: Connection, event: Event) -> None:
        assert connection in self.connections
        if isinstance(event, MessagesReceived):
            frames = event.frames
            self.messages += [
                event.octets[frames.start[at] : frames.end[at]].tobytes()
                for at in range(event.count)
            ]
        else:
            self.events.append(event)

    def disconnected(self, connection: Connection, reason: str) -> None:
        assert connection in self.connections
        self.lost.append(reason)

    @property
    def states(self) -> list[str]:
        return [event.state.name for event in self.events if isinstance(event, StateChanged)]


class FarEnd(Remembers):
    """The other side of a connection."""

    @property
    def connection(self) -> Connection:
        return self.connections[-1]


async def until(condition: Callable[[], object], within_s: float = WITHIN_S) -> None:
    """Wait until *condition* holds."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110  # it is about many things, not one event
            await asyncio.sleep(0.002)


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate that vouches for itself, and its key."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += [
        "-nodes",
        "-days",
        "2",
        "-subj",
        f"/CN={name}",
        "-addext",
        f"subjectAltName=IP:{HOST}",
    ]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key
