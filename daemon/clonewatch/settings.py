"""A configuration and the files it names, read: where `run`, `check` and every reload begin."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clonewatch.config import load
from clonewatch.errors import Fault, InputError, Misconfigured
from clonewatch.evidence.homes import NO_HOMES, Homes
from clonewatch.evidence.network import Network
from clonewatch.mscs import Mscs
from clonewatch.sources.bpf import check_filter
from clonewatch.tls import context_of
from clonewatch.travel.table import TravelTimes, load_travel

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping
    from pathlib import Path

    from clonewatch.config import Config
    from clonewatch.config.sections import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a daemon runs with."""

    config: Config
    mscs: Mscs
    travel: TravelTimes | None  # None in mode learn, if none are given
    homes: Homes = NO_HOMES
    tls: Mapping[str, ssl.SSLContext] = field(default_factory=dict)  # by the link's name

    @property
    def network(self) -> Network:
        """What evidence is weighed by."""
        travel_ms = None if self.travel is None else self.travel.ms
        return Network(homes=self.homes, mscs=self.mscs, travel_ms=travel_ms)


def read(path: Path) -> Settings:
    """Read a configuration and all its files. Raises Misconfigured, with every fault."""
    config = load(path)
    faults: list[Fault] = []
    mscs, travel = _tables(config.tables, faults)
    homes = NO_HOMES
    if config.tables.homes is not None and not faults:  # it names MSCs
        try:
            homes = Homes.load(config.tables.homes, mscs)
        except InputError as error:
            faults.append(Fault("tables.homes", str(error)))
    contexts = _contexts(config, faults)
    for number, sniffer in enumerate(config.sniffers):
        try:
            check_filter(sniffer.filter)
        except ValueError as error:
            faults.append(Fault(f"sniffers[{number}].filter", str(error)))
    if faults:
        raise Misconfigured(path, faults)
    return Settings(config=config, mscs=mscs, travel=travel, homes=homes, tls=contexts)


def _tables(tables: Tables, faults: list[Fault]) -> tuple[Mscs, TravelTimes | None]:
    """MSCs and travel times; what is wrong with them is added to *faults*."""
    mscs: Mscs | None = None
    if tables.mscs is not None:
        try:
            mscs = Mscs.load(tables.mscs)
        except InputError as error:
            faults.append(Fault("tables.mscs", str(error)))
    if tables.travel is None:
        return mscs or Mscs([]), None
    try:
        if mscs is not None:
            return mscs, TravelTimes.load(tables.travel, mscs)
        if tables.mscs is None:
            return load_travel(tables.travel, placed=True)
    except InputError as error:
        faults.append(Fault("tables.travel", str(error)))
    return Mscs([]), None


def _contexts(config: Config, faults: list[Fault]) -> dict[str, ssl.SSLContext]:
    """TLS by the link's name; what is wrong with files is added to *faults*."""
    contexts: dict[str, ssl.SSLContext] = {}
    for number, link in enumerate(config.links):
        if link.tls is not None:
            try:
                contexts[link.name] = context_of(link.tls, listens=link.listen is not None)
            except InputError as error:
                faults.append(Fault(f"links[{number}].tls", str(error)))
    return contexts
