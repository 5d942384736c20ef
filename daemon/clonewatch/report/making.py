"""The report of a day, read together and written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from clonewatch.live.sourcenumbers import SourceNumbers
from clonewatch.store.database import read_only
from clonewatch.travel.table import write_atomically

from . import arrivals, conflicts, done, dossiers, ink, plots, refusals
from .attention import attention
from .missed import Seen, missed
from .page import Page, Tile, Told, rendered
from .table import write_csv
from .timespace import diagram

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from markupsafe import Markup
    from sqlalchemy import Connection

    from clonewatch.mscs import Mscs
    from clonewatch.settings import Settings

    from .arrivals import Arrivals
    from .conflicts import Hour, Pair
    from .day import Day
    from .dossiers import Dossier
    from .table import Table

FILE_MODE: Final = 0o640  # it names subscribers


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What a report is made from; see `Config`."""

    store: Path
    records: Path
    refused: Path
    mscs: Mscs
    mode: str
    names: Sequence[str]  # of sources, by number
    lateness_ms: Mapping[int, int]  # by number, of those that are configured


def where(settings: Settings) -> Where:
    """As the daemon with these settings keeps it. Raises InputError."""
    config = settings.config
    names = SourceNumbers(config.state_directory).names
    numbers = {name: number for number, name in enumerate(names)}
    return Where(
        store=config.store_file,
        records=config.record_directory,
        refused=config.refused_file,
        mscs=settings.mscs,
        mode=str(config.mode),
        names=names,
        lateness_ms={
            numbers[source.name]: config.lateness_ms(source)
            for source in config.sources
            if source.name in numbers
        },
    )


def make(day: Day, what: Where, directory: Path, now_ms: int) -> list[Path]:
    """Write the page and its CSV files; their paths, the page first. Raises InputError, OSError."""
    with read_only(what.store) as connection:
        read = _read(connection, day, what, now_ms)
    directory.mkdir(parents=True, exist_ok=True)
    stem = f"clonewatch-{day.date.isoformat()}"
    written = [directory / f"{stem}.html"]
    with write_atomically(written[0], FILE_MODE) as stream:
        stream.write(rendered(_page(day, what, read, now_ms)))
    for table in read.tables.values():
        written.append(directory / f"{stem}-{table.name}.csv")
        with write_atomically(written[-1], FILE_MODE) as stream:
            write_csv(table, stream)
    return written


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What stands in the report."""

    tables: Mapping[str, Table]
    hours: Sequence[Hour]
    pairs: Sequence[Pair]
    told: Sequence[Dossier]
    them: Sequence[Dossier]
    subscribers: int
    arrivals: Arrivals


def _read(connection: Connection, day: Day, what: Where, now_ms: int) -> _Read:
    """Read it, the store as of one moment."""
    hours = conflicts.hours(connection, day)
    pairs = conflicts.pairs(connection, day)
    them, more = dossiers.dossiers(connection, day)
    told = them[: dossiers.TOLD_MAX]
    dossiers.fill_in(connection, day, told)
    came = arrivals.look(
        what.records,
        day,
        msids={it.case.msid for it in told},
        sources=what.lateness_ms,
        lateness_ms=what.lateness_ms,
        until_ms=now_ms,
    )
    for it in told:
        dossiers.add_sightings(it, came.sightings.get(it.case.msid, ()), what.mscs)
    own = done.own_alarms(connection, day)
    seen = Seen(
        day=day,
        arrivals=came,
        refusals=refusals.look(what.refused, day),
        hours=hours,
        alarms=own,
        sources=dict(enumerate(what.names)),
    )
    tables = (
        dossiers.cases_table(day, them, more),
        conflicts.records(connection, day),
        conflicts.offenders(connection, day),
        conflicts.mscs(connection, day),
        conflicts.pairs_table(pairs),
        done.suspensions(connection, day),
        done.history(connection, day),
        done.waiting(connection, day),
        done.suspect_travel_times(connection, day),
        missed(seen),
        own,
    )
    return _Read(
        tables={table.name: table for table in tables},
        hours=hours,
        pairs=pairs,
        told=told,
        them=them,
        subscribers=conflicts.subscribers(connection, day),
        arrivals=came,
    )


def _page(day: Day, what: Where, read: _Read, now_ms: int) -> Page:
    made_at = day.local(now_ms)
    told = [
        Told(dossier=it, drawing=_drawn(day, it, number) if it.steps else None)
        for number, it in enumerate(read.told)
    ]
    return Page(
        day=day,
        made_at=f"{made_at:%Y-%m-%d %H:%M}",
        is_over=now_ms >= day.end_ms,
        mode=what.mode,
        tiles=_tiles(read),
        attention=attention(read.them, read.tables, read.arrivals),
        by_hour=ink.svg(lambda: plots.by_hour(day, read.hours), "Conflicts by hour", "hours"),
        heat_map=_heat_map(read.pairs) if read.pairs else None,
        heat_left_out=plots.busiest(read.pairs)[1],
        told=told,
        untold=len(read.them) - len(told) + read.tables["cases"].more,
        tables=read.tables,
    )


def _heat_map(pairs: Sequence[Pair]) -> Markup:
    return ink.svg(lambda: plots.heat_map(pairs), "Conflicts by pair of MSCs", "heat")


def _drawn(day: Day, it: Dossier, number: int) -> Markup:
    label = f"Case {it.case.id}: MSCs against time"
    return ink.svg(lambda: diagram(day, it), label, f"case-{number}")


def _tiles(read: _Read) -> list[Tile]:
    hours = read.hours
    return [
        Tile(number=sum(it.is_new for it in read.them), label="new cases", warns=True),
        Tile(number=sum(hour.counted for hour in hours), label="conflicts"),
        Tile(number=read.subscribers, label="subscribers in conflict"),
        Tile(number=len(read.tables["offenders"].rows), label="repeat offenders"),
        Tile(number=len(read.tables["suspensions"].rows), label="suspensions and restorations"),
        Tile(number=sum(hour.superseded for hour in hours), label="conflicts superseded"),
        Tile(number=sum(hour.kept_back for hour in hours), label="conflicts kept back"),
        Tile(number=read.arrivals.registrations, label="registrations received"),
    ]
