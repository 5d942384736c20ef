"""What tables of the configuration must have in common.

A check sees the tables that are right by themselves, so that one fault does not hide another.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from clonewatch.addresses import Address
from clonewatch.errors import Fault
from clonewatch.registrations import SOURCES_MAX

from .alarms import NamedOutput
from .links import BaseLink, Role
from .sections import Mode, RecordFileSettings, Sniffer, Spool, Tables, WindowSettings
from .suspension import SuspensionSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The tables of a configuration that are right by themselves, and all names."""

    values: Mapping[str, Any]  # by key
    names: Mapping[str, object] = field(default_factory=dict)  # key of each name -> the name

    def of(self, kind: type[T]) -> Iterator[tuple[str, T]]:
        """Each table of a kind, and its key."""
        return ((key, value) for key, value in self.values.items() if isinstance(value, kind))

    def one(self, kind: type[T]) -> T | None:
        """The table of a kind of which there is one; None if it is wrong."""
        return next((table for _, table in self.of(kind)), None)


def names_are_unique(parts: Parts) -> Iterator[Fault]:
    """A source is known by its name."""
    first: dict[object, str] = {}
    for key, name in parts.names.items():
        other = first.setdefault(name, key)
        if other != key:
            yield Fault(key, f"{name!r} is also {other}; a name belongs to one")


def sources_are_numbered(parts: Parts) -> Iterator[Fault]:
    """A source is one octet in every registration."""
    if len(parts.names) > SOURCES_MAX:
        yield Fault("links", f"{len(parts.names)} sources are more than {SOURCES_MAX}")


def hlrs_are_links(parts: Parts) -> Iterator[Fault]:
    """Who answers for an HLR, or suspends, asks it over a link of role hlr."""
    links = dict(parts.of(BaseLink))
    roles: dict[object, Role | None] = dict.fromkeys(
        name for key, name in parts.names.items() if key.startswith("links")
    )
    roles |= {link.name: link.role for link in links.values()}
    asking: list[tuple[str, BaseLink | SuspensionSettings]] = [
        *links.items(),
        *parts.of(SuspensionSettings),
    ]
    for key, table in asking:
        hlr = table.hlr
        if hlr is None:
            continue
        if hlr not in roles:
            yield Fault(f"{key}.hlr", f"no link is called {hlr!r}")
        elif roles[hlr] not in {Role.HLR, None}:
            yield Fault(f"{key}.hlr", f"the link {hlr!r} has not the role hlr")


def listeners_differ(parts: Parts) -> Iterator[Fault]:
    """Two links cannot listen at one place."""
    first: dict[object, str] = {}
    for key, link in parts.of(BaseLink):
        if link.listen is None or (isinstance(link.listen, Address) and link.listen.port == 0):
            continue
        other = first.setdefault(link.listen, key)
        if other != key:
            yield Fault(f"{key}.listen", f"{other} listens at {link.listen} already")


def travel_times_are_given(parts: Parts) -> Iterator[Fault]:
    """Without travel times nothing can be judged."""
    tables = parts.one(Tables)
    mode = parts.values.get("mode")
    if tables is not None and tables.travel is None and mode not in {Mode.LEARN, None}:
        yield Fault("tables.travel", f'is missing; mode = "{mode}" judges by it')


def lateness_settles(parts: Parts) -> Iterator[Fault]:
    """What is still on its way must be able to acquit."""
    window = parts.one(WindowSettings)
    if window is None:
        return
    settle = window.settle_minutes
    if settle is not None and window.lateness_minutes > settle:
        yield Fault(
            "window.settle_minutes",
            f"is {settle:g}, and registrations come {window.lateness_minutes:g} min late "
            "(window.lateness_minutes)",
        )
    for key, lateness in _latenesses(parts):
        if lateness > window.hours * 60:
            yield Fault(key, f"is {lateness:g}, and the window ends after {window.hours:g} h")
        if settle is not None and lateness > settle:
            yield Fault(
                "window.settle_minutes",
                f"is {settle:g}, and registrations come {lateness:g} min late ({key})",
            )


def groups_may_be_late(parts: Parts) -> Iterator[Fault]:
    """The first registration of a group is as late as the group is long."""
    window = parts.one(WindowSettings) or WindowSettings()
    for key, spool in parts.of(Spool):
        own = spool.lateness_minutes
        lateness = window.lateness_minutes if own is None else own
        if lateness < spool.group_minutes:
            yield Fault(
                f"{key}.lateness_minutes",
                f"is {lateness:g}, and its groups are of {spool.group_minutes:g} min",
            )


def spools_differ(parts: Parts) -> Iterator[Fault]:
    """Two RVCDs in one directory would be one source."""
    count = Counter(spool.directory for _, spool in parts.of(Spool))
    for key, spool in parts.of(Spool):
        if count[spool.directory] > 1:
            yield Fault(f"{key}.directory", f"{spool.directory} is of more than one spool")


def window_can_be_rebuilt(parts: Parts) -> Iterator[Fault]:
    """After a start the window is filled from the record file."""
    window, record_file = parts.one(WindowSettings), parts.one(RecordFileSettings)
    if window is None or record_file is None:
        return
    latenesses = [window.lateness_minutes, *(lateness for _, lateness in _latenesses(parts))]
    needed = window.hours + max(*latenesses, window.settle_minutes or 0) / 60
    if record_file.retention_hours < needed:
        yield Fault(
            "record_file.retention_hours",
            f"is {record_file.retention_hours:g}; a start needs {needed:g} h (window and lateness)",
        )


def outputs_differ(parts: Parts) -> Iterator[Fault]:
    """What waits for an output is kept under its name."""
    first: dict[str, str] = {}
    for key, output in parts.of(NamedOutput):
        other = first.setdefault(output.name, key)
        if other != key:
            yield Fault(f"{key}.name", f"{output.name!r} is also {other}.name")


def _latenesses(parts: Parts) -> Iterator[tuple[str, float]]:
    """What sources say of their own lateness, and where."""
    for key, source in parts.values.items():
        if isinstance(source, BaseLink | Spool | Sniffer) and source.lateness_minutes is not None:
            yield f"{key}.lateness_minutes", source.lateness_minutes


CHECKS: Final[tuple[Callable[[Parts], Iterator[Fault]], ...]] = (
    names_are_unique,
    sources_are_numbered,
    hlrs_are_links,
    listeners_differ,
    travel_times_are_given,
    lateness_settles,
    groups_may_be_late,
    spools_differ,
    window_can_be_rebuilt,
    outputs_differ,
)
