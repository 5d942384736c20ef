"""``clonewatch demo``: the main job in one go, on what the program makes itself."""

from __future__ import annotations

import tempfile
from pathlib import Path

from clonewatch.cli import options, replay
from clonewatch.cli.output import faults_explained, say


def demo(as_json: options.Json = False) -> None:
    """Find the patent's clone, FIG. 6, in real SS7 octets."""
    with faults_explained():
        from clonewatch.lab.scenes import FIG6, write_scenes

        with tempfile.TemporaryDirectory(prefix="clonewatch-") as name:
            folder = Path(name)
            write_scenes(folder)
            say("FIG. 6 of US patent 6,370,373, as IS-41 REGNOTs in SS7 (MTP3):\n")
            for at, switch, number, what in FIG6:
                say(f"  {at}  MSC {switch}  MIN {number}  {what}")
            say("\nWhat clonewatch makes of them:\n")
            replay.replay(
                [folder / "fig6-mtp3.pcap"],
                travel=folder / "travel.csv",
                mscs=folder / "mscs.csv",
                as_json=as_json,
            )
