"""Syslog: RFC 5424's format, RFC 5674's structured data for alarms; over UDP, TCP or TLS.

TCP and TLS frame by octet counting. Whoever reads syslog over TCP acknowledges nothing: what was
written shortly before a connection broke may be lost, which no sender can help.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from clonewatch.actions.alarms.kinds import TABLE
from clonewatch.evidence.findings import Severity
from clonewatch.registrations import time_text

from .output import NotSentError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from clonewatch.actions.alarms.book import Alarm
    from clonewatch.actions.alarms.notice import Notice

LOCAL0: Final = 16  # RFC 5424 §6.2.1, facility
DATAGRAM_OCTETS_MAX: Final = 2048  # RFC 5424 §6.1: receivers should take so many
CONNECT_S: Final = 10.0
APP_NAME: Final = "clonewatch"
BOM: Final = "\ufeff"  # RFC 5424 §6.4: what follows is UTF-8

# RFC 5674 §2, severity mapping.
SEVERITIES: Final = {
    Severity.CRITICAL: 1,  # alert
    Severity.MAJOR: 2,  # critical
    Severity.MINOR: 3,  # error
    Severity.WARNING: 4,  # warning
    None: 5,  # cleared: notice
}


class Transport(StrEnum):
    """How messages travel."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the other side listens."""

    transport: Transport
    host: str
    port: int
    authority: Path | None = None  # certificates that the server's is checked with
    certificate: Path | None = None  # ours, if it wants one
    key: Path | None = None
    facility: int = LOCAL0


class Syslog:
    """One receiver; the connection is kept, and made again after a failure."""

    at_once_max = 100
    repeats_s: float | None = None

    def __init__(self, address: Address, *, hostname: str = "") -> None:
        self._address = address
        self._hostname = hostname or socket.gethostname() or "-"
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._datagrams: asyncio.DatagramTransport | None = None

    async def send(self, notices: Sequence[Notice]) -> None:
        """Send a message for each. Raises NotSentError, OSError, TimeoutError."""
        messages = [
            message_of(notice, facility=self._address.facility, hostname=self._hostname)
            for notice in notices
        ]
        if self._address.transport is Transport.UDP:
            await self._send_datagrams(messages)
        else:
            await self._send_stream(b"".join(b"%d %b" % (len(each), each) for each in messages))

    async def repeat(self, alarms: Sequence[Alarm]) -> None:
        """Nothing: a log does not forget."""

    async def close(self) -> None:
        """Close the connection."""
        streams, self._streams = self._streams, None
        if streams is not None:
            streams[1].close()
            with contextlib.suppress(OSError):  # it was broken, and is closed all the same
                await streams[1].wait_closed()
        if self._datagrams is not None:
            self._datagrams.close()
            self._datagrams = None

    async def _send_datagrams(self, messages: Sequence[bytes]) -> None:
        if self._datagrams is None:
            remote = (self._address.host, self._address.port)
            self._datagrams, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                asyncio.DatagramProtocol, remote_addr=remote
            )
        for message in messages:
            self._datagrams.sendto(message[:DATAGRAM_OCTETS_MAX])

    async def _send_stream(self, octets: bytes) -> None:
        # The other side says nothing: octets or an end mean that it is not listening any more.
        if self._streams is not None and self._streams[0].at_eof():
            await self.close()
        try:
            if self._streams is None:
                async with asyncio.timeout(CONNECT_S):
                    self._streams = await self._connected()
            writer = self._streams[1]
            writer.write(octets)
            await writer.drain()
        except (OSError, TimeoutError) as error:
            await self.close()
            where = f"{self._address.host}:{self._address.port}"
            raise NotSentError(f"{where}: {error or 'no answer'}") from None

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        address = self._address
        context = None
        if address.transport is Transport.TLS:
            context = ssl.create_default_context(cafile=address.authority)
            if address.certificate is not None:
                context.load_cert_chain(address.certificate, address.key)
        return await asyncio.open_connection(address.host, address.port, ssl=context)


def message_of(notice: Notice, *, facility: int, hostname: str) -> bytes:
    """RFC 5424 §6, the message of a notice."""
    row = TABLE[notice.kind]
    # RFC 5674 §3.
    alarm = {
        "resource": notice.object,
        "probableCause": row.cause,
        "perceivedSeverity": notice.severity_text,
        "eventType": str(row.event_type),
        "trendIndication": notice.trend,
    }
    data = " ".join(f'{name}="{_escaped(value)}"' for name, value in alarm.items())
    header = (
        f"<{facility * 8 + SEVERITIES[notice.severity]}>1 {time_text(notice.at)} "
        f"{_name(hostname, 255)} {APP_NAME} {os.getpid()} {_name(notice.kind, 32)}"
    )
    words = (
        f"{notice.key} {notice.change}: {notice.text} "
        f"(notification {notice.number}, count {notice.count})"
    )
    return f"{header} [alarm {data}] {BOM}{_one_line(words)}".encode()


def _escaped(value: str) -> str:
    """RFC 5424 §6.3.3, a parameter's value."""
    for character in '\\"]':
        value = value.replace(character, "\\" + character)
    return _one_line(value)


def _one_line(words: str) -> str:
    return "".join(character if character.isprintable() else " " for character in words)


def _name(text: str, length: int) -> str:
    """RFC 5424 §6, a field of the header: printable ASCII without a space."""
    return "".join(c if "!" <= c <= "~" else "_" for c in text)[:length] or "-"
