"""``clonewatch demo``: the main job in one go, on what the program makes itself."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from clonewatch.cli import options, replay
from clonewatch.cli.output import faults_explained, say, tell_of_compiling

Folder = Annotated[
    Path | None,
    typer.Argument(help="Where to keep it all; default: a new folder.", metavar="FOLDER"),
]
CAPTURE = "fig6-mtp3.pcap"
CONFIGURATION = """\
mode = "test"
state_directory = "state"
[tables]
travel = "travel.csv"
mscs = "mscs.csv"
"""


def demo(folder: Folder = None, as_json: options.Json = False) -> None:
    """Find the patent's clone, FIG. 6, in real SS7 octets, and write the report of that day."""
    tell_of_compiling()
    with faults_explained():
        from clonewatch.lab.scenes import FIG6, write_scenes

        folder = folder or Path(tempfile.mkdtemp(prefix="clonewatch-"))
        write_scenes(folder)
        say("FIG. 6 of US patent 6,370,373, as IS-41 REGNOTs in SS7 (MTP3):\n")
        for at, switch, number, what in FIG6:
            say(f"  {at}  MSC {switch}  MIN {number}  {what}")
        say("\nWhat clonewatch makes of them:\n")
        replay.replay(
            [folder / CAPTURE],
            travel=folder / "travel.csv",
            mscs=folder / "mscs.csv",
            as_json=as_json,
        )
        page = _reported(folder)
        say(f"\nThe report of that day, a page for any browser:\n\n  {page}")


def _reported(folder: Path) -> Path:
    """Keep it all as the daemon would, and write the report; its page."""
    from clonewatch.lab.keeping import keep
    from clonewatch.lab.scenes import DAY
    from clonewatch.replay import CaptureSource, Placing, Replay
    from clonewatch.report.day import Day
    from clonewatch.report.making import make, where
    from clonewatch.settings import read

    (folder / "clonewatch.toml").write_text(CONFIGURATION, encoding="utf-8")
    settings = read(folder / "clonewatch.toml")
    assert settings.travel is not None
    run = Replay([CaptureSource(folder / CAPTURE, 0, settings.mscs, Placing(), None)])
    detector = replay.detector_of(settings.travel, options.WINDOW_HOURS, options.LATENESS_MINUTES)
    keep(run, detector, settings)
    day = Day(DAY.date(), settings.config.report.time_zone)
    return make(day, where(settings), settings.config.report_directory, day.end_ms)[0]
