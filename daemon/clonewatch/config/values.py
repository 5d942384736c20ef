"""Kinds of values in the configuration."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, PlainValidator, StringConstraints, ValidationInfo

from clonewatch.addresses import Address
from clonewatch.mscs import parse_mscid
from clonewatch.msids import parse_msid
from is41.mtp.pointcode import PointCode

SYSTEMD: Final = "systemd:"
MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
WEEK_MINUTES: Final = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class SystemdSocket:
    """A listening socket that systemd passes, by its FileDescriptorName=."""

    name: str

    def __str__(self) -> str:
        return SYSTEMD + self.name


def _listen(given: object) -> Address | SystemdSocket:
    if isinstance(given, Address | SystemdSocket):
        return given
    if isinstance(given, str) and given.startswith(SYSTEMD):
        name = given.removeprefix(SYSTEMD)
        if not name or not name.isascii() or not name.isprintable() or ":" in name:
            raise ValueError(f"should be systemd:NAME, is {given!r}")
        return SystemdSocket(name)
    return Address.of(str(given))


def _connect(given: object) -> Address:
    address = given if isinstance(given, Address) else Address.of(str(given))
    if address.port == 0:
        raise ValueError("there is no port 0 to connect to")
    return address


def _path(given: object, info: ValidationInfo) -> Path:
    if not isinstance(given, str | Path) or not str(given) or "\0" in str(given):
        raise ValueError(f"should be a path, is {given!r}")
    folder: Path = (info.context or {}).get("folder", Path())
    return folder / given


def _point_code(given: object) -> PointCode:
    return given if isinstance(given, PointCode) else PointCode.of(str(given))


def _mscid(given: object) -> int:
    return parse_mscid(str(given))


def _msid(given: object) -> int:
    return given if isinstance(given, int) else parse_msid(str(given))


def _octets(given: object) -> bytes:
    if isinstance(given, bytes):
        return given
    if isinstance(given, str):
        with contextlib.suppress(ValueError):
            return bytes.fromhex(given)
    raise ValueError(f"should be octets in hex, is {given!r}")


# A path is relative to the folder of the configuration.
FilePath = Annotated[Path, PlainValidator(_path)]
Listen = Annotated[Address | SystemdSocket, PlainValidator(_listen)]
Connect = Annotated[Address, PlainValidator(_connect)]
SignallingPoint = Annotated[PointCode, PlainValidator(_point_code)]
Mscid = Annotated[int, PlainValidator(_mscid)]
Msid = Annotated[int, PlainValidator(_msid)]
Octets = Annotated[bytes, PlainValidator(_octets)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,15}$")]
Minutes = Annotated[float, Field(ge=0, le=WEEK_MINUTES)]
Seconds = Annotated[float, Field(gt=0, le=3600)]
