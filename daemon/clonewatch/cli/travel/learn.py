"""``clonewatch travel learn``: what traffic says of the table."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  # Typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clonewatch.cli import detect
from clonewatch.cli import options as common
from clonewatch.cli.output import faults_explained, say, summary, tell_of_compiling
from clonewatch.cli.replay import HOUR_MS, MINUTE_MS
from clonewatch.cli.travel import options  # noqa: TC001  # Typer reads the annotations

if TYPE_CHECKING:
    from clonewatch.mscs import Mscs
    from clonewatch.travel.learn import Learner
    from clonewatch.travel.table import TravelTimes

MSCS_TOLD = 3


def learn(
    records: detect.Records,
    travel: Annotated[
        Path | None, typer.Option("--travel", help="The table to correct.", metavar="CSV")
    ] = None,
    mscs: common.Mscs = None,
    subscribers: Annotated[
        int, typer.Option(help="Different subscribers that must contradict an entry.", min=2)
    ] = 5,
    window: common.Window = common.WINDOW_HOURS,
    lateness: common.Lateness = common.LATENESS_MINUTES,
    summary_file: common.Summary = None,
    output: options.Output = None,
    verbose: common.Verbose = False,
) -> None:
    """Propose entries that honest traffic contradicts; a person applies them.

    Without --travel, tell which MSCs behave as adjacent.
    """
    if travel is None and mscs is None:
        raise typer.BadParameter("give --travel; or --mscs, where there is no table yet")
    with faults_explained():
        tell_of_compiling()
        from clonewatch.travel.learn import Learner
        from clonewatch.travel.proposals import write_proposals
        from clonewatch.travel.table import written

        directory, times = _table(travel, mscs)
        run = detect.run_of(records, directory, verbose=verbose)
        learner = Learner(
            times, window_ms=round(window * HOUR_MS), lateness_ms=round(lateness * MINUTE_MS)
        )
        for batch in run.batches(learner.window.source_ended):
            learner.take(batch)
        proposals = learner.proposals(subscribers)
        numbers = run.summary(learner.counts | {"proposals": len(proposals)})
        _check_any(records[0], numbers)
        with written(output) as stream:
            write_proposals(stream, proposals, directory.names, numbers["registrations"])
        summary(numbers, summary_file)
        _tell(learner, directory, len(proposals))


def _table(travel: Path | None, mscs: Path | None) -> tuple[Mscs, TravelTimes]:
    """Load the table; where there is none yet, one of the MSCs in which nothing is known."""
    import numpy as np

    from clonewatch.mscs import Mscs
    from clonewatch.travel.table import TravelTimes, load_travel

    if travel is not None:
        return load_travel(travel, mscs, placed=True)
    assert mscs is not None
    directory = Mscs.load(mscs)
    count = len(directory.names)
    return directory, TravelTimes.of_minutes(directory, np.full((count, count), np.nan))


def _check_any(path: Path, numbers: dict[str, Any]) -> None:
    """Refuse traffic without a single registration. Raises InputError."""
    from clonewatch.errors import InputError

    if not numbers["registrations"]:
        refused = ", ".join(f"{count} {name}" for name, count in numbers["refused"].items())
        why = f"; refused: {refused}" if refused else ""
        raise InputError(path, f"holds no registration to learn from{why}")


def _tell(learner: Learner, mscs: Mscs, proposed: int) -> None:
    """Say what was learnt, and what should not be believed."""
    contradictions = learner.contradictions
    say(f"{proposed} entries proposed; {contradictions.cloned:,} subscribers left out as cloned")
    if contradictions.share < 1:
        say(f"  of one in {1 / contradictions.share:.0f} subscribers: there were too many")
    impossible = contradictions.impossible
    worst = impossible.argsort(kind="stable")[::-1][:MSCS_TOLD].tolist()
    told = [f"{mscs.names[msc]} ({impossible[msc]:,})" for msc in worst if impossible[msc]]
    if told:
        say(
            f"  quicker than any airliner, most at {', '.join(told)}: "
            "where one stands out, its coordinates are wrong"
        )
