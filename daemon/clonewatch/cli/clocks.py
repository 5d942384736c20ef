"""``clonewatch clocks``: how far the clocks of sources and MSCs are off."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clonewatch.cli import options  # noqa: TC001  # Typer reads the annotations
from clonewatch.cli.output import faults_explained, json_line, say, wants_json

if TYPE_CHECKING:
    from clonewatch.clocks.offsets import Offset

Records = Annotated[
    list[Path],
    typer.Argument(
        help="Record groups (CSV, CSV.gz, Parquet), or the folder of a record file.",
        metavar="RECORDS...",
    ),
]
RunawaySeconds = Annotated[
    float, typer.Option("--runaway", help="Seconds that a clock may be off.", min=1)
]


def clocks(
    records: Records,
    travel: options.Travel,
    mscs: options.Mscs = None,
    runaway_s: RunawaySeconds = 120,
    as_json: options.Json = False,
) -> None:
    """Estimate from traffic how far clocks are off; the worst first.

    A source's from REGNOTs that others saw too; an MSC's from what arrives together with its own,
    or, where records are sorted by time, from those who cross to its neighbours and back.
    """
    with faults_explained():
        from clonewatch.clocks.estimate import estimate
        from clonewatch.registrations import Batch
        from clonewatch.replay import RecordsSource
        from clonewatch.sources.groups import gathered
        from clonewatch.travel.table import load_travel

        directory, times = load_travel(travel, mscs, placed=True)
        sources = [
            RecordsSource(paths, number, directory, None)
            for number, paths in enumerate(gathered(records))
        ]
        batch = Batch.joined([part for source in sources for part in source.batches()])
        found = estimate(batch, directory, times.ms, runaway_ms=int(runaway_s * 1000))
    told = [(f"source {sources[at].path}", offset) for at, offset in found.sources.items()]
    by_name = {directory.name(index): offset for index, offset in found.mscs.items()}
    told += [(f"MSC {name}", offset) for name, offset in by_name.items()]
    told.sort(key=lambda each: -abs(each[1].ahead_ms))
    for name, offset in told:
        record = _record(name, offset, is_runaway=found.runs_away(offset))
        if wants_json(as_json):
            json_line(record)
        elif record["runaway"] or abs(offset.ahead_ms) > offset.either_way_ms:
            typer.echo(
                f"{name:32} {record['ahead_s']:+10.1f} s  +-{record['either_way_s']:.1f}  "
                f"{offset.subscribers:,} subscribers{'  RUNAWAY' if record['runaway'] else ''}"
            )
    runaways = sum(found.runs_away(offset) for _, offset in told)
    say(f"{len(told)} clocks estimated, {runaways} run away (more than {runaway_s:g} s off)")


def _record(name: str, offset: Offset, *, is_runaway: bool) -> dict[str, Any]:
    kind, _, name = name.partition(" ")
    return {
        "clock": kind.lower(),
        "name": name,
        "ahead_s": offset.ahead_ms / 1000,
        "either_way_s": offset.either_way_ms / 1000,
        "subscribers": offset.subscribers,
        "runaway": is_runaway,
    }
