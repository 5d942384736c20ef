"""What a spool tells its operator."""

from pathlib import Path

from clonewatch.sources.spool.events import (
    Failed,
    Ignored,
    Missing,
    Refused,
    Removed,
    Resumed,
    Taken,
)

FOLDER = Path("spool")


def test_each_event_is_a_line_with_its_place() -> None:
    lines = [
        str(event)
        for event in (
            Taken(FOLDER / "done/a.csv", 1200, {"esn_malformed": 2}, was_missing=True),
            Refused(FOLDER / "refused/a.csv", 7, "a.csv:1: no headings"),
            Missing(FOLDER, 1_795_343_400_000, 2),
            Removed(FOLDER / "done", 3),
            Ignored(FOLDER / "a.zip", "no group"),
            Failed(FOLDER, "the disk is full"),
            Resumed(FOLDER),
        )
    ]
    assert lines == [
        "spool/done/a.csv: 1,200 registrations taken, 2 refused, after it was missing",
        "spool/refused/a.csv: a.csv:1: no headings; 7 registrations taken",
        "spool: 2 groups missing from 2026-11-22T10:30:00.000Z",
        "spool/done: 3 groups removed that were taken long ago",
        "spool/a.zip: left alone: no group",
        "spool: the disk is full; tries again",
        "spool: groups are taken again",
    ]
