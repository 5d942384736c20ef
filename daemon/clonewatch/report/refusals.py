"""What the ring of refused messages still holds of a day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from clonewatch.sources.refused import HEADER, messages_of, older_than

if TYPE_CHECKING:
    from pathlib import Path

    from .day import Day

REASONS_MAX: Final = 1_000  # ours


@dataclass(slots=True)
class Refusals:
    """Refused messages of a day, by source and reason."""

    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    begins_ms: int | None = None  # the oldest message that the ring has


def look(path: Path, day: Day) -> Refusals:
    """Read the ring at *path*, both of its files. Raises OSError."""
    seen = Refusals()
    for each in (older_than(path), path):
        octets = each.read_bytes() if each.exists() else b""
        if not octets.startswith(HEADER):
            continue
        for time_ms, comment in messages_of(octets):
            if seen.begins_ms is None or time_ms < seen.begins_ms:
                seen.begins_ms = time_ms
            if day.start_ms <= time_ms < day.end_ms:
                source, _, rest = comment.partition(": ")
                what = (source, rest.partition(":")[0])
                if what in seen.reasons or len(seen.reasons) < REASONS_MAX:
                    seen.reasons[what] += 1
    return seen
