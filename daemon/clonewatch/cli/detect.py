"""``clonewatch detect``: the rule over record groups."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clonewatch.cli import options
from clonewatch.cli.output import (
    clone_records,
    faults_explained,
    say,
    tell_of_compiling,
    wants_json,
)
from clonewatch.cli.replay import detector_of, end

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from clonewatch.clonerecords import CloneRecords
    from clonewatch.detector import Conflict
    from clonewatch.mscs import Mscs
    from clonewatch.replay import Replay
    from clonewatch.travel.table import TravelTimes

Records = Annotated[
    list[Path],
    typer.Argument(
        help="Record groups (CSV, CSV.gz, Parquet), or the folder of a record file.",
        metavar="RECORDS...",
    ),
]
Every = Annotated[
    str | None,
    typer.Option("--every", help="Run FIG. 4 literally, each 30m (or 90s, 1h) of the data's time."),
]
Groups = Annotated[
    int, typer.Option("--groups", help="With --every: half-hour groups in the window.", min=1)
]
Evidence = Annotated[
    bool,
    typer.Option(
        "--evidence", help="Weigh each conflict by all that the records know; told at the end."
    ),
]
HomesFile = Annotated[
    Path | None,
    typer.Option("--homes", help="With --evidence: home MSCs, homes.csv.", metavar="CSV"),
]
UNITS_MS = {"s": 1_000, "m": 60_000, "h": 3_600_000}


def detect(
    records: Records,
    travel: options.Travel,
    mscs: options.Mscs = None,
    as_json: options.Json = False,
    summary_file: options.Summary = None,
    window: options.Window = options.WINDOW_HOURS,
    lateness: options.Lateness = options.LATENESS_MINUTES,
    every: Every = None,
    groups: Groups = 13,
    evidence: Evidence = False,
    homes: HomesFile = None,
    verbose: options.Verbose = False,
) -> None:
    """Find the clones in record groups; clone records go to standard output."""
    every_ms = None if every is None else _duration_ms(every)
    if homes is not None and not evidence:
        raise typer.BadParameter("--homes goes with --evidence")
    with faults_explained():
        tell_of_compiling()
        from clonewatch.travel.table import load_travel

        directory, times = load_travel(travel, mscs, placed=True)
        run = run_of(records, directory, verbose=verbose)
        if every_ms is None:
            detector = detector_of(times, window, lateness)
            found: Iterable[Conflict] = run.conflicts(detector)
        else:
            detector = None
            found = _figures(run, times, every_ms, groups)
        count = _write(run, found, times, records if evidence else [], homes, as_json=as_json)
        end(run, {"conflicts": count} if detector is None else detector.counts, summary_file)


def _write(
    run: Replay,
    found: Iterable[Conflict],
    travel: TravelTimes,
    records: list[Path],
    homes: Path | None,
    *,
    as_json: bool,
) -> int:
    """Write clone records; weighed by *records*, if any are given. How many there were."""
    from clonewatch.clonerecords import CloneRecords

    words = CloneRecords(travel.mscs, [source.path.name for source in run.sources])
    counted = itertools.count()
    if records:
        told = _weighed(list(found), travel, records, homes, words)
    else:
        told = map(words.record, found)
    clone_records(
        (record for record, _ in zip(told, counted, strict=False)), as_json=wants_json(as_json)
    )
    return next(counted)


def _weighed(
    found: list[Conflict],
    travel: TravelTimes,
    records: list[Path],
    homes: Path | None,
    words: CloneRecords,
) -> Iterator[dict[str, Any]]:
    """Read the records once more, for whom conflicts were found."""
    from clonewatch.evidence.homes import NO_HOMES, Homes
    from clonewatch.evidence.network import Network
    from clonewatch.evidence.together import standing, weigh_together

    mscs = travel.mscs
    network = Network(
        homes=NO_HOMES if homes is None else Homes.load(homes, mscs),
        mscs=mscs,
        travel_ms=travel.ms,
    )
    again = run_of(records, mscs, verbose=False, is_whole=True)
    for conflict, evidence in weigh_together(standing(found), again.batches(), network):
        yield {**words.record(conflict), "evidence": evidence.as_record()}


def run_of(records: list[Path], mscs: Mscs, *, verbose: bool, is_whole: bool = False) -> Replay:
    """Make ready to read record groups together."""
    from clonewatch.replay import RecordsSource, Replay
    from clonewatch.sources.groups import gathered

    refuse = say if verbose else None
    return Replay(
        [
            RecordsSource(paths, number, mscs, refuse, is_whole=is_whole)
            for number, paths in enumerate(gathered(records))
        ]
    )


def _figures(run: Replay, travel: TravelTimes, every_ms: int, groups: int) -> list[Conflict]:
    """Run FIG. 4 and FIG. 5 as they stand."""
    from clonewatch.figures import GROUP_MS, rescans
    from clonewatch.registrations import Batch

    return list(
        rescans(
            Batch.joined(list(run.batches())),
            travel.ms,
            travel.mscs.mscid_of,
            every_ms=every_ms,
            groups=groups,
            window_ms=groups * GROUP_MS,
        )
    )


def _duration_ms(text: str) -> int:
    match = re.fullmatch(r"(\d{1,6})([smh])", text, re.ASCII)
    if match is None or not int(match[1]):
        raise typer.BadParameter(f"--every: {text!r} is no duration such as 30m")
    return int(match[1]) * UNITS_MS[match[2]]
