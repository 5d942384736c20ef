"""``clonewatch replay``: captures through the whole pipeline."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clonewatch.cli import feeding, options
from clonewatch.cli.output import (
    Exit,
    clone_records,
    faults_explained,
    say,
    summary,
    tell_of_compiling,
    wants_json,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from clonewatch.detector import Conflict, Detector
    from clonewatch.mscs import Mscs
    from clonewatch.recordfile import Recorder
    from clonewatch.recordfile.events import Event
    from clonewatch.replay import Replay
    from clonewatch.travel.table import TravelTimes

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
Captures = Annotated[
    list[Path],
    typer.Argument(help="Captures (pcap, pcapng, gzipped or not).", metavar="CAPTURE..."),
]
ImsiPrefix = Annotated[
    str | None,
    typer.Option(
        "--imsi-prefix", help="MCC and MNC, five digits: IMSIs that begin so contain the MIN."
    ),
]
Calling = Annotated[
    bool,
    typer.Option(
        "--place-by-calling-point-code",
        help="Let the calling point code place a REGNOT that names no switch.",
    ),
]
Travel = Annotated[
    Path | None,
    typer.Option("--travel", help="Travel times: travel.csv; needed without --to.", metavar="CSV"),
]
Record = Annotated[
    Path | None,
    typer.Option("--record", help="Keep what is read in the record file here.", metavar="DIR"),
]


def replay(
    captures: Captures,
    travel: Travel = None,
    mscs: options.Mscs = None,
    as_json: options.Json = False,
    summary_file: options.Summary = None,
    window: options.Window = options.WINDOW_HOURS,
    lateness: options.Lateness = options.LATENESS_MINUTES,
    imsi_prefix: ImsiPrefix = None,
    place_by_calling: Calling = False,
    link_types: options.LinkTypes = None,
    ports: options.Ports = None,
    record: Record = None,
    to: feeding.To = None,
    speed: feeding.Speed = 1.0,
    layer: feeding.As = None,
    route: feeding.PointCodes = None,
    verbose: options.Verbose = False,
) -> None:
    """Find the clones in captures, as fast as possible; clone records go to standard output."""
    if to is not None:
        tell_of_compiling()
        feeding.feed(
            captures,
            to=to,
            speed=speed,
            layer=layer,
            route=route,
            wiring=options.wiring(link_types, ports),
            summary_file=summary_file,
        )
        return
    if travel is None:
        raise typer.BadParameter("give --travel CSV, or --to URL to send the captures instead")
    if imsi_prefix is not None and not (imsi_prefix.isdigit() and len(imsi_prefix) == 5):
        raise typer.BadParameter("--imsi-prefix: MCC and MNC are five digits together")
    tell_of_compiling()
    wiring = options.wiring(link_types, ports)
    with faults_explained():
        from clonewatch.replay import CaptureSource, Placing, Replay
        from clonewatch.travel.table import load_travel

        directory, times = load_travel(travel, mscs, placed=True)
        placing = Placing(imsi_prefix=imsi_prefix, place_by_calling=place_by_calling)
        refuse = say if verbose else None
        with recorder(record) as recorded:
            run = Replay(
                [
                    CaptureSource(path, number, directory, placing, refuse, wiring)
                    for number, path in enumerate(captures)
                ],
                recorded,
            )
            run.begin()
            detector = detector_of(times, window, lateness)
            write(run, directory, run.conflicts(detector), as_json=as_json)
        end(run, detector.counts | counts_of(recorded), summary_file)
    if recorded is not None and recorded.rows_lost:
        raise typer.Exit(Exit.FAILED)


@contextlib.contextmanager
def recorder(directory: Path | None) -> Iterator[Recorder | None]:
    """Open the record file to write, if there is to be one; its groups are sealed at the end."""
    if directory is None:
        yield None
        return
    from clonewatch.recordfile import AT_ONCE, Recorder
    from clonewatch.recordfile.events import Removed, Sealed

    def tell(event: Event) -> None:
        if not isinstance(event, Sealed | Removed):
            say(f"clonewatch: {event}")

    opened = Recorder(directory, tell=tell, sealing=AT_ONCE)
    try:
        yield opened
    finally:
        opened.close(seal=True)


def counts_of(recorded: Recorder | None) -> dict[str, int]:
    """Say what the record file took, for the summary."""
    if recorded is None:
        return {}
    return {"recorded": recorded.rows_written, "record_lost": recorded.rows_lost}


def detector_of(travel: TravelTimes, window_hours: float, lateness_minutes: float) -> Detector:
    """Make the detector for a table, in the command line's units."""
    from clonewatch.detector import Detector

    return Detector(
        travel.ms,
        travel.mscs.mscid_of,
        window_ms=round(window_hours * HOUR_MS),
        lateness_ms=round(lateness_minutes * MINUTE_MS),
    )


def write(run: Replay, mscs: Mscs, conflicts: Iterable[Conflict], *, as_json: bool) -> None:
    """Write the clone records of conflicts as they come."""
    from clonewatch.clonerecords import CloneRecords

    words = CloneRecords(mscs, [source.path.name for source in run.sources])
    clone_records(map(words.record, conflicts), as_json=wants_json(as_json))


def end(run: Replay, found: Mapping[str, int], summary_file: Path | None) -> None:
    """Say how it went; a file that broke off is exit 65."""
    numbers = run.summary(found)
    summary(numbers, summary_file)
    if "cut" in numbers:
        raise typer.Exit(Exit.UNREADABLE)
