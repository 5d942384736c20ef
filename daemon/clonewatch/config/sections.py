"""The tables that are no links."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, PlainValidator

from clonewatch.addresses import PORT_MAX

from .section import Section
from .values import FilePath, Listen, Minutes, Name

YEAR_HOURS: Final = 366 * 24
GIB: Final = 1 << 30
MIB: Final = 1 << 20


Port = Annotated[int, Field(ge=1, le=PORT_MAX)]
RetentionHours = Annotated[float, Field(gt=0, le=10 * YEAR_HOURS)]
RetentionGib = Annotated[float, Field(gt=0, le=1 << 20)]
CarrierName = Literal["tali", "xot", "m3ua", "m2ua", "m2pa", "sua"]


class Mode(StrEnum):
    """How far clonewatch goes."""

    LEARN = "learn"  # registrations are kept, nothing is judged
    TEST = "test"  # clone records and cases; no alarm and no suspension leaves the machine
    ACTIVE = "active"


class Tables(Section):
    """``[tables]``."""

    travel: FilePath | None = None  # needed unless the mode is learn
    mscs: FilePath | None = None  # None: the headings of the travel times
    homes: FilePath | None = None


class WindowSettings(Section):
    """``[window]``: what is remembered, and what is waited for."""

    hours: Annotated[float, Field(gt=0, le=7 * 24)] = 6.5
    lateness_minutes: Minutes = 45  # of a source that says none
    settle_minutes: Minutes | None = None  # before a suspension; None: the greatest lateness
    ahead_max_minutes: Annotated[Minutes, Field(gt=0)] = 5
    fresh_seconds: Annotated[float, Field(ge=0, le=3600)] = 60  # of a connection: times uncertain
    subscribers_max: Annotated[int, Field(ge=1, le=130_000_000)] = 120_000_000
    registrations_per_subscriber_max: Annotated[int, Field(ge=4, le=1 << 20)] = 4096
    overflow_mib: Annotated[int, Field(ge=1, le=1 << 16)] = 1024


class RegnotSettings(Section):
    """``[regnots]``: whose registration it is, and where."""

    imsi_prefix: Annotated[str, Field(pattern=r"^[0-9]{5}$")] | None = None  # MCC and MNC
    place_by_calling: bool = False  # let the calling point code place what names no switch


class RecordFileSettings(Section):
    """``[record_file]``."""

    directory: FilePath | None = None  # None: records/ in the state directory
    retention_hours: RetentionHours = 7 * 24
    retention_gib: RetentionGib | None = None  # None: no bound
    octets: bool = False  # keep the messages themselves, too

    @property
    def octets_max(self) -> int | None:
        """What all groups together may take."""
        return _octets_of(self.retention_gib)


class Spool(Section):
    """``[[spools]]``: a directory into which an RVCD renames groups."""

    name: Name
    directory: FilePath
    format: Literal["auto", "csv", "parquet", "pcap"] = "auto"  # auto: as the file's name says
    group_minutes: Annotated[float, Field(gt=0, le=24 * 60)] = 30
    lateness_minutes: Minutes | None = None  # None: the window's
    retention_hours: RetentionHours | None = None  # of groups taken; None: the record file's
    retention_gib: RetentionGib | None = None  # None: no bound

    @property
    def octets_max(self) -> int | None:
        """What the groups that were taken may take together."""
        return _octets_of(self.retention_gib)


class Sniffer(Section):
    """``[[sniffers]]``: an interface that sees others' traffic."""

    name: Name
    interface: Annotated[str, Field(min_length=1, max_length=15)]  # Linux: IFNAMSIZ
    filter: str = ""  # BPF, as tcpdump takes it
    # What a port carries, where it is not its usual one.
    ports: dict[Port, CarrierName] = Field(default_factory=dict)
    lateness_minutes: Minutes | None = None  # None: the window's
    silent_after_minutes: Annotated[Minutes, Field(gt=0)] | None = None


def _octets_of(gib: float | None) -> int | None:
    return None if gib is None else round(gib * GIB)


class Control(Section):
    """``[control]``: the socket of ``status`` and ``cases``."""

    socket: FilePath | None = None  # None: control.sock in RUNTIME_DIRECTORY
    users: tuple[str, ...] = ()  # who may change things, beside root and the daemon's own user
    group: str | None = None  # likewise, everybody in it


class MetricsSettings(Section):
    """``[metrics]``: Prometheus, health and readiness over HTTP; off unless it listens."""

    listen: Listen | None = None


class LogSettings(Section):
    """``[log]``."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    subscribers: Literal["masked", "shown"] = "masked"


def _zone(given: object) -> ZoneInfo:
    try:
        return given if isinstance(given, ZoneInfo) else ZoneInfo(str(given))
    # Beside names that are not known: one that leaves the folder, or is one.
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"should be a time zone like America/New_York or UTC, is {given!r}"
        ) from None


class ReportSettings(Section):
    """``[report]``: what ``report`` writes."""

    time_zone: Annotated[ZoneInfo, PlainValidator(_zone)] = ZoneInfo("UTC")  # whose days they are
    directory: FilePath | None = None  # None: reports/ in the state directory


class RefusedSettings(Section):
    """``[refused]``: the ring of messages that could not be decoded."""

    file: FilePath | None = None  # None: refused.pcap in the state directory
    octets_max: Annotated[int, Field(ge=64 * 1024, le=1 << 40)] = 64 * MIB
