"""SNMPv3 informs, to Net-SNMP's own receiver."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from clonewatch.actions.alarms.notice import Change
from clonewatch.actions.alarms.outputs.output import NotSentError
from clonewatch.actions.alarms.outputs.snmp import (
    MIB,
    NOTIFICATIONS,
    SEVERITIES,
    TEXT_OCTETS_MAX,
    Authentication,
    Privacy,
    Receiver,
    Snmp,
    objects_of,
)
from notices import NOTICE
from receivers import OIDS, Trapd, keys

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# As much of the IETF's modules as ours imports: Debian may not ship them.
SMI: Final = """SNMPv2-SMI DEFINITIONS ::= BEGIN
org OBJECT IDENTIFIER ::= { iso 3 }
dod OBJECT IDENTIFIER ::= { org 6 }
internet OBJECT IDENTIFIER ::= { dod 1 }
private OBJECT IDENTIFIER ::= { internet 4 }
enterprises OBJECT IDENTIFIER ::= { private 1 }
END
"""
FRAMEWORK: Final = """SNMP-FRAMEWORK-MIB DEFINITIONS ::= BEGIN
IMPORTS TEXTUAL-CONVENTION FROM SNMPv2-TC;
SnmpAdminString ::= TEXTUAL-CONVENTION
    STATUS current
    DESCRIPTION "Text."
    SYNTAX OCTET STRING (SIZE (0..255))
