"""Syslog: RFC 5424 and RFC 5674."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.actions.alarms.outputs.output import NotSentError
from clonewatch.actions.alarms.outputs.syslog import (
    DATAGRAM_OCTETS_MAX,
    LOCAL0,
    Address,
    Syslog,
    Transport,
    message_of,
)
from clonewatch.evidence.findings import Severity
from network import certificate
from notices import NOTICE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# RFC 5424 §6: PRI VERSION TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG.
MESSAGE = re.compile(
    r"<(\d{1,3})>1 (\S+) ([!-~]{1,255}) clonewatch \d+ ([!-~]{1,32}) "
    r'\[alarm((?: [a-zA-Z]+="(?:[^"\\\]]|\\["\\\]])*")+)\] \ufeff([^\n]*)'
)


def message(**other: object) -> str:
    return message_of(
        replace(NOTICE, **other),  # type: ignore[arg-type]
        facility=LOCAL0,
        hostname="box",
    ).decode()


def test_a_message_has_the_alarm_as_structured_data() -> None:
    text = message()
    match = MESSAGE.fullmatch(text)
    assert match is not None
    assert match[1] == str(16 * 8 + 2)
    assert match[2] == "2026-11-22T10:00:00.000Z"
    assert (match[3], match[4]) == ("box", "clone")
    assert match[5] == (
        ' resource="subscriber 6145551234" probableCause="unauthorizedAccessAttempt"'
        ' perceivedSeverity="major" eventType="securityServiceOrMechanismViolation"'
        ' trendIndication="moreSevere"'
    )
    assert match[6] == "case-1 raised: case 1, open (notification 7, count 1)"


@pytest.mark.parametrize(
    ("severity", "level"),
    [
        (Severity.CRITICAL, 1),
        (Severity.MAJOR, 2),
        (Severity.MINOR, 3),
        (Severity.WARNING, 4),
        (None, 5),
    ],
)
def test_severities_are_mapped_as_rfc_5674_says(severity: Severity | None, level: int) -> None:
    assert message(severity=severity).startswith(f"<{128 + level}>1 ")


@given(st.text(), st.text())
def test_whatever_the_words_it_is_one_well_formed_line(about: str, words: str) -> None:
    assert MESSAGE.fullmatch(message(object=about, text=words))


def framed(octets: bytes) -> list[str]:
    """Messages by octet counting (RFC 6587 §3.4.1)."""
    messages = []
    while octets:
        length, _, rest = octets.partition(b" ")
        messages.append(rest[: int(length)].decode())
        octets = rest[int(length) :]
    return messages


async def heard(
    tell: Callable[[int], Address], count: int, context: ssl.SSLContext | None = None
) -> list[str]:
    """What a listener hears of *count* notices, sent in two turns."""
    octets, done = bytearray(), asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while part := await reader.read(4096):
            octets.extend(part)
        writer.close()
        done.set()

    server = await asyncio.start_server(listen, "127.0.0.1", 0, ssl=context)
    async with server:
        it = Syslog(tell(server.sockets[0].getsockname()[1]), hostname="box")
        await it.send([NOTICE] * (count - 1))
        await it.send([NOTICE])
        await it.repeat([])
        await it.close()
        await done.wait()
    return framed(bytes(octets))


def test_over_tcp_messages_are_counted_out() -> None:
    def address(port: int) -> Address:
        return Address(transport=Transport.TCP, host="127.0.0.1", port=port)

    messages = asyncio.run(heard(address, 20))
    assert len(messages) == 20
    assert all(MESSAGE.fullmatch(each) for each in messages)


def test_over_tls_both_sides_prove_who_they_are(tmp_path: Path) -> None:
    (their_cert, their_key), (our_cert, our_key) = (
        certificate(tmp_path, name) for name in ("theirs", "ours")
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=our_cert)
    context.load_cert_chain(their_cert, their_key)
    context.verify_mode = ssl.CERT_REQUIRED

    def address(port: int, authority: Path = their_cert) -> Address:
        return Address(
            transport=Transport.TLS,
            host="127.0.0.1",
            port=port,
            authority=authority,
            certificate=our_cert,
            key=our_key,
        )

    assert len(asyncio.run(heard(address, 3, context))) == 3
    with pytest.raises(NotSentError, match="certificate verify failed"):
        asyncio.run(heard(lambda port: address(port, our_cert), 3, context))


def test_over_udp_each_message_is_a_datagram_of_bounded_length() -> None:
    async def scenario(port: int) -> None:
        it = Syslog(Address(transport=Transport.UDP, host="127.0.0.1", port=port), hostname="box")
        await it.send([NOTICE, replace(NOTICE, text="x" * 9000)])
        await it.close()

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        asyncio.run(scenario(listener.getsockname()[1]))
        first, second = listener.recv(65535), listener.recv(65535)
    assert MESSAGE.fullmatch(first.decode())
    assert len(second) == DATAGRAM_OCTETS_MAX


def test_nobody_there_is_said_and_the_next_try_connects_again() -> None:
    async def scenario() -> list[bytes]:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        it = Syslog(Address(transport=Transport.TCP, host="127.0.0.1", port=port), hostname="box")
        with pytest.raises(NotSentError, match=f"127.0.0.1:{port}: "):
            await it.send([NOTICE])
        lines: list[bytes] = []
        came = asyncio.Event()

        async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            lines.append(await reader.readuntil(b"count 1)"))
            writer.close()
            await writer.wait_closed()
            came.set()

        server = await asyncio.start_server(listen, "127.0.0.1", port)
        await it.send([NOTICE])
        await came.wait()
        came.clear()
        assert it._streams is not None  # noqa: SLF001
        await it._streams[0].read()  # noqa: SLF001  # the other side has hung up, and we know
        await it.send([NOTICE])
        await came.wait()
        await it.close()
        server.close()
        return lines

    assert len(asyncio.run(scenario())) == 2
