"""What the record file tells."""

from pathlib import Path

from clonewatch.recordfile.events import (
    CutBack,
    Damaged,
    Event,
    Failed,
    Removed,
    Resumed,
    Sealed,
    SealingFailed,
    SealingResumed,
)

PATH = Path("records/g.open")


def test_every_event_is_one_line_that_names_its_file() -> None:
    events: list[Event] = [
        Failed(PATH, "No space left on device"),
        Resumed(PATH, 5000),
        SealingFailed(PATH, "No space left on device"),
        SealingResumed(PATH),
        CutBack(PATH, 17),
        Damaged(PATH, "cannot be read"),
        Sealed(PATH, 1000),
        Removed(PATH),
    ]
    for event in events:
        assert str(event).startswith(f"{PATH}: ")
        assert "\n" not in str(event)
    assert "5,000 registrations lost" in str(events[1])
