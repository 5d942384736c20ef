"""``clonewatch detect``: the rule over record groups."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clonewatch.cli import options
from clonewatch.cli.output import faults_explained, load_kernels, say
from clonewatch.cli.replay import detector_of, end, write

if TYPE_CHECKING:
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
    verbose: options.Verbose = False,
) -> None:
    """Find the clones in record groups; clone records go to standard output."""
    every_ms = None if every is None else _duration_ms(every)
    with faults_explained():
        load_kernels()
        from clonewatch.travel.table import load_travel

        directory, times = load_travel(travel, mscs, placed=True)
        run = run_of(records, directory, verbose=verbose)
        if every_ms is None:
            detector = detector_of(times, window, lateness)
            write(run, directory, run.conflicts(detector), as_json=as_json)
            end(run, detector.counts, summary_file)
            return
        found = _figures(run, times, every_ms, groups)
        write(run, directory, found, as_json=as_json)
        end(run, {"conflicts": len(found)}, summary_file)


def run_of(records: list[Path], mscs: Mscs, *, verbose: bool) -> Replay:
    """Make ready to read record groups together."""
    from clonewatch.replay import RecordsSource, Replay
    from clonewatch.sources.groups import gathered

    refuse = say if verbose else None
    return Replay(
        [
            RecordsSource(paths, number, mscs, refuse)
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
