"""`make bench`: everything that is asked of us, measured in one run, each beside its peer.

python -m bench.run [--smoke] [--page FOLDER] [SUBJECT...]. All subjects: the figures go to
bench/results.json, a small run's to bench/out/smoke.json; a page and its plot to FOLDER. Some
subjects: their figures go to standard output.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bench import detect, live, replay, window
from bench.asked import flat, rows
from bench.machine import machine
from bench.page import write_page
from bench.processes import HERE, OUT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Subject(NamedTuple):
    """What is measured together, and at which sizes."""

    measure: Callable[[Any], dict[str, Any]]
    full: Any
    smoke: Any


SUBJECTS: Final[Mapping[str, Subject]] = {
    "replay": Subject(replay.measure, replay.FULL, replay.SMOKE),
    "detect": Subject(detect.measure, detect.FULL, detect.SMOKE),
    "window": Subject(window.measure, window.FULL, window.SMOKE),
    "live": Subject(live.measure, live.FULL, live.SMOKE),
}


def main() -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=", ".join(SUBJECTS))
    parser.add_argument("--smoke", action="store_true", help="small, to see that it runs")
    parser.add_argument("--page", type=Path, metavar="FOLDER", help="write benchmarks.md here")
    given = parser.parse_args()
    if unknown := set(given.subjects) - set(SUBJECTS):
        parser.error(f"no such subject: {', '.join(sorted(unknown))}")
    OUT.mkdir(exist_ok=True)
    found = {}
    for name in given.subjects or SUBJECTS:
        print(f"bench: {name}", file=sys.stderr, flush=True)
        measured = SUBJECTS[name]
        found[name] = measured.measure(measured.smoke if given.smoke else measured.full)
    if given.subjects:
        print(json.dumps(found, indent=2))
        return
    told = {"machine": machine(), "smoke": given.smoke, **found}
    path = OUT / "smoke.json" if given.smoke else HERE / "results.json"
    path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    if given.page is not None:
        write_page(told, given.page)
    for subject, what, asked, seen, mark in rows(flat(told)):
        print(f"{subject:28}{what:58}{asked:16}{seen:28}{mark}")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
