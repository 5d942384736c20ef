"""What ``clonewatch status`` is told."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # asdict's callers may ask for the types
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """One link, spool or sniffer."""

    name: str
    kind: str  # "tali tap", "spool csv", "sniffer"
    state: str  # "open", "waiting at 0.0.0.0:5000", "calling 192.0.2.1:1998"
    connections: int = 0
    messages: int = 0
    registrations: int = 0
    refused: int = 0
    registrations_per_s: float = 0.0  # over the last seconds
    newest: str | None = None  # its newest time, RFC 3339


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The daemon, at a glance."""

    version: str
    mode: str
    state: str  # "filling the window", "ready", "stopping"
    since: str  # when the daemon started, RFC 3339
    sources: tuple[SourceStatus, ...] = ()
    messages: Mapping[str, int] = field(default_factory=dict)  # by operation and fate, most first
    counts: Mapping[str, int] = field(default_factory=dict)  # registrations, conflicts, late, ...
    window: Mapping[str, int | str] = field(default_factory=dict)
    record_file: Mapping[str, int | str] = field(default_factory=dict)
    alarms: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