END
"""
FLOOD: Final = 40
EMPTY: Final = "{} DEFINITIONS ::= BEGIN\nEND\n"


@contextmanager
def listening(folder: Path, *algorithms: str) -> Iterator[Trapd]:
    """snmptrapd, until the test is over."""
    it = Trapd(folder, *algorithms)
    try:
        yield it
    finally:
        it.end()


@pytest.fixture
def trapd(tmp_path: Path) -> Iterator[Trapd]:
    with listening(tmp_path) as it:
        yield it


def receiver(folder: Path, port: int, **other: object) -> Receiver:
    authentication_key, privacy_key = keys(folder)
    return replace(
        Receiver(
            host="127.0.0.1",
            port=port,
            user="watcher",
            authentication_key=authentication_key,
            privacy_key=privacy_key,
        ),
        **other,  # type: ignore[arg-type]
    )


async def inform(to: Receiver, *notices: object) -> None:
    it = Snmp(to)
    try:
        for notice in notices:
            await it.send([notice])  # type: ignore[list-item]
    finally:
        await it.close()


@pytest.mark.snmptrapd
def test_informs_arrive_as_the_mib_says(tmp_path: Path, trapd: Trapd) -> None:
    cleared = replace(NOTICE, number=8, change=Change.CLEARED, severity=None, case_id=None)
    asyncio.run(inform(receiver(tmp_path, trapd.port), NOTICE, cleared))
    line, then = trapd.lines
    assert f".1.3.6.1.6.3.1.1.4.1.0 = OID: .{OIDS}.0.1" in line
    for at, value in enumerate(
        (
            "Gauge32: 7",
            'STRING: "case-1"',
            'STRING: "clone"',
            'STRING: "subscriber 6145551234"',
            "INTEGER: 4",
            'STRING: "securityServiceOrMechanismViolation"',
            'STRING: "unauthorizedAccessAttempt"',
            'STRING: "moreSevere"',
            'STRING: "case 1, open"',
            'STRING: "2026-11-22T10:00:00.000Z"',
            "Gauge32: 1",
            "Gauge32: 1",
        ),
        1,
    ):
        assert f".{OIDS}.1.{at}.0 = {value}" in line
    assert f"OID: .{OIDS}.0.3" in then
    assert f".{OIDS}.1.5.0 = INTEGER: 1" in then
    assert f".{OIDS}.1.12.0 = Gauge32: 0" in then


@pytest.mark.snmptrapd
@pytest.mark.parametrize(
    ("authentication", "privacy"),
    [(Authentication.SHA, Privacy.AES128), (Authentication.SHA512, Privacy.AES128)],
)
def test_other_algorithms_are_understood(
    tmp_path: Path, authentication: Authentication, privacy: Privacy
) -> None:
    name = {Authentication.SHA: "SHA", Authentication.SHA512: "SHA-512"}[authentication]
    with listening(tmp_path, name, "AES") as trapd:
        to = receiver(tmp_path, trapd.port, authentication=authentication, privacy=privacy)
        asyncio.run(inform(to, NOTICE))
        assert len(trapd.lines) == 1


@pytest.mark.snmptrapd
def test_a_wrong_key_is_said(tmp_path: Path, trapd: Trapd) -> None:
    to = receiver(tmp_path, trapd.port, timeout_s=0.2)
    to.authentication_key.write_text("notthisone")
    with pytest.raises(NotSentError, match=f"127.0.0.1:{trapd.port}: "):
        asyncio.run(inform(to, NOTICE))


@pytest.mark.snmptrapd
def test_a_receiver_that_begins_anew_is_informed_again(tmp_path: Path, trapd: Trapd) -> None:
    to = receiver(tmp_path, trapd.port, timeout_s=0.2)

    async def scenario() -> None:
        it = Snmp(to)
        await it.send([NOTICE])
        trapd.end()
        with pytest.raises(NotSentError):
            await it.send([NOTICE])
        await it.close()

    asyncio.run(scenario())


def test_nobody_there_is_said(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        with pytest.raises(NotSentError, match=f"127.0.0.1:{port}: No SNMP response"):
            asyncio.run(inform(receiver(tmp_path, port, timeout_s=0.05), NOTICE))


def test_what_comes_while_it_closes_is_no_fault_of_ours(tmp_path: Path) -> None:
    told: list[dict[str, object]] = []

    async def scenario(talker: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: told.append(context))
        it = Snmp(receiver(tmp_path, talker.getsockname()[1]))
        sending = asyncio.create_task(it.send([NOTICE]))
        question, whence = await loop.sock_recvfrom(talker, 2000)
        for _ in range(FLOOD):
            talker.sendto(question, whence)
        for _ in range(FLOOD // 2):  # one is read each turn, and taken the turn after
            await asyncio.sleep(0)
        await it.close()
        sending.cancel()
        await asyncio.wait({sending})

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as talker:
        talker.bind(("127.0.0.1", 0))
        talker.setblocking(False)
        asyncio.run(scenario(talker))
    assert told == []


def test_long_texts_are_cut_between_characters() -> None:
    _, objects = objects_of(replace(NOTICE, text="é" * 300), None)
    text = bytes(objects[8][1])
    assert TEXT_OCTETS_MAX - 1 <= len(text) <= TEXT_OCTETS_MAX
    assert text.decode() == "é" * 127


def test_an_enterprise_of_ones_own_takes_the_place_of_the_playpen() -> None:
    kind, objects = objects_of(NOTICE, 55555)
    assert kind == (1, 3, 6, 1, 4, 1, 55555, 4141, 0, 1)
    assert tuple(objects[0][0]) == (1, 3, 6, 1, 4, 1, 55555, 4141, 1, 1, 0)


@pytest.mark.snmptrapd
def test_net_snmp_reads_the_mib_and_finds_our_numbers(tmp_path: Path) -> None:
    (tmp_path / "SNMPv2-SMI.txt").write_text(SMI)
    (tmp_path / "SNMP-FRAMEWORK-MIB.txt").write_text(FRAMEWORK)
    for name in ("SNMPv2-TC", "SNMPv2-CONF"):
        (tmp_path / f"{name}.txt").write_text(EMPTY.format(name))
    (tmp_path / MIB.name).write_text(MIB.read_text("ascii"))
    kept = tmp_path / "kept" / "cert_indexes"
    kept.mkdir(parents=True)  # else the tool says that it makes it
    names = [f"cwAlarm{change.capitalize()}" for change in NOTIFICATIONS]
    command = ["snmptranslate", "-M", str(tmp_path), "-m", "CLONEWATCH-MIB", "-On", "-Pe"]
    for name, number in zip(names, NOTIFICATIONS.values(), strict=True):
        done = subprocess.run(
            [*command, f"CLONEWATCH-MIB::{name}"],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "SNMP_PERSISTENT_DIR": str(kept.parent)},
        )
        assert (done.stdout.strip(), done.stderr) == (f".{OIDS}.0.{number}", "")


def test_the_mib_lists_what_we_send_in_our_order() -> None:
    text = MIB.read_text("ascii")
    objects = re.findall(
        r"^(cw\w+) OBJECT-TYPE.*?::= { clonewatchObjects (\d+) }", text, re.MULTILINE | re.DOTALL
    )
    _, sent = objects_of(NOTICE, None)
    assert [int(number) for _, number in objects] == [oid[-2] for oid, _ in sent]
    for listed in re.findall(r"OBJECTS +{([^}]*)}", text):
        assert re.findall(r"\w+", listed) == [name for name, _ in objects]
    severities = dict(re.findall(r"(\w+)\((\d)\)", re.findall(r"INTEGER {(.*)}", text)[0]))
    assert severities == {
        "cleared" if severity is None else str(severity): str(number)
        for severity, number in SEVERITIES.items()
    }
