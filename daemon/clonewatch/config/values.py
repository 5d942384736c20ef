"""Kinds of values in the configuration."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, PlainValidator, StringConstraints, ValidationInfo

from clonewatch.mscs import parse_mscid
from is41.mtp.pointcode import PointCode

PORT_MAX: Final = 0xFFFF
SYSTEMD: Final = "systemd:"
MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
WEEK_MINUTES: Final = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a TCP connection goes to, or is waited for."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @classmethod
    def of(cls, text: object) -> Self:
        """Read HOST:PORT or [IPV6]:PORT. Raises ValueError."""
        wanted = f"should be HOST:PORT or [IPV6]:PORT, is {text!r}"
        host, colon, port = str(text).rpartition(":")
        bracketed = host.startswith("[") and host.endswith("]")
        host = host[1:-1] if bracketed else host
        if not (colon and host and host.isprintable()) or (":" in host) != bracketed:
            raise ValueError(wanted)
        if set(host) & set(" /[]@") or not (port.isascii() and port.isdigit()):
            raise ValueError(wanted)
        if int(port) > PORT_MAX:
            raise ValueError(f"port {port} is above {PORT_MAX}")
        return cls(host, int(port))


@dataclass(frozen=True, slots=True)
class SystemdSocket:
    """A listening socket that systemd passes, by its FileDescriptorName=."""

    name: str

    def __str__(self) -> str:
        return SYSTEMD + self.name


def _listen(given: object) -> Endpoint | SystemdSocket:
    if isinstance(given, Endpoint | SystemdSocket):
        return given
    if isinstance(given, str) and given.startswith(SYSTEMD):
        name = given.removeprefix(SYSTEMD)
        if not name or not name.isascii() or not name.isprintable() or ":" in name:
            raise ValueError(f"should be systemd:NAME, is {given!r}")
        return SystemdSocket(name)
    return Endpoint.of(given)


def _connect(given: object) -> Endpoint:
    endpoint = given if isinstance(given, Endpoint) else Endpoint.of(given)
    if endpoint.port == 0:
        raise ValueError("there is no port 0 to connect to")
    return endpoint


def _path(given: object, info: ValidationInfo) -> Path:
    if not isinstance(given, str | Path) or not str(given) or "\0" in str(given):
        raise ValueError(f"should be a path, is {given!r}")
    folder: Path = (info.context or {}).get("folder", Path())
    return folder / given


def _point_code(given: object) -> PointCode:
    return given if isinstance(given, PointCode) else PointCode.of(str(given))


def _mscid(given: object) -> int:
    return parse_mscid(str(given))


def _octets(given: object) -> bytes:
    if isinstance(given, bytes):
        return given
    if isinstance(given, str):
        with contextlib.suppress(ValueError):
            return bytes.fromhex(given)
    raise ValueError(f"should be octets in hex, is {given!r}")


# A path is relative to the folder of the configuration.
FilePath = Annotated[Path, PlainValidator(_path)]
Listen = Annotated[Endpoint | SystemdSocket, PlainValidator(_listen)]
Connect = Annotated[Endpoint, PlainValidator(_connect)]
SignallingPoint = Annotated[PointCode, PlainValidator(_point_code)]
Mscid = Annotated[int, PlainValidator(_mscid)]
Octets = Annotated[bytes, PlainValidator(_octets)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,15}$")]
Minutes = Annotated[float, Field(ge=0, le=WEEK_MINUTES)]
Seconds = Annotated[float, Field(gt=0, le=3600)]
