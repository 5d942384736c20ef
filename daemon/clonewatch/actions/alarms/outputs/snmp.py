"""SNMPv3 informs, as CLONEWATCH-MIB says.

An inform is acknowledged; the receiver's engine is the authoritative one, so that its clock and
its engine ID are asked for first.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pysnmp.hlapi.v3arch.asyncio import (
    ContextData,
    NotificationType,
    ObjectIdentity,
    SnmpEngine,
    UdpTransportTarget,
    UsmUserData,
    send_notification,
    usmAesCfb128Protocol,
    usmAesCfb256Protocol,
    usmHMAC192SHA256AuthProtocol,
    usmHMAC384SHA512AuthProtocol,
    usmHMACSHAAuthProtocol,
)
from pysnmp.proto.rfc1902 import Integer32, ObjectName, OctetString, Unsigned32

from clonewatch.actions.alarms.kinds import TABLE
from clonewatch.actions.alarms.notice import Change
from clonewatch.evidence.findings import Severity
from clonewatch.registrations import time_text

from .output import NotSentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clonewatch.actions.alarms.book import Alarm
    from clonewatch.actions.alarms.notice import Notice

MIB: Final = Path(__file__).parent / "CLONEWATCH-MIB.txt"
ENTERPRISES: Final = (1, 3, 6, 1, 4, 1)
PLAYPEN: Final = (*ENTERPRISES, 8072, 9999, 9999)  # netSnmpPlaypen
CLONEWATCH: Final = 4141  # ours, below it
TEXT_OCTETS_MAX: Final = 255  # SnmpAdminString
TIMEOUT_S: Final = 2.0
RETRIES: Final = 2  # at once; later ones are the courier's

# CLONEWATCH-MIB.
NOTIFICATIONS: Final = {Change.RAISED: 1, Change.CHANGED: 2, Change.CLEARED: 3}
SEVERITIES: Final = {
    None: 1,  # cleared
    Severity.CRITICAL: 3,
    Severity.MAJOR: 4,
    Severity.MINOR: 5,
    Severity.WARNING: 6,
}


class Authentication(StrEnum):
    """RFC 3414 §6 and RFC 7860."""

    SHA = "sha"
    SHA256 = "sha256"
    SHA512 = "sha512"


class Privacy(StrEnum):
    """RFC 3826, and what others made of it."""

    AES128 = "aes128"
    AES256 = "aes256"


_AUTHENTICATIONS: Final = {
    Authentication.SHA: usmHMACSHAAuthProtocol,
    Authentication.SHA256: usmHMAC192SHA256AuthProtocol,
    Authentication.SHA512: usmHMAC384SHA512AuthProtocol,
}
_PRIVACIES: Final = {Privacy.AES128: usmAesCfb128Protocol, Privacy.AES256: usmAesCfb256Protocol}


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Whom to inform, and as which user. Keys are files that hold a passphrase each."""

    host: str
    port: int = 162
    user: str
    authentication: Authentication = Authentication.SHA256
    authentication_key: Path
    privacy: Privacy = Privacy.AES128
    privacy_key: Path
    enterprise: int | None = None  # the operator's own number; None: netSnmpPlaypen
    timeout_s: float = TIMEOUT_S


@dataclass(frozen=True, slots=True)
class _Session:
    """What is known of the receiver's engine is kept in ours."""

    engine: SnmpEngine
    user: UsmUserData
    target: UdpTransportTarget


class Snmp:
    """One receiver."""

    at_once_max = 1
    repeats_s: float | None = None

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._session: _Session | None = None

    async def send(self, notices: Sequence[Notice]) -> None:
        """Inform of each, and wait for the answer. Raises NotSentError, OSError."""
        for notice in notices:
            await self._inform(notice)

    async def repeat(self, alarms: Sequence[Alarm]) -> None:
        """Nothing: informs are acknowledged."""

    async def close(self) -> None:
        """Forget the receiver's engine, and close the socket."""
        session, self._session = self._session, None
        if session is None:
            return
        try:
            # The engine takes what was received in the loop's next turn, and calls it an error if
            # it has let go of the socket by then.
            if session.target.transport is not None:
                session.target.transport.close_transport()
                await asyncio.sleep(0)
        finally:
            session.engine.close_dispatcher()

    async def _inform(self, notice: Notice) -> None:
        receiver = self._receiver
        if self._session is None:
            target = await UdpTransportTarget.create(
                (receiver.host, receiver.port), timeout=receiver.timeout_s, retries=RETRIES
            )
            self._session = _Session(SnmpEngine(), self._user(), target)
        it = self._session
        kind, objects = objects_of(notice, receiver.enterprise)
        notification = NotificationType(ObjectIdentity(kind)).add_varbinds(*objects)
        failed, status, _, _ = await send_notification(
            it.engine, it.user, it.target, ContextData(), "inform", notification
        )
        if failed or status:
            await self.close()  # its engine may be another, or its clock
            where = f"{receiver.host}:{receiver.port}"
            raise NotSentError(f"{where}: {failed or status}")

    def _user(self) -> UsmUserData:
        receiver = self._receiver
        return UsmUserData(
            receiver.user,
            authKey=receiver.authentication_key.read_text("utf-8").strip(),
            authProtocol=_AUTHENTICATIONS[receiver.authentication],
            privKey=receiver.privacy_key.read_text("utf-8").strip(),
            privProtocol=_PRIVACIES[receiver.privacy],
        )


def objects_of(
    notice: Notice, enterprise: int | None
) -> tuple[tuple[int, ...], list[tuple[ObjectName, Any]]]:
    """The notification's object identifier, and its objects with their values."""
    base = (*(PLAYPEN if enterprise is None else (*ENTERPRISES, enterprise)), CLONEWATCH)
    row = TABLE[notice.kind]
    values = (
        Unsigned32(notice.number % 2**32),
        _text(notice.key),
        _text(str(notice.kind)),
        _text(notice.object),
        Integer32(SEVERITIES[notice.severity]),
        _text(str(row.event_type)),
        _text(row.cause),
        _text(notice.trend),
        _text(notice.text),
        _text(time_text(notice.at)),
        Unsigned32(notice.count),
        Unsigned32(notice.case_id or 0),
    )
    # RFC 2578 §7.7: the instance of a scalar is 0.
    objects = [(ObjectName((*base, 1, at, 0)), value) for at, value in enumerate(values, 1)]
    return (*base, 0, NOTIFICATIONS[notice.change]), objects


def _text(words: str) -> OctetString:
    octets = words.encode()[:TEXT_OCTETS_MAX]
    return OctetString(octets.decode("utf-8", "ignore").encode())
